package image_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	media "github.com/guildhall/guildhall/internal/image"
)

// allocated tells how many bytes f asks the allocator for in all.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func pngHeader(w, h uint32) []byte {
	ihdr := binary.BigEndian.AppendUint32(nil, w)
	ihdr = binary.BigEndian.AppendUint32(ihdr, h)
	ihdr = append(ihdr, 8, 6, 0, 0, 0)
	return append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", ihdr)...)
}

func jpegHeader(sof byte, w, h uint16) []byte {
	b := []byte{0xff, 0xd8, 0xff, sof, 0, 17, 8}
	b = binary.BigEndian.AppendUint16(b, h)
	b = binary.BigEndian.AppendUint16(b, w)
	return append(b, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0)
}

func gifHeader(w, h uint16) []byte {
	b := binary.LittleEndian.AppendUint16([]byte("GIF89a"), w)
	b = binary.LittleEndian.AppendUint16(b, h)
	b = append(b, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2c, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, w)
	return binary.LittleEndian.AppendUint16(b, h)
}

func vp8x(w, h uint32) []byte {
	b := []byte{0x10, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), byte((w - 1) >> 16), byte(h - 1), byte((h - 1) >> 8), byte((h - 1) >> 16)}
	return riffChunk("VP8X", b)
}

func TestME01HeadersThatClaimTooMuch(t *testing.T) {
	vp8l := binary.LittleEndian.AppendUint32([]byte{0x2f}, 16383|16383<<14)
	vp8 := []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f}
	for name, data := range map[string][]byte{
		"png":                  pngHeader(50_000, 50_000),
		"png, one side":        pngHeader(1<<31-1, 1),
		"png, overflow":        pngHeader(1<<31-1, 1<<31-1),
		"png, no pixels":       pngHeader(0, 10),
		"jpeg":                 jpegHeader(0xc0, 50_000, 50_000),
		"jpeg, progressive":    jpegHeader(0xc2, 65_535, 65_535),
		"jpeg, no pixels":      jpegHeader(0xc0, 0, 0),
		"gif":                  gifHeader(50_000, 50_000),
		"gif, no pixels":       gifHeader(0, 0),
		"webp, VP8":            riff(riffChunk("VP8 ", vp8)),
		"webp, VP8L":           riff(riffChunk("VP8L", vp8l)),
		"webp, VP8X":           riff(vp8x(40_000, 40_000)),
		"webp, VP8X overflow":  riff(vp8x(1<<24, 1<<24)),
		"webp, VP8X lies low":  riff(vp8x(10, 10), riffChunk("VP8L", vp8l)),
		"webp, ALPH of canvas": riff(vp8x(5_000, 5_000), riffChunk("ALPH", []byte{0})),
		"avif":                 []byte("\x00\x00\x00\x20ftypavif\x00\x00\x00\x00avifmif1"),
	} {
		t.Run(name, func(t *testing.T) {
			data := append(data, make([]byte, 50_000)...)
			var err error
			n := allocated(func() { _, err = process(t, data, original) })
			if !errs.Is(err, errs.Invalid) {
				t.Errorf("%v, want Invalid", err)
			}
			if budget := uint64(2 << 20); n > budget && name != "webp, ALPH of canvas" || n > 40<<20 {
				t.Errorf("%d bytes allocated", n)
			}
		})
	}
}

// A first frame, then a hundred thousand more.
func TestME01FramesWithoutEndCostNoMemory(t *testing.T) {
	one := asGIF(t, quadrants(8, 8))
	frame := bytes.IndexByte(one[13+3*256:], 0x2c) + 13 + 3*256
	many := append(one[:len(one)-1:len(one)-1], bytes.Repeat(one[frame:len(one)-1], 100_000)...)
	big := media.New(1, media.Limits{Bytes: int64(len(many)) + 1, Pixels: 1000})
	n := allocated(func() {
		if _, err := big.Process(t.Context(), bytes.NewReader(append(many, 0x3b)), nil); err != nil {
			t.Error(err)
		}
	})
	// Reading the input into a growing slice takes a few times its size.
	if n > uint64(10*len(many)) {
		t.Errorf("%d bytes allocated for %d of input", n, len(many))
	}
}

// Every scan walks over all blocks: thousands of empty ones are hours.
func TestME01ScansWithoutEnd(t *testing.T) {
	if _, err := process(t, progressiveJPEG(100)); err != nil {
		t.Errorf("a hundred scans: %v", err)
	}
	if _, err := process(t, progressiveJPEG(1000)); !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "scans") {
		t.Errorf("a thousand scans: %v, want Invalid", err)
	}
}

func TestME03TypeIsDecidedByContent(t *testing.T) {
	for name, data := range map[string]string{
		"empty":         "",
		"text":          "just text",
		"html":          "<!doctype html><script>alert(1)</script>",
		"svg":           `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`,
		"elf":           "\x7fELF\x02\x01\x01\x00",
		"zip":           "PK\x03\x04\x14\x00",
		"pdf":           "%PDF-1.7\n",
		"mp4":           "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00",
		"wave":          "RIFF\x24\x00\x00\x00WAVEfmt ",
		"bmp":           "BM\x00\x00\x00\x00",
		"tiff":          "II*\x00\x08\x00\x00\x00",
		"jpeg, cut":     "\xff\xd8\xff",
		"png, cut":      "\x89PNG\r\n\x1a\n",
		"gif, cut":      "GIF89a",
		"webp, cut":     "RIFF\x04\x00\x00\x00WEBP",
		"animated webp": string(riff(vp8x(10, 10), riffChunk("ANIM", make([]byte, 6)))),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := process(t, []byte(data), original); !errs.Is(err, errs.Invalid) {
				t.Errorf("%v, want Invalid", err)
			}
		})
	}
	// A picture with a stranger's file behind it is the picture, and only that.
	res, err := process(t, append(asPNG(t, quadrants(8, 8)), "PK\x03\x04<script>"...), original)
	if err != nil || res.Format != "png" || bytes.Contains(res.Outputs["original"].Data, []byte("<script>")) {
		t.Errorf("a picture that is also an archive: %v", err)
	}
}

func TestME09Mutations(t *testing.T) {
	glass := quadrants(24, 16)
	glass.Pix[3] = 0
	withEXIF := withJPEGSegment(asJPEG(t, quadrants(24, 16)), 0xe1, "Exif\x00\x00"+string(exif(binary.BigEndian, 6)))
	seeds := map[string][]byte{
		"jpeg": withEXIF, "progressive jpeg": progressiveJPEG(2),
		"png": withPNGChunk(asPNG(t, glass), "eXIf", exif(binary.LittleEndian, 8)), "gif": asGIF(t, quadrants(24, 16)),
		"lossy webp": seed(t, "lossy.webp"), "lossless webp": seed(t, "lossless.webp"), "alpha webp": seed(t, "alpha.webp"),
	}
	// Small limits, for a flipped bit in a header makes a large picture.
	p := media.New(2, media.Limits{Bytes: 1 << 20, Pixels: 100_000})
	variants := []media.Variant{original, {Name: "small", MaxWidth: 10, MaxHeight: 10}, {Name: "crop", MaxWidth: 9, MaxHeight: 9, Crop: true}}
	for name, data := range seeds {
		t.Run(name, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(9, uint64(len(data))))
			accepted := 0
			for i := range 100 {
				m := mendPNG(mutate(rnd, data))
				_, err := p.Process(t.Context(), bytes.NewReader(m), variants)
				if err != nil && !errs.Is(err, errs.Invalid) {
					t.Fatalf("mutation %d: %v\n%x", i, err, m)
				}
				if err == nil {
					accepted++
				}
			}
			t.Logf("%d of 100 accepted", accepted)
		})
	}
}

func mutate(rnd *rand.Rand, data []byte) []byte {
	m := bytes.Clone(data)
	switch rnd.IntN(4) {
	case 0: // truncation
		return m[:rnd.IntN(len(m))]
	case 1: // a stretch of noise
		for i, n := rnd.IntN(len(m)), rnd.IntN(16); n >= 0 && i < len(m); i, n = i+1, n-1 {
			m[i] = byte(rnd.Uint32())
		}
	case 2: // a flipped bit in what comes first, where the structure is
		i := rnd.IntN(min(len(m), 64))
		m[i] ^= 1 << rnd.IntN(8)
	default: // some flipped bits anywhere
		for range 1 + rnd.IntN(8) {
			m[rnd.IntN(len(m))] ^= 1 << rnd.IntN(8)
		}
	}
	return m
}

// mendPNG makes the checksums of a PNG right again, for otherwise the decoder
// would look no further than at them. Others are left as they are.
func mendPNG(m []byte) []byte {
	if !bytes.HasPrefix(m, []byte("\x89PNG")) {
		return m
	}
	for i := 8; i+12 <= len(m); {
		end := uint64(i) + 8 + uint64(binary.BigEndian.Uint32(m[i:]))
		if end+4 > uint64(len(m)) {
			break
		}
		binary.BigEndian.PutUint32(m[end:], crc32.ChecksumIEEE(m[i+4:end]))
		i = int(end) + 4
	}
	return m
}
