package image_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"testing"
)

// quadrants is a w x h picture: red, green over blue, white.
func quadrants(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, [2][2]color.RGBA{{red, green}, {blue, white}}[2*y/h][2*x/w])
		}
	}
	return m
}

var (
	red   = color.RGBA{255, 0, 0, 255}
	green = color.RGBA{0, 255, 0, 255}
	blue  = color.RGBA{0, 0, 255, 255}
	white = color.RGBA{255, 255, 255, 255}
)

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asGIF(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func seed(t testing.TB, name string) []byte {
	t.Helper()
	return must(os.ReadFile("testdata/" + name))(t)
}

func decode(t testing.TB, data []byte) image.Image {
	t.Helper()
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// exif is a TIFF block with an orientation, an artist and a GPS latitude.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("MM\x00*")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		b = []byte("II*\x00")
	}
	entry := func(tag, kind uint16, count, value uint32) {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, kind)
		b = order.AppendUint32(b, count)
		if kind == 3 { // a short stands left in its four bytes
			b = order.AppendUint16(b, uint16(value))
			b = order.AppendUint16(b, 0)
		} else {
			b = order.AppendUint32(b, value)
		}
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 3)
	entry(0x0112, 3, 1, uint32(orientation))
	entry(0x013b, 2, 14, 50) // artist, at 50
	entry(0x8825, 4, 1, 64)  // GPS directory, at 64
	b = order.AppendUint32(b, 0)
	b = append(b, "SECRET AUTHOR\x00"...)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 1) // latitude reference: N
	b = order.AppendUint16(b, 2)
	b = order.AppendUint32(b, 2)
	b = append(b, "N\x00\x00\x00"...)
	entry(2, 5, 3, 94) // latitude, three rationals at 94
	b = order.AppendUint32(b, 0)
	for _, n := range []uint32{52, 1, 31, 1, 7, 1} {
		b = order.AppendUint32(b, n)
	}
	return b
}

// withJPEGSegment puts a segment after the start of a JPEG.
func withJPEGSegment(data []byte, marker byte, body string) []byte {
	out := append([]byte{}, data[:2]...)
	out = append(out, 0xff, marker)
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	out = append(out, body...)
	return append(out, data[2:]...)
}

func pngChunk(kind string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(out, kind...)
	out = append(out, body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// withPNGChunk puts a chunk after the header of a PNG.
func withPNGChunk(data []byte, kind string, body []byte) []byte {
	const header = 8 + 25
	out := append([]byte{}, data[:header]...)
	return append(append(out, pngChunk(kind, body)...), data[header:]...)
}

func riff(chunks ...[]byte) []byte {
	body := []byte("WEBP")
	for _, c := range chunks {
		body = append(body, c...)
	}
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)))
	return append(out, body...)
}

func riffChunk(kind string, body []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body)))
	out = append(out, body...)
	if len(body)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

// withWebPChunk puts a chunk at the end of a WebP file.
func withWebPChunk(data []byte, kind string, body []byte) []byte {
	return riff(data[12:], riffChunk(kind, body))
}

// progressiveJPEG is a flat gray 48x32 picture whose first values are sent once
// and whose others (all zero) are sent in so many scans.
func progressiveJPEG(scans int) []byte {
	segment := func(marker byte, body ...byte) []byte {
		return append([]byte{0xff, marker, 0, byte(len(body) + 2)}, body...)
	}
	oneCode := append([]byte{1}, make([]byte, 16)...) // one code, of one bit, for symbol 0
	b := []byte{0xff, 0xd8}
	b = append(b, segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)...)
	b = append(b, segment(0xc2, 8, 0, 32, 0, 48, 1, 1, 0x11, 0)...)
	b = append(b, segment(0xc4, append([]byte{0x00}, oneCode...)...)...)
	b = append(b, segment(0xc4, append([]byte{0x10}, oneCode...)...)...)
	zeros := []byte{0, 0, 0} // a bit for each of the 24 blocks
	b = append(append(b, segment(0xda, 1, 1, 0x00, 0, 0, 0)...), zeros...)
	for range scans {
		b = append(append(b, segment(0xda, 1, 1, 0x00, 1, 63, 0)...), zeros...)
	}
	return append(b, 0xff, 0xd9)
}
