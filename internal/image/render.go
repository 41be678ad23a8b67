package image

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"image/png"
	"math"

	"golang.org/x/image/draw"
)

const jpegQuality = 85

// maxSharp is the largest output in pixels that is scaled with CatmullRom,
// which takes 64 bytes of memory per output pixel. Larger ones are looked at
// scaled down anyway.
const maxSharp = 2 << 20

// picture is a decoded input, as it is stored.
type picture struct {
	pixels      image.Image
	orientation orientation
	opaque      bool // nothing shines through
}

func newPicture(pixels image.Image, o orientation) picture {
	op, ok := pixels.(interface{ Opaque() bool })
	return picture{pixels: pixels, orientation: o, opaque: ok && op.Opaque()}
}

// size is that of the upright picture.
func (p picture) size() (w, h int) {
	return p.orientation.turn(p.pixels.Bounds().Dx(), p.pixels.Bounds().Dy())
}

// render makes the upright picture of a variant.
func (p picture) render(v Variant) image.Image {
	full := p.pixels.Bounds()
	w, h := p.size()
	part := image.Pt(w, h)
	if v.Crop {
		part = cover(w, h, v.MaxWidth, v.MaxHeight)
		w, h = v.MaxWidth, v.MaxHeight
	} else {
		w, h = fit(w, h, v)
	}
	if p.orientation == upright && part == full.Size() && part == image.Pt(w, h) && p.encodesFast() {
		return p.pixels
	}
	// Turned after scaling, for the output is the smaller of the two.
	w, h = p.orientation.turn(w, h)
	part.X, part.Y = p.orientation.turn(part.X, part.Y)
	src := image.Rectangle{Max: part}.Add(full.Min).Add(full.Size().Sub(part).Div(2))
	return p.orientation.apply(scale(p.pixels, src, w, h))
}

// fit returns the size of a w x h picture shrunk to the variant's bounds.
func fit(w, h int, v Variant) (int, int) {
	if v.MaxWidth > 0 && w > v.MaxWidth {
		w, h = v.MaxWidth, portion(h, v.MaxWidth, w)
	}
	if v.MaxHeight > 0 && h > v.MaxHeight {
		w, h = portion(w, v.MaxHeight, h), v.MaxHeight
	}
	if v.MaxPixels > 0 && w*h > v.MaxPixels {
		f := math.Sqrt(float64(v.MaxPixels) / (float64(w) * float64(h)))
		w, h = max(1, int(float64(w)*f+1e-6)), max(1, int(float64(h)*f+1e-6))
		// A strip cannot be thinner than a pixel; it gets shorter instead.
		w, h = min(w, v.MaxPixels), min(h, v.MaxPixels)
	}
	return w, h
}

// cover returns the size of the part of a w x h picture with the shape of a
// boxW x boxH one.
func cover(w, h, boxW, boxH int) image.Point {
	if int64(w)*int64(boxH) > int64(h)*int64(boxW) {
		return image.Pt(portion(h, boxW, boxH), h)
	}
	return image.Pt(w, portion(w, boxH, boxW))
}

// portion returns n*num/den, rounded, at least 1.
func portion(n, num, den int) int {
	return max(1, int((int64(n)*int64(num)+int64(den)/2)/int64(den)))
}

// scale draws the part src of img onto w x h pixels. A large reduction goes
// over twice the wanted size with a kernel that looks at four pixels only,
// which is forty times faster and not told apart by eye.
func scale(img image.Image, src image.Rectangle, w, h int) *image.RGBA {
	if middle := image.Rect(0, 0, min(src.Dx(), 2*w), min(src.Dy(), 2*h)); middle.Size() != src.Size() {
		m := image.NewRGBA(middle)
		draw.ApproxBiLinear.Scale(m, middle, img, src, draw.Src, nil)
		img, src = m, middle
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	switch {
	case src.Size() == dst.Rect.Size():
		draw.Draw(dst, dst.Rect, img, src.Min, draw.Src)
	case w*h <= maxSharp:
		draw.CatmullRom.Scale(dst, dst.Rect, img, src, draw.Src, nil)
	default:
		draw.ApproxBiLinear.Scale(dst, dst.Rect, img, src, draw.Src, nil)
	}
	return dst
}

// encodesFast tells whether the encoder reads this kind of pixels directly
// rather than one by one through an interface.
func (p picture) encodesFast() bool {
	switch p.pixels.(type) {
	case *image.RGBA, *image.YCbCr, *image.Gray:
		return true
	case *image.NRGBA:
		return !p.opaque // PNG's encoder does, JPEG's does not
	}
	return false
}

// encode writes a JPEG when nothing shines through, else a PNG. Neither encoder
// writes metadata. It returns the error of ctx when that ends before.
func encode(ctx context.Context, m image.Image, opaque bool) (Output, error) {
	out := Output{Ext: ".png", ContentType: "image/png", Width: m.Bounds().Dx(), Height: m.Bounds().Dy()}
	var buf guardedBuffer
	buf.ctx = ctx
	var err error
	if opaque {
		out.Ext, out.ContentType = ".jpg", "image/jpeg"
		err = jpeg.Encode(&buf, m, &jpeg.Options{Quality: jpegQuality})
	} else {
		err = png.Encode(&buf, m)
	}
	out.Data = buf.Bytes()
	return out, err
}

// guardedBuffer stops an encoder when ctx ends.
type guardedBuffer struct {
	bytes.Buffer
	ctx context.Context
}

func (b *guardedBuffer) Write(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.Buffer.Write(p)
}
