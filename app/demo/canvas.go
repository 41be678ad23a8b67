package demo

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// The colours of the product.
var (
	paper     = rgb(0xfaf5ea)
	card      = rgb(0xfffdf7)
	ink       = rgb(0x25211c)
	faded     = rgb(0x7d7468)
	rule      = rgb(0xe4dac8)
	verdigris = rgb(0x1f6f6a)
	brass     = rgb(0xa8742a)
	brick     = rgb(0xb04a32)
	night     = rgb(0x1d2a2e)
	sage      = rgb(0x8fb3a5)
	sand      = rgb(0xdcc39a)
	plum      = rgb(0x6b4a5e)
)

func rgb(v uint32) color.RGBA {
	return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

// mix blends from a (t = 0) to b (t = 1).
func mix(a, b color.RGBA, t float64) color.RGBA {
	t = min(max(t, 0), 1)
	f := func(x, y uint8) uint8 { return uint8(float64(x) + (float64(y)-float64(x))*t + 0.5) }
	return color.RGBA{R: f(a.R, b.R), G: f(a.G, b.G), B: f(a.B, b.B), A: 255}
}

// pt is a point in pixels.
type pt struct{ x, y float64 }

type typeface int

const (
	regular typeface = iota
	bold
	mono
)

// canvas draws antialiased shapes and text. Every shape is a polygon, rasterized in its own
// bounding box, so that small shapes on a large canvas cost little.
type canvas struct {
	img   *image.RGBA
	zoom  float64 // enlarges polygons around the middle
	fonts map[typeface]*opentype.Font
	faces map[faceKey]font.Face
}

type faceKey struct {
	typeface
	size float64
}

func newCanvas(w, h int, background color.RGBA) *canvas {
	c := &canvas{
		img:   image.NewRGBA(image.Rect(0, 0, w, h)),
		zoom:  1,
		fonts: map[typeface]*opentype.Font{},
		faces: map[faceKey]font.Face{},
	}
	draw.Draw(c.img, c.img.Bounds(), image.NewUniform(background), image.Point{}, draw.Src)
	return c
}

// gradient fills everything, from the top left colour to the bottom right one.
func (c *canvas) gradient(from, to color.RGBA) {
	b := c.img.Bounds()
	w, h := b.Dx(), b.Dy()
	ramp := make([]color.RGBA, w+h)
	for i := range ramp {
		ramp[i] = mix(from, to, float64(i)/float64(w+h-1))
	}
	for y := range h {
		row := c.img.Pix[y*c.img.Stride:]
		for x := range w {
			col := ramp[x+y]
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = col.R, col.G, col.B, 255
		}
	}
}

// fill fills polygons that are all drawn in the same sense of rotation; where they overlap, they are one.
func (c *canvas) fill(col color.RGBA, polygons ...[]pt) {
	if c.zoom != 1 {
		polygons = c.zoomed(polygons)
	}
	lowX, lowY, highX, highY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, poly := range polygons {
		for _, p := range poly {
			lowX, highX = min(lowX, p.x), max(highX, p.x)
			lowY, highY = min(lowY, p.y), max(highY, p.y)
		}
	}
	if !(lowX < highX) {
		return
	}
	box := image.Rect(int(math.Floor(lowX)), int(math.Floor(lowY)), int(math.Ceil(highX)), int(math.Ceil(highY)))
	visible := box.Intersect(c.img.Bounds())
	if visible.Empty() {
		return
	}
	ras := vector.NewRasterizer(visible.Dx(), visible.Dy())
	at := func(p pt) (float32, float32) {
		return float32(p.x - float64(visible.Min.X)), float32(p.y - float64(visible.Min.Y))
	}
	for _, poly := range polygons {
		ras.MoveTo(at(poly[0]))
		for _, p := range poly[1:] {
			ras.LineTo(at(p))
		}
		ras.ClosePath()
	}
	ras.Draw(c.img, visible, image.NewUniform(premultiplied(col)), image.Point{})
}

func (c *canvas) zoomed(polygons [][]pt) [][]pt {
	size := c.img.Bounds().Size()
	middle := pt{float64(size.X) / 2, float64(size.Y) / 2}
	larger := make([][]pt, len(polygons))
	for i, poly := range polygons {
		for _, p := range poly {
			larger[i] = append(larger[i], lerp(middle, p, c.zoom))
		}
	}
	return larger
}

// premultiplied turns a colour whose A was lowered by alpha into what package image expects.
func premultiplied(col color.RGBA) color.Color {
	return color.NRGBA(col)
}

// alpha makes a colour translucent: 0 is invisible, 1 opaque.
func alpha(col color.RGBA, a float64) color.RGBA {
	col.A = uint8(255 * a)
	return col
}

func (c *canvas) rect(x, y, w, h float64, col color.RGBA) {
	if c.zoom == 1 && whole(x, y, w, h) { // no edge to smooth
		box := image.Rect(int(x), int(y), int(x+w), int(y+h))
		draw.Draw(c.img, box, image.NewUniform(premultiplied(col)), image.Point{}, draw.Over)
		return
	}
	c.fill(col, []pt{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}})
}

// round fills a rectangle with round corners of radius r.
func (c *canvas) round(x, y, w, h, r float64, col color.RGBA) {
	if c.zoom != 1 || !whole(x, y, w, h, r) || h < 4*r || w < 4*r {
		c.fill(col, roundRect(x, y, w, h, r))
		return
	}
	top := append(arc(pt{x + r, y + r}, r, r, 180, 270, 8), arc(pt{x + w - r, y + r}, r, r, 270, 360, 8)...)
	bottom := append(arc(pt{x + w - r, y + h - r}, r, r, 0, 90, 8), arc(pt{x + r, y + h - r}, r, r, 90, 180, 8)...)
	c.fill(col, top)
	c.rect(x, y+r, w, h-2*r, col)
	c.fill(col, bottom)
}

// whole reports whether all values lie on the borders of pixels.
func whole(values ...float64) bool {
	for _, v := range values {
		if v != math.Trunc(v) {
			return false
		}
	}
	return true
}

// frame fills a round rectangle and draws its border.
func (c *canvas) frame(x, y, w, h, r float64, fill, border color.RGBA) {
	c.round(x, y, w, h, r, border)
	c.round(x+3, y+3, w-6, h-6, max(r-2, 0), fill)
}

func roundRect(x, y, w, h, r float64) []pt {
	r = min(r, w/2, h/2)
	var poly []pt
	for corner, centre := range []pt{{x + w - r, y + h - r}, {x + r, y + h - r}, {x + r, y + r}, {x + w - r, y + r}} {
		poly = append(poly, arc(centre, r, r, float64(corner)*90, float64(corner+1)*90, 8)...)
	}
	return poly
}

// arc returns points of an ellipse between two angles in degrees, clockwise from three o'clock.
func arc(centre pt, rx, ry, from, to float64, steps int) []pt {
	points := make([]pt, 0, steps+1)
	for i := range steps + 1 {
		a := (from + (to-from)*float64(i)/float64(steps)) * math.Pi / 180
		points = append(points, pt{centre.x + rx*math.Cos(a), centre.y + ry*math.Sin(a)})
	}
	return points
}

func (c *canvas) circle(x, y, r float64, col color.RGBA) { c.ellipse(x, y, r, r, col) }

func (c *canvas) ellipse(x, y, rx, ry float64, col color.RGBA) {
	c.fill(col, arc(pt{x, y}, rx, ry, 0, 360, 72))
}

// line draws connected segments with round joins.
func (c *canvas) line(width float64, col color.RGBA, points ...pt) {
	var polygons [][]pt
	for i := 1; i < len(points); i++ {
		p, q := points[i-1], points[i]
		length := math.Hypot(q.x-p.x, q.y-p.y)
		if length == 0 {
			continue
		}
		nx, ny := -(q.y-p.y)/length*width/2, (q.x-p.x)/length*width/2
		polygons = append(polygons,
			[]pt{{p.x - nx, p.y - ny}, {q.x - nx, q.y - ny}, {q.x + nx, q.y + ny}, {p.x + nx, p.y + ny}},
			arc(q, width/2, width/2, 0, 360, 12))
	}
	c.fill(col, polygons...)
}

// dashes draws one segment as dashes of the given length.
func (c *canvas) dashes(width, dash float64, col color.RGBA, p, q pt) {
	length := math.Hypot(q.x-p.x, q.y-p.y)
	for at := 0.0; at < length; at += 2 * dash {
		end := min(at+dash, length)
		c.line(width, col, lerp(p, q, at/length), lerp(p, q, end/length))
	}
}

func lerp(p, q pt, t float64) pt { return pt{p.x + (q.x-p.x)*t, p.y + (q.y-p.y)*t} }

// arrow draws a segment with a head at q.
func (c *canvas) arrow(width float64, col color.RGBA, p, q pt) {
	length := math.Hypot(q.x-p.x, q.y-p.y)
	ux, uy := (q.x-p.x)/length, (q.y-p.y)/length
	size := 6 + 3*width
	neck := pt{q.x - ux*size, q.y - uy*size}
	c.line(width, col, p, neck)
	c.fill(col, []pt{q, {neck.x - uy*size/2, neck.y + ux*size/2}, {neck.x + uy*size/2, neck.y - ux*size/2}})
}

// face opens a font on first use; the fonts are part of the program, so a failure is a mistake in it.
func (c *canvas) face(f typeface, size float64) font.Face {
	key := faceKey{f, size}
	if face, ok := c.faces[key]; ok {
		return face
	}
	if c.fonts[f] == nil {
		parsed, err := opentype.Parse([][]byte{goregular.TTF, gobold.TTF, gomono.TTF}[f])
		if err != nil {
			panic(err)
		}
		c.fonts[f] = parsed
	}
	face, err := opentype.NewFace(c.fonts[f], &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic(err)
	}
	c.faces[key] = face
	return face
}

func (c *canvas) width(f typeface, size float64, text string) float64 {
	return float64(font.MeasureString(c.face(f, size), text)) / 64
}

// text writes with the left end of the baseline at x, y.
func (c *canvas) text(f typeface, size, x, y float64, col color.RGBA, text string) {
	d := font.Drawer{Dst: c.img, Src: image.NewUniform(premultiplied(col)), Face: c.face(f, size),
		Dot: fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(y * 64)}}
	d.DrawString(text)
}

// centred writes with the middle of the baseline at x, y, smaller if it would be wider than room.
func (c *canvas) centred(f typeface, size, x, y, room float64, col color.RGBA, text string) {
	w := c.width(f, size, text)
	if w > room {
		size = math.Floor(size * room / w)
		w = c.width(f, size, text)
	}
	c.text(f, size, x-w/2, y, col, text)
}

// right writes with the right end of the baseline at x, y.
func (c *canvas) right(f typeface, size, x, y float64, col color.RGBA, text string) {
	c.text(f, size, x-c.width(f, size, text), y, col, text)
}
