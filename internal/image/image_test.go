package image_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"maps"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/bep/imagemeta"

	"github.com/guildhall/guildhall/internal/errs"
	media "github.com/guildhall/guildhall/internal/image"
)

var limits = media.Limits{Bytes: 16 << 20, Pixels: 33_177_600}

var original = media.Variant{Name: "original"}

func process(t testing.TB, data []byte, variants ...media.Variant) (*media.Result, error) {
	t.Helper()
	return media.New(1, limits).Process(t.Context(), bytes.NewReader(data), variants)
}

// near allows for what JPEG does to a colour beside an edge.
func near(got color.Color, want color.RGBA) bool {
	c := color.RGBAModel.Convert(got).(color.RGBA)
	for _, d := range [][2]uint8{{c.R, want.R}, {c.G, want.G}, {c.B, want.B}, {c.A, want.A}} {
		if max(d[0], d[1])-min(d[0], d[1]) > 24 {
			return false
		}
	}
	return true
}

// checkCorners compares the middles of the four quadrants, row by row.
func checkCorners(t *testing.T, m image.Image, want [4]color.RGBA) {
	t.Helper()
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	for i, p := range []image.Point{{w / 4, h / 4}, {3 * w / 4, h / 4}, {w / 4, 3 * h / 4}, {3 * w / 4, 3 * h / 4}} {
		if got := m.At(p.X, p.Y); !near(got, want[i]) {
			t.Errorf("at %v: %v, want %v", p, color.RGBAModel.Convert(got), want[i])
		}
	}
}

func TestFormats(t *testing.T) {
	glass := quadrants(48, 32)
	glass.SetRGBA(0, 0, color.RGBA{})
	for _, c := range []struct {
		name, format, ext, contentType string
		data                           []byte
	}{
		{"jpeg", "jpeg", ".jpg", "image/jpeg", asJPEG(t, quadrants(48, 32))},
		{"progressive jpeg", "jpeg", ".jpg", "image/jpeg", progressiveJPEG(1)},
		{"gray jpeg", "jpeg", ".jpg", "image/jpeg", asJPEG(t, image.NewGray(image.Rect(0, 0, 48, 32)))},
		{"opaque png", "png", ".jpg", "image/jpeg", asPNG(t, quadrants(48, 32))},
		{"png with alpha", "png", ".png", "image/png", asPNG(t, glass)},
		{"16 bit png", "png", ".png", "image/png", asPNG(t, image.NewNRGBA64(image.Rect(0, 0, 48, 32)))},
		{"gif", "gif", ".jpg", "image/jpeg", asGIF(t, quadrants(48, 32))},
		{"lossy webp", "webp", ".jpg", "image/jpeg", seed(t, "lossy.webp")},
		{"lossless webp", "webp", ".jpg", "image/jpeg", seed(t, "lossless.webp")},
		{"webp with alpha", "webp", ".png", "image/png", seed(t, "alpha.webp")},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, err := process(t, c.data, original, media.Variant{Name: "small", MaxWidth: 12, MaxHeight: 12})
			if err != nil {
				t.Fatal(err)
			}
			if res.Format != c.format || res.Width != 48 || res.Height != 32 || len(res.Blurhash) != 28 {
				t.Errorf("result %s %dx%d %q", res.Format, res.Width, res.Height, res.Blurhash)
			}
			for name, want := range map[string]image.Point{"original": {48, 32}, "small": {12, 8}} {
				out := res.Outputs[name]
				if out.Ext != c.ext || out.ContentType != c.contentType {
					t.Errorf("%s is %s %s", name, out.Ext, out.ContentType)
				}
				if got := decode(t, out.Data).Bounds().Size(); got != want || out.Width != want.X || out.Height != want.Y {
					t.Errorf("%s has %v, tells %dx%d, want %v", name, got, out.Width, out.Height, want)
				}
			}
		})
	}
}

func TestVariants(t *testing.T) {
	wide, tall, strip := asPNG(t, quadrants(400, 200)), asPNG(t, quadrants(90, 300)), asPNG(t, quadrants(4000, 2))
	for _, c := range []struct {
		name    string
		data    []byte
		variant media.Variant
		w, h    int
	}{
		{"no bound", wide, media.Variant{}, 400, 200},
		{"width binds", wide, media.Variant{MaxWidth: 100, MaxHeight: 100}, 100, 50},
		{"height binds", tall, media.Variant{MaxWidth: 100, MaxHeight: 100}, 30, 100},
		{"only width", tall, media.Variant{MaxWidth: 45}, 45, 150},
		{"pixels bind", wide, media.Variant{MaxPixels: 20_000}, 200, 100},
		{"pixels are never exceeded", wide, media.Variant{MaxPixels: 19_999}, 199, 99},
		{"no enlarging", wide, media.Variant{MaxWidth: 4000, MaxHeight: 4000, MaxPixels: 1 << 24}, 400, 200},
		{"a strip keeps a pixel", strip, media.Variant{MaxWidth: 100, MaxHeight: 100}, 100, 1},
		{"a strip within few pixels", strip, media.Variant{MaxPixels: 30}, 30, 1},
		{"crop wide", wide, media.Variant{MaxWidth: 80, MaxHeight: 80, Crop: true}, 80, 80},
		{"crop tall", tall, media.Variant{MaxWidth: 80, MaxHeight: 80, Crop: true}, 80, 80},
		{"crop enlarges", tall, media.Variant{MaxWidth: 150, MaxHeight: 50, Crop: true}, 150, 50},
		{"crop a strip", strip, media.Variant{MaxWidth: 50, MaxHeight: 50, Crop: true}, 50, 50},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.variant.Name = "v"
			res, err := process(t, c.data, c.variant)
			if err != nil {
				t.Fatal(err)
			}
			m := decode(t, res.Outputs["v"].Data)
			if m.Bounds().Size() != image.Pt(c.w, c.h) {
				t.Fatalf("%v, want %dx%d", m.Bounds().Size(), c.w, c.h)
			}
			if c.h > 20 {
				checkCorners(t, m, [4]color.RGBA{red, green, blue, white})
			}
		})
	}
}

func TestLargeOutputKeepsItsPicture(t *testing.T) {
	res, err := process(t, asJPEG(t, quadrants(4000, 3000)), media.Variant{Name: "v", MaxPixels: 3_000_000})
	if err != nil {
		t.Fatal(err)
	}
	if out := res.Outputs["v"]; out.Width != 2000 || out.Height != 1500 {
		t.Fatalf("%dx%d", out.Width, out.Height)
	}
	checkCorners(t, decode(t, res.Outputs["v"].Data), [4]color.RGBA{red, green, blue, white})
}

func TestTransparencyIsKept(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range m.Pix {
		m.Pix[i] = []byte{255, 0, 0, 128}[i%4]
	}
	res, err := process(t, asPNG(t, m), original, media.Variant{Name: "small", MaxWidth: 16, MaxHeight: 16})
	if err != nil {
		t.Fatal(err)
	}
	for name, out := range res.Outputs {
		c := color.NRGBAModel.Convert(decode(t, out.Data).At(8, 8)).(color.NRGBA)
		if c.R < 250 || c.G > 5 || c.A < 126 || c.A > 130 {
			t.Errorf("%s: %v", name, c)
		}
	}
}

// The corners of the stored picture are red, green, blue, white.
func TestME06OrientationIsApplied(t *testing.T) {
	stored := quadrants(64, 32)
	files := map[string]func(block []byte) []byte{
		"jpeg": func(b []byte) []byte {
			return withJPEGSegment(asJPEG(t, stored), 0xe1, "Exif\x00\x00"+string(b))
		},
		"png": func(b []byte) []byte { return withPNGChunk(asPNG(t, stored), "eXIf", b) },
	}
	for o, want := range map[uint16][4]color.RGBA{
		0: {red, green, blue, white}, // out of range
		1: {red, green, blue, white},
		2: {green, red, white, blue},
		3: {white, blue, green, red},
		4: {blue, white, red, green},
		5: {red, blue, green, white},
		6: {blue, red, white, green},
		7: {white, green, blue, red},
		8: {green, white, red, blue},
		9: {red, green, blue, white}, // out of range
	} {
		for name, make := range files {
			for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
				res, err := process(t, make(exif(order, o)), original,
					media.Variant{Name: "small", MaxWidth: 32, MaxHeight: 32},
					media.Variant{Name: "crop", MaxWidth: 24, MaxHeight: 48, Crop: true})
				if err != nil {
					t.Fatal(err)
				}
				w, h, sw, sh := 64, 32, 32, 16
				if o >= 5 && o <= 8 {
					w, h, sw, sh = h, w, sh, sw
				}
				small := res.Outputs["small"]
				if res.Width != w || res.Height != h || small.Width != sw || small.Height != sh {
					t.Errorf("%s, orientation %d: %dx%d, small %dx%d", name, o, res.Width, res.Height, small.Width, small.Height)
				}
				for _, out := range res.Outputs {
					checkCorners(t, decode(t, out.Data), want)
				}
			}
		}
	}
}

func TestME06OrientationOfWebP(t *testing.T) {
	for _, prefix := range []string{"", "Exif\x00\x00"} {
		block := prefix + string(exif(binary.LittleEndian, 6))
		res, err := process(t, withWebPChunk(seed(t, "lossy.webp"), "EXIF", []byte(block)))
		if err != nil {
			t.Fatal(err)
		}
		if res.Width != 32 || res.Height != 48 {
			t.Errorf("%dx%d, want it turned", res.Width, res.Height)
		}
	}
}

// metadata lists the tags that an independent reader finds.
func metadata(t *testing.T, data []byte, format imagemeta.ImageFormat) []string {
	t.Helper()
	var tags []string
	_, err := imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(data), ImageFormat: format,
		Sources:         imagemeta.EXIF | imagemeta.IPTC | imagemeta.XMP,
		ShouldHandleTag: func(imagemeta.TagInfo) bool { return true },
		HandleTag:       func(tag imagemeta.TagInfo) error { tags = append(tags, tag.Tag); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return tags
}

func TestME06NoMetadataSurvives(t *testing.T) {
	xmp := `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description ` +
		`rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="SECRET"/></rdf:RDF></x:xmpmeta>`
	iptc := "Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0b\x1c\x02\x50\x00\x06SECRET\x00"
	block := string(exif(binary.BigEndian, 6))
	j := asJPEG(t, quadrants(64, 32))
	j = withJPEGSegment(j, 0xe1, "Exif\x00\x00"+block)
	j = withJPEGSegment(j, 0xe1, "http://ns.adobe.com/xap/1.0/\x00"+xmp)
	j = withJPEGSegment(j, 0xed, iptc)
	j = withJPEGSegment(j, 0xfe, "SECRET comment")
	j = append(j, "SECRET trailer"...)
	glass := quadrants(64, 32)
	glass.SetRGBA(0, 0, color.RGBA{})
	p := withPNGChunk(asPNG(t, glass), "tEXt", []byte("Author\x00SECRET"))
	p = withPNGChunk(p, "iTXt", []byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"+xmp))
	p = withPNGChunk(p, "eXIf", []byte(block))
	w := withWebPChunk(withWebPChunk(seed(t, "alpha.webp"), "EXIF", []byte(block)), "XMP ", []byte(xmp))
	g := asGIF(t, quadrants(64, 32))
	g = append(g[:len(g)-1], "\x21\xfe\x06SECRET\x00\x3b"...)

	if got := metadata(t, j, imagemeta.JPEG); !slices.Contains(got, "GPSLatitude") || !slices.Contains(got, "Artist") {
		t.Fatalf("the test's own JPEG has no place and author in it: %q", got)
	}
	for name, data := range map[string][]byte{"jpeg": j, "png": p, "webp": w, "gif": g} {
		if !bytes.Contains(data, []byte("SECRET")) {
			t.Fatalf("the test's own %s has no secret in it", name)
		}
		res, err := process(t, data, original, media.Variant{Name: "small", MaxWidth: 32, MaxHeight: 32})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, out := range res.Outputs {
			format := imagemeta.JPEG
			if out.Ext == ".png" {
				format = imagemeta.PNG
			}
			if got := metadata(t, out.Data, format); len(got) != 0 {
				t.Errorf("%s: tags left: %q", name, got)
			}
			for _, trace := range []string{"SECRET", "Exif", "xmp", "8BIM", "tEXt", "iTXt", "eXIf", "ICC"} {
				if bytes.Contains(out.Data, []byte(trace)) {
					t.Errorf("%s: %s left in %s", name, trace, out.Ext)
				}
			}
		}
	}
}

func TestFirstFrameOfAnAnimationOnItsWholeCanvas(t *testing.T) {
	palette := color.Palette{color.RGBA{}, red, blue}
	first := image.NewPaletted(image.Rect(10, 10, 20, 20), palette)
	second := image.NewPaletted(image.Rect(0, 0, 40, 30), palette)
	for i := range first.Pix {
		first.Pix[i] = 1
	}
	for i := range second.Pix {
		second.Pix[i] = 2
	}
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{first, second}, Delay: []int{1, 1},
		Config: image.Config{Width: 40, Height: 30, ColorModel: palette}})
	if err != nil {
		t.Fatal(err)
	}
	res, err := process(t, b.Bytes(), original)
	if err != nil {
		t.Fatal(err)
	}
	m := decode(t, res.Outputs["original"].Data)
	if m.Bounds().Size() != image.Pt(40, 30) || !near(m.At(15, 15), red) || !near(m.At(5, 5), color.RGBA{}) {
		t.Errorf("%v, inside %v, outside %v", m.Bounds(), m.At(15, 15), m.At(5, 5))
	}
}

func TestBlurhashDependsOnThePicture(t *testing.T) {
	hashes := map[string]bool{}
	for _, m := range []image.Image{quadrants(600, 400), quadrants(1, 1), image.NewGray(image.Rect(0, 0, 600, 400))} {
		res, err := process(t, asPNG(t, m))
		if err != nil {
			t.Fatal(err)
		}
		hashes[res.Blurhash] = true
	}
	if len(hashes) != 3 {
		t.Errorf("three pictures, hashes %q", slices.Collect(maps.Keys(hashes)))
	}
}

func TestLimits(t *testing.T) {
	data := asPNG(t, quadrants(40, 30))
	n := int64(len(data))
	for _, c := range []struct {
		name   string
		limits media.Limits
		want   errs.Kind
	}{
		{"one byte over", media.Limits{Bytes: n - 1, Pixels: 1200}, errs.TooLarge},
		{"one pixel over", media.Limits{Bytes: n, Pixels: 1199}, errs.Invalid},
	} {
		_, err := media.New(1, limits).WithLimits(c.limits).Process(t.Context(), bytes.NewReader(data), nil)
		if !errs.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := media.New(1, media.Limits{Bytes: n, Pixels: 1200}).Process(t.Context(), bytes.NewReader(data), nil); err != nil {
		t.Errorf("at the limits: %v", err)
	}
}

func TestME07ReadsNoMoreThanOneByteOverTheLimit(t *testing.T) {
	endless := &counter{}
	_, err := media.New(1, media.Limits{Bytes: 1000, Pixels: 1000}).Process(t.Context(), endless, nil)
	if !errs.Is(err, errs.TooLarge) || endless.n > 1001 {
		t.Errorf("%v after %d bytes", err, endless.n)
	}
}

type counter struct{ n int }

func (c *counter) Read(p []byte) (int, error) { c.n += len(p); return len(p), nil }

func TestReaderErrorIsNotThePicturesFault(t *testing.T) {
	reset := errors.New("connection reset")
	if _, err := media.New(1, limits).Process(t.Context(), iotest.ErrReader(reset), nil); !errors.Is(err, reset) || errs.Is(err, errs.Invalid) {
		t.Error(err)
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := media.New(1, limits).Process(ctx, bytes.NewReader(asPNG(t, quadrants(40, 30))), nil)
	if !errors.Is(err, context.Canceled) || errs.Is(err, errs.Invalid) {
		t.Error(err)
	}
}
