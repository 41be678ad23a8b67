package demo

import (
	"image"
	"image/color"
	"math"
	"strings"
)

// node is a box of a diagram, in a grid of 12 columns and 6 rows; x and y are its centre.
type node struct {
	x, y  float64
	label string
	sub   string
	style nodeStyle
}

type nodeStyle int

const (
	plain nodeStyle = iota
	store
	queue
	hot
	muted
)

// edge joins two nodes by their indexes.
type edge struct {
	from, to int
	label    string
	dashed   bool
}

// boxes is an architecture diagram.
type boxes struct {
	title, subtitle string
	nodes           []node
	edges           []edge
	note            string
}

const nodeWidth, nodeHeight = 190, 84

func (n node) centre() pt { return pt{60 + n.x*90, 160 + n.y*76} }

func (b boxes) draw() image.Image {
	c := newPicture(b.title, b.subtitle)
	for _, e := range b.edges {
		p, q := b.nodes[e.from].centre(), b.nodes[e.to].centre()
		p, q = border(p, q), border(q, p)
		if e.dashed {
			c.dashes(3, 8, faded, p, lerp(p, q, 0.9))
			c.arrow(3, faded, lerp(p, q, 0.88), q)
		} else {
			c.arrow(3.5, ink, p, q)
		}
	}
	for _, n := range b.nodes {
		n.draw(c)
	}
	for _, e := range b.edges {
		if e.label == "" {
			continue
		}
		c.edgeLabel(b.nodes[e.from].centre(), b.nodes[e.to].centre(), e.label)
	}
	c.text(regular, 20, 92, 628, faded, b.note)
	return c.img
}

// edgeLabel writes above the edge between two centres, on the side where there is room.
func (c *canvas) edgeLabel(from, to pt, label string) {
	p, q := border(from, to), border(to, from)
	m := lerp(p, q, 0.5)
	switch dx, dy := q.x-p.x, q.y-p.y; {
	case math.Abs(dy) < 30:
		c.centred(regular, 18, m.x, m.y-12, math.Abs(dx), brass, label)
	case math.Abs(dx) < 10 || dx*dy > 0:
		c.text(regular, 18, m.x+14, m.y-3, brass, label)
	default:
		c.right(regular, 18, m.x-12, m.y-2, brass, label)
	}
}

// border is where the line from p towards q leaves the box around p, with a little air.
func border(p, q pt) pt {
	dx, dy := q.x-p.x, q.y-p.y
	t := 1.0
	if dx != 0 {
		t = min(t, (nodeWidth/2+6)/math.Abs(dx))
	}
	if dy != 0 {
		t = min(t, (nodeHeight/2+6)/math.Abs(dy))
	}
	return lerp(p, q, t)
}

func (n node) draw(c *canvas) {
	m := n.centre()
	x, y := m.x-nodeWidth/2, m.y-nodeHeight/2
	fill, edge, text := card, ink, ink
	switch n.style {
	case store:
		fill, edge, text = verdigris, verdigris, card
	case queue:
		fill, edge = sand, brass
	case hot:
		fill, edge, text = brick, brick, card
	case muted:
		edge, text = rule, faded
	}
	if n.style == store { // a cylinder
		c.rect(x, y+12, nodeWidth, nodeHeight-24, fill)
		c.ellipse(m.x, y+nodeHeight-12, nodeWidth/2, 12, fill)
		c.ellipse(m.x, y+12, nodeWidth/2, 12, mix(verdigris, card, 0.35))
		m.y += 9
	} else {
		c.frame(x, y, nodeWidth, nodeHeight, 12, fill, edge)
	}
	if n.style == queue {
		for i := range 3 {
			c.rect(x+14+float64(i)*9, y+nodeHeight-15, 5, 7, brass)
		}
	}
	if n.sub == "" {
		c.centred(bold, 22, m.x, m.y+8, nodeWidth-20, text, n.label)
		return
	}
	c.centred(bold, 22, m.x, m.y-2, nodeWidth-20, text, n.label)
	c.centred(regular, 17, m.x, m.y+22, nodeWidth-20, text, n.sub)
}

// sequence is a diagram of messages between lifelines, from top to bottom.
type sequence struct {
	title, subtitle string
	actors          []string
	messages        []message
}

type message struct {
	from, to int
	label    string
	bad      bool
}

func (s sequence) draw() image.Image {
	c := newPicture(s.title, s.subtitle)
	at := func(i int) float64 { return 170 + float64(i)*(860/float64(len(s.actors)-1)) }
	for i, a := range s.actors {
		c.dashes(2, 6, faded, pt{at(i), 222}, pt{at(i), 628})
		c.round(at(i)-92, 166, 184, 52, 10, verdigris)
		c.centred(bold, 22, at(i), 200, 168, card, a)
	}
	step := 380 / float64(len(s.messages))
	for i, m := range s.messages {
		y := 266 + float64(i)*step
		col := ink
		if m.bad {
			col = brick
		}
		if m.from == m.to {
			c.round(at(m.from)-7, y-16, 14, 34, 4, brass)
			c.text(regular, 20, at(m.from)+18, y+8, col, m.label)
			continue
		}
		c.arrow(3, col, pt{at(m.from), y}, pt{at(m.to), y})
		w := c.width(regular, 20, m.label) + 14
		middle := (at(m.from) + at(m.to)) / 2
		c.round(middle-w/2, y-32, w, 26, 5, card)
		c.text(regular, 20, middle-w/2+7, y-11, col, m.label)
	}
	return c.img
}

// flame is a flame graph: frames with their left end and width in percent of all samples, the caller below the
// called. A hot one is what the picture is about.
type flame struct {
	title, subtitle string
	frames          []stack
}

type stack struct {
	depth       int
	left, width float64
	name        string
	hot         bool
}

func (f flame) draw() image.Image {
	c := newPicture(f.title, f.subtitle)
	shades := []color.RGBA{sand, mix(sand, brass, 0.35), mix(sand, card, 0.3), mix(sand, brass, 0.2), mix(brass, card, 0.35)}
	for i, s := range f.frames {
		x, w := 70+s.left*10.6, s.width*10.6
		y := 598 - float64(s.depth)*48
		col, text := shades[(i*7+s.depth)%len(shades)], ink
		if s.hot {
			col, text = brick, card
		}
		c.round(x+1, y, w-2, 45, 4, col)
		if label := s.name; c.width(regular, 18, label) < w-14 {
			c.text(regular, 18, x+9, y+29, text, label)
		}
	}
	return c.img
}

// heatmap is a grid of cells with values from 0 to 1.
type heatmap struct {
	title, subtitle string
	columns, rows   int
	rowLabels       []string
	columnLabels    []string
	hot             color.RGBA
	value           func(column, row int) float64
	outline         func(column, row int) bool
}

func (h heatmap) draw() image.Image {
	c := newPicture(h.title, h.subtitle)
	left, top, width, tall := 150.0, 190.0, 970.0, 380.0
	w, t := width/float64(h.columns), tall/float64(h.rows)
	for x := range h.columns {
		for y := range h.rows {
			px, py := left+float64(x)*w, top+float64(y)*t
			if h.outline != nil && h.outline(x, y) {
				c.round(px, py, w, t, 5, ink)
			}
			c.round(px+2, py+2, w-4, t-4, 4, mix(mix(rule, card, 0.35), h.hot, h.value(x, y)))
		}
	}
	for i, label := range h.rowLabels {
		c.right(regular, 20, left-16, top+(float64(i)+0.5)*t+7, faded, label)
	}
	for i, label := range h.columnLabels {
		c.text(regular, 20, left+float64(i)*width/float64(len(h.columnLabels)), top+tall+36, faded, label)
	}
	return c.img
}

// terminal is a screen of text. Lines that begin with '!' are bad news, with '+' good news, with '$' typed.
type terminal struct{ lines string }

func (t terminal) draw() image.Image {
	c := newCanvas(pictureWidth, pictureHeight, paper)
	c.round(40, 40, pictureWidth-80, pictureHeight-80, 18, night)
	c.round(40, 40, pictureWidth-80, 54, 18, mix(night, card, 0.14))
	c.rect(40, 76, pictureWidth-80, 18, mix(night, card, 0.14))
	for i, col := range []color.RGBA{brick, brass, verdigris} {
		c.circle(76+float64(i)*34, 67, 9, col)
	}
	for i, line := range strings.Split(strings.Trim(t.lines, "\n"), "\n") {
		col := mix(card, sage, 0.25)
		switch {
		case strings.HasPrefix(line, "!"):
			col, line = mix(brick, card, 0.35), " "+line[1:]
		case strings.HasPrefix(line, "+"):
			col, line = mix(verdigris, sage, 0.9), " "+line[1:]
		case strings.HasPrefix(line, "$"):
			col = sand
		}
		c.text(mono, 22, 76, 140+float64(i)*33, col, line)
	}
	return c.img
}
