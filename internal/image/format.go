package image

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"github.com/guildhall/guildhall/internal/errs"
)

// format is one type of picture that is taken.
type format struct {
	name         string
	decodeConfig func(io.Reader) (image.Config, error)
	decode       func(io.Reader) (image.Image, error)
	// inspect looks through the file's structure without decoding pixels, for
	// the orientation and for what makes decoding needlessly dear.
	inspect func([]byte) (orientation, error)
}

// sniff tells the format by the first bytes. It returns Invalid for all others.
func sniff(data []byte) (format, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return format{"jpeg", jpeg.DecodeConfig, jpeg.Decode, inspectJPEG}, nil
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return format{"png", png.DecodeConfig, png.Decode, inspectPNG}, nil
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		return format{"gif", gif.DecodeConfig, decodeGIF, inspectGIF}, nil
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return format{"webp", webp.DecodeConfig, webp.Decode, inspectWebP}, nil
	case len(data) == 0:
		return format{}, errs.New(errs.Invalid, "The file is empty")
	}
	return format{}, errs.New(errs.Invalid, "The file is not a JPEG, PNG, GIF or WebP image")
}

// decodeGIF decodes the first frame, and no other, onto the whole canvas: a
// frame may cover a part of it only.
func decodeGIF(r io.Reader) (image.Image, error) {
	var head bytes.Buffer
	cfg, err := gif.DecodeConfig(io.TeeReader(r, &head))
	if err != nil {
		return nil, err
	}
	frame, err := gif.Decode(io.MultiReader(&head, r))
	if err != nil {
		return nil, err
	}
	canvas := image.Rect(0, 0, cfg.Width, cfg.Height)
	if frame.Bounds() == canvas {
		return frame, nil
	}
	m := image.NewRGBA(canvas)
	draw.Draw(m, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return m, nil
}

func inspectGIF([]byte) (orientation, error) { return upright, nil }

// maxScans is how many passes over the picture a JPEG may make. Encoders use
// about ten; thousands fit into a file, each costing a walk over all pixels.
const maxScans = 200

// inspectJPEG walks the markers. Bytes that belong to none are entropy-coded
// data, in which 0xff never stands before a marker's code.
func inspectJPEG(data []byte) (orientation, error) {
	o, scans := upright, 0
	for i := 2; i+4 <= len(data); {
		if data[i] != 0xff {
			i++
			continue
		}
		marker := data[i+1]
		switch {
		case marker == 0xff: // fill byte
			i++
			continue
		case marker == 0x00 || marker == 0x01 || marker >= 0xd0 && marker <= 0xd8: // no segment follows
			i += 2
			continue
		case marker == 0xd9: // end of image; what follows is not decoded
			return o, nil
		}
		end := i + 2 + int(binary.BigEndian.Uint16(data[i+2:]))
		segment := data[i+4 : max(i+4, min(end, len(data)))]
		if marker == 0xda {
			if scans++; scans > maxScans {
				return upright, errs.Newf(errs.Invalid, "The image has more than %d scans", maxScans)
			}
		}
		if exif, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok && marker == 0xe1 && o == upright {
			o = exifOrientation(exif)
		}
		i = max(end, i+4)
	}
	return o, nil
}

func inspectPNG(data []byte) (orientation, error) {
	for rest := data[8:]; len(rest) >= 8; {
		n, kind := binary.BigEndian.Uint32(rest), string(rest[4:8])
		body := rest[8:]
		if uint64(n)+4 > uint64(len(body)) { // 4 bytes of checksum
			break
		}
		if kind == "eXIf" {
			return exifOrientation(body[:n]), nil
		}
		rest = body[n+4:]
	}
	return upright, nil
}

func inspectWebP(data []byte) (orientation, error) {
	for rest := data[12:]; len(rest) >= 8; {
		kind, n := string(rest[:4]), binary.LittleEndian.Uint32(rest[4:])
		body := rest[8:]
		if uint64(n) > uint64(len(body)) {
			break
		}
		switch kind {
		case "EXIF":
			exif := bytes.TrimPrefix(body[:n], []byte("Exif\x00\x00")) // some writers copy it from JPEG
			return exifOrientation(exif), nil
		case "ANIM":
			return upright, errs.New(errs.Invalid, "Animated WebP images are not supported")
		}
		rest = body[min(uint64(n)+uint64(n&1), uint64(len(body))):] // chunks are padded to even length
	}
	return upright, nil
}
