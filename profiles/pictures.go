package profiles

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/image"
)

// avatarSize and headerSize are what the pictures of a profile are cut to.
func avatarSize() image.Variant {
	return image.Variant{Name: "avatar", MaxWidth: 400, MaxHeight: 400, Crop: true}
}

func headerSize() image.Variant {
	return image.Variant{Name: "header", MaxWidth: 1500, MaxHeight: 500, Crop: true}
}

// picture stores an uploaded picture and returns its key; nil leaves the old
// one, an empty key stands for the default picture. What is wrong with the
// picture goes to p. Blobs of replaced pictures stay: others may have the same.
func (s *Service) picture(ctx context.Context, data []byte, remove bool, size image.Variant, p problems) (*string, error) {
	if data == nil {
		if remove {
			return new(string), nil
		}
		return nil, nil
	}
	if gifFrames(data, s.config.PictureFrames+1) > s.config.PictureFrames {
		p.add(size.Name, "ERR_INVALID", fmt.Sprintf("has more than %d frames", s.config.PictureFrames))
		return nil, nil
	}
	res, err := s.images.Process(ctx, bytes.NewReader(data), []image.Variant{size})
	if err != nil {
		var e *errs.Error
		if errors.As(err, &e) && (e.Kind == errs.Invalid || e.Kind == errs.TooLarge) {
			p.add(size.Name, "ERR_INVALID", "cannot be used: "+e.Text)
			return nil, nil
		}
		return nil, err
	}
	out := res.Outputs[size.Name]
	key, _, err := s.blobs.Put(ctx, bytes.NewReader(out.Data), out.Ext)
	if err != nil {
		return nil, err
	}
	return &key, nil
}

// gifFrames counts the frames of a GIF up to a limit, without decoding them; 0
// if it is no GIF. What is damaged is left to the decoder.
func gifFrames(data []byte, limit int) int {
	if len(data) < 13 || !bytes.HasPrefix(data, []byte("GIF8")) {
		return 0
	}
	frames := 0
	rest := skip(data, 13+paletteSize(data[10]))
	for len(rest) > 0 && frames < limit {
		switch rest[0] {
		case 0x21: // extension: a label, then blocks
			rest = skipBlocks(skip(rest, 2))
		case 0x2c: // image: a descriptor, its palette, the code size, then blocks
			frames++
			if len(rest) < 10 {
				return frames
			}
			rest = skipBlocks(skip(rest, 11+paletteSize(rest[9])))
		default: // the trailer, or damage
			return frames
		}
	}
	return frames
}

// paletteSize returns how many bytes the palette takes that flags announce.
func paletteSize(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

func skipBlocks(data []byte) []byte {
	for len(data) > 0 && data[0] != 0 {
		data = skip(data, 1+int(data[0]))
	}
	return skip(data, 1)
}

func skip(data []byte, n int) []byte { return data[min(n, len(data)):] }
