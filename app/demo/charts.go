package demo

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"strings"
)

const pictureWidth, pictureHeight = 1200, 675

// plot is where charts draw inside a picture, below the title and above the axis labels.
var plot = struct{ left, top, right, bottom float64 }{130, 190, 1120, 570}

// newPicture is an empty sheet with a title.
func newPicture(title, subtitle string) *canvas {
	c := newCanvas(pictureWidth, pictureHeight, paper)
	c.frame(24, 24, pictureWidth-48, pictureHeight-48, 18, card, rule)
	c.rect(64, 62, 8, 70, verdigris)
	c.text(bold, 36, 92, 92, ink, title)
	c.text(regular, 23, 92, 128, faded, subtitle)
	return c
}

// series is a line of a chart; its values are spread evenly over the width.
type series struct {
	label  string
	col    color.RGBA
	values []float64
	dashed bool
}

// event is a vertical line in a chart at a share of its width.
type event struct {
	at    float64
	label string
}

// lineChart is a chart over time; labels are spread evenly below it.
type lineChart struct {
	title, subtitle string
	unit            string
	top             float64 // the highest value of the axis
	labels          []string
	lines           []series
	events          []event
}

func (l lineChart) draw() image.Image {
	c := newPicture(l.title, l.subtitle)
	axes(c, l.top, l.unit, l.labels, false)
	for _, e := range l.events {
		x := plot.left + e.at*(plot.right-plot.left)
		c.dashes(2.5, 7, faded, pt{x, plot.top - 8}, pt{x, plot.bottom})
		w := c.width(bold, 19, e.label) + 24
		left := min(max(x-w/2, plot.left), plot.right-w)
		c.round(left, plot.top-38, w, 32, 8, sand)
		c.text(bold, 19, left+12, plot.top-16, ink, e.label)
	}
	for i, s := range l.lines {
		points := make([]pt, len(s.values))
		for j, v := range s.values {
			points[j] = pt{plot.left + float64(j)/float64(len(s.values)-1)*(plot.right-plot.left), height(v, l.top)}
		}
		if i == 0 && !s.dashed {
			area := append([]pt{{plot.left, plot.bottom}}, points...)
			c.fill(alpha(s.col, 0.10), append(area, pt{plot.right, plot.bottom}))
		}
		if s.dashed {
			c.dashes(3, 10, s.col, points[0], points[len(points)-1])
		} else {
			c.line(4, s.col, points...)
		}
	}
	legend(c, l.lines)
	return c.img
}

func height(v, top float64) float64 {
	return plot.bottom - min(max(v/top, 0), 1.02)*(plot.bottom-plot.top)
}

// axes draws the grid; with centred, labels stand below the middle of their share of the width.
func axes(c *canvas, top float64, unit string, labels []string, centred bool) {
	for i := range 5 {
		v := top * float64(i) / 4
		y := height(v, top)
		c.rect(plot.left, y-1, plot.right-plot.left, 2, rule)
		c.right(regular, 20, plot.left-14, y+7, faded, number(v))
	}
	c.right(regular, 18, plot.left-14, plot.top-18, faded, unit)
	c.rect(plot.left, plot.bottom-1, plot.right-plot.left, 3, ink)
	for i, label := range labels {
		x := plot.left + float64(i)/float64(max(len(labels)-1, 1))*(plot.right-plot.left)
		room := 160.0
		if centred {
			room = (plot.right - plot.left) / float64(len(labels))
			x = plot.left + (float64(i)+0.5)*room
			if len(labels) > 16 { // most of them are empty
				room = 100
			}
		}
		c.centred(regular, 20, x, plot.bottom+34, room-6, faded, label)
	}
}

func number(v float64) string {
	if v >= 1_000_000 {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", v/1_000_000), ".0") + "M"
	}
	if v >= 10_000 {
		return fmt.Sprintf("%.0fk", v/1000)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
}

func legend(c *canvas, lines []series) {
	x := plot.left
	for _, s := range lines {
		if s.label == "" {
			continue
		}
		c.line(5, s.col, pt{x, 630}, pt{x + 30, 630})
		c.text(regular, 20, x+42, 637, ink, s.label)
		x += 42 + c.width(regular, 20, s.label) + 36
	}
}

// bar is one value of a bar chart.
type bar struct {
	label string
	value float64
	hot   bool
}

// columns is a chart of upright bars.
type columns struct {
	title, subtitle, unit string
	top                   float64
	bars                  []bar
	marks                 []event
	plain                 bool // no value above each bar
}

func (b columns) draw() image.Image {
	c := newPicture(b.title, b.subtitle)
	labels := make([]string, len(b.bars))
	for i := range b.bars {
		labels[i] = b.bars[i].label
	}
	axes(c, b.top, b.unit, labels, true)
	step := (plot.right - plot.left) / float64(len(b.bars))
	for i, one := range b.bars {
		x, y := plot.left+(float64(i)+0.14)*step, height(one.value, b.top)
		col := verdigris
		if one.hot {
			col = brick
		}
		if plot.bottom-y > 2 {
			c.round(x, y, step*0.72, plot.bottom-y, min(7, step*0.1), col)
			c.rect(x, max(y, plot.bottom-8), step*0.72, plot.bottom-max(y, plot.bottom-8), col)
		}
		if !b.plain {
			c.centred(bold, 21, x+step*0.36, y-10, step, ink, number(one.value))
		}
	}
	for _, e := range b.marks {
		x := plot.left + e.at*(plot.right-plot.left)
		c.dashes(3, 8, brass, pt{x, plot.top - 30}, pt{x, plot.bottom})
		c.text(bold, 20, x+10, plot.top-14, brass, e.label)
	}
	return c.img
}

// rows is a chart of lying bars, before (faded) and after where both are given.
type rows struct {
	title, subtitle, unit string
	bars                  []row
}

type row struct {
	label         string
	before, after float64
	hot           bool
}

func (r rows) draw() image.Image {
	c := newPicture(r.title, r.subtitle)
	top := 0.0
	for _, one := range r.bars {
		top = max(top, one.before, one.after)
	}
	step := 440 / float64(len(r.bars))
	thick := min(step*0.36, 44)
	for i, one := range r.bars {
		y := 175 + (float64(i)+0.5)*step
		c.right(regular, 22, 330, y+7, ink, one.label)
		lane := func(v, y float64, col color.RGBA) {
			w := max(v/top*640, 5)
			c.round(350, y, w, thick, 6, col)
			c.text(bold, 21, 350+w+12, y+thick/2+8, ink, number(v)+r.unit)
		}
		col := verdigris
		if one.hot {
			col = brick
		}
		if one.before > 0 {
			lane(one.before, y-thick-2, sand)
			lane(one.after, y+2, col)
		} else {
			lane(one.after, y-thick/2, col)
		}
	}
	return c.img
}

// noisy is a function over [0, 1] sampled n times, with noise relative to the value.
func noisy(seed uint64, n int, noise float64, f func(t float64) float64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	values := make([]float64, n)
	for i := range values {
		values[i] = f(float64(i)/float64(n-1)) * (1 + noise*rng.NormFloat64())
	}
	return values
}

// bell is 1 at the middle and falls to both sides.
func bell(t, middle, wide float64) float64 {
	d := (t - middle) / wide
	return math.Exp(-d * d)
}

// ramp goes from a to b while t goes from t0 to t1, and is flat outside.
func ramp(t, t0, t1, a, b float64) float64 {
	return a + (b-a)*min(max((t-t0)/(t1-t0), 0), 1)
}
