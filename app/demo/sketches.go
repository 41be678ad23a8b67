package demo

import (
	"image"
	"image/color"
	"strings"
)

// timeline is a row of events from left to right.
type timeline struct {
	title, subtitle string
	steps           []moment
}

type moment struct{ at, label string }

func (t timeline) draw() image.Image {
	c := newPicture(t.title, t.subtitle)
	c.line(6, verdigris, pt{110, 380}, pt{1090, 380})
	for i, s := range t.steps {
		x := 130 + float64(i)*(940/float64(len(t.steps)-1))
		col, y := verdigris, 250.0
		if i == 0 {
			col = brick
		}
		if i%2 == 1 {
			y = 460
		}
		c.line(3, rule, pt{x, 380}, pt{x, y + 40})
		c.circle(x, 380, 17, col)
		c.circle(x, 380, 8, card)
		left := min(max(x-110, 60), 920)
		c.frame(left, y, 220, 84, 10, paper, rule)
		c.centred(bold, 22, left+110, y+35, 200, col, s.at)
		c.centred(regular, 20, left+110, y+64, 204, ink, s.label)
	}
	return c.img
}

// span is a bar of a trace waterfall, from and to in shares of the width.
type span struct {
	from, to float64
	label    string
	hot      bool // an outlined gap
}

type waterfall struct {
	title, subtitle string
	spans           []span
}

func (w waterfall) draw() image.Image {
	c := newPicture(w.title, w.subtitle)
	cols := []color.RGBA{verdigris, brass, sage, plum, mix(verdigris, sage, 0.5)}
	for i, s := range w.spans {
		y := 175 + float64(i)*(440/float64(len(w.spans)))
		c.right(regular, 20, 268, y+27, ink, s.label)
		x, width := 290+s.from*830, (s.to-s.from)*830
		if s.hot {
			c.frame(x, y-4, width, 48, 8, mix(brick, card, 0.88), brick)
			c.centred(bold, 20, x+width/2, y+27, width, brick, "900 ms of nothing")
			continue
		}
		c.round(x, y, max(width, 6), 40, 7, cols[i%len(cols)])
	}
	return c.img
}

// poster is an invitation in large letters.
type poster struct {
	small, large, text, when string
	ground                   color.RGBA
	pages                    bool // stacked pages rather than rings
}

func (p poster) draw() image.Image {
	c := newCanvas(pictureWidth, pictureHeight, p.ground)
	c.gradient(p.ground, mix(p.ground, night, 0.45))
	if p.pages {
		for i := range 6 {
			y := 180 + float64(i)*66
			c.round(800+float64(i%2)*34, y, 300, 52, 8, alpha(paper, 0.18+0.1*float64(i%3)))
			c.rect(824+float64(i%2)*34, y+23, 180, 6, alpha(p.ground, 0.8))
		}
	} else {
		c.rings()
	}
	c.text(bold, 28, 90, 120, sand, p.small)
	for i, line := range strings.Split(p.large, "\n") {
		c.text(bold, 88, 84, 230+float64(i)*98, paper, line)
	}
	c.text(regular, 34, 90, 480, paper, p.text)
	w := c.width(bold, 32, p.when) + 60
	c.round(88, 530, w, 66, 33, sand)
	c.text(bold, 32, 118, 574, ink, p.when)
	return c.img
}

// rings rise at the right of a poster.
func (c *canvas) rings() {
	for i := range 4 {
		centre := pt{980, 520}
		r := 420 - float64(i)*92
		c.ellipse(centre.x, centre.y, r, r, alpha([]color.RGBA{sage, sand, brass, brick}[i], 0.5))
	}
}

// whiteboard is a hand-drawn looking grid of cells with ticks.
type whiteboard struct {
	title         string
	columns, rows []string
	ticks         string // a line for each row: 'x' is allowed, '.' is prevented
}

func (w whiteboard) draw() image.Image {
	c := newPicture(w.title, "x = can still happen")
	marks := strings.Fields(w.ticks)
	left, top, cell, tall := 320.0, 240.0, 790.0/float64(len(w.columns)), 340.0/float64(len(w.rows))
	for i, name := range w.columns {
		c.centred(bold, 20, left+(float64(i)+0.5)*cell, 222, cell-12, ink, name)
	}
	for y, name := range w.rows {
		py := top + float64(y)*tall
		c.right(bold, 21, left-20, py+tall/2+8, ink, name)
		for x := range w.columns {
			px := left + float64(x)*cell
			c.frame(px+5, py+5, cell-10, tall-10, 10, paper, rule)
			m := pt{px + cell/2, py + tall/2}
			if marks[y][x] == 'x' {
				c.line(8, brick, pt{m.x - 19, m.y - 18}, pt{m.x + 18, m.y + 19})
				c.line(8, brick, pt{m.x + 20, m.y - 19}, pt{m.x - 18, m.y + 18})
			} else {
				c.line(8, verdigris, pt{m.x - 24, m.y + 1}, pt{m.x - 7, m.y + 19}, pt{m.x + 25, m.y - 20})
			}
		}
	}
	return c.img
}

func drawBooks() image.Image {
	c := newCanvas(pictureWidth, pictureHeight, paper)
	c.gradient(paper, mix(sand, paper, 0.35))
	c.rect(0, 572, pictureWidth, 103, mix(brass, ink, 0.45))
	c.rect(0, 572, pictureWidth, 8, mix(brass, ink, 0.2))
	for i, b := range []struct {
		title string
		col   color.RGBA
		width float64
	}{{"Storage", plum, 640}, {"On Call", brick, 560}, {"Queues", brass, 610}, {"Replication", verdigris, 520}, {"Interviews", night, 450}} {
		y := 486 - float64(i)*88
		x := 320 - float64(i%3)*26
		c.round(x, y, b.width, 86, 9, b.col)
		c.rect(x+24, y, 10, 86, alpha(sand, 0.85))
		c.rect(x+b.width-60, y, 6, 86, alpha(sand, 0.85))
		c.text(bold, 38, x+66, y+56, paper, b.title)
	}
	c.fill(brick, []pt{{700, 306}, {726, 306}, {726, 400}, {713, 384}, {700, 400}})
	c.round(990, 470, 110, 102, 20, card) // a cup beside the pile
	c.line(14, card, arc(pt{1104, 516}, 30, 28, 270, 450, 20)...)
	c.ellipse(1045, 474, 54, 14, mix(brass, ink, 0.5))
	for i := range 3 {
		x := 1020 + float64(i)*26
		c.line(5, alpha(faded, 0.5), pt{x, 446}, pt{x + 8, 420}, pt{x - 4, 396}, pt{x + 6, 370})
	}
	return c.img
}

func drawRack() image.Image {
	c := newCanvas(pictureWidth, pictureHeight, night)
	c.gradient(mix(night, verdigris, 0.35), night)
	c.fill(mix(night, brass, 0.2), []pt{{0, 230}, {600, 0}, {1200, 230}, {1200, 190}, {640, -30}, {560, -30}, {0, 190}})
	c.frame(380, 110, 440, 500, 16, mix(night, card, 0.06), mix(night, card, 0.35))
	for i, label := range []string{"switch", "node-1", "node-2", "node-3", "battery"} {
		y := 134 + float64(i)*94
		c.round(404, y, 392, 78, 8, mix(night, card, 0.16))
		c.text(mono, 24, 428, y+48, sand, label)
		for j := range 5 {
			col := sage
			if (i+j)%4 == 3 {
				col = brass
			}
			c.circle(640+float64(j)*30, y+39, 6, col)
		}
	}
	c.line(5, brass, arc(pt{404, 260}, 70, 130, 90, 270, 30)...)
	c.text(regular, 24, 470, 652, alpha(paper, 0.7), "the warmest room in the house")
	return c.img
}

func drawRing() image.Image {
	c := newPicture("Virtual nodes make the ring fair", "share of keys per node, 1 and 100 points each")
	cols := []color.RGBA{verdigris, brass, brick}
	for i := range 90 {
		from := float64(i) * 4
		outer := arc(pt{330, 395}, 200, 200, from, from+4.2, 3)
		inner := arc(pt{330, 395}, 142, 142, from+4.2, from, 3)
		c.fill(cols[(i*i*7+i*3+i/4)%3], append(outer, inner...))
	}
	c.centred(bold, 30, 330, 392, 240, ink, "3 nodes")
	c.centred(regular, 24, 330, 426, 240, faded, "300 points")
	for i, shares := range [][3]float64{{61, 27, 12}, {34, 33, 33}} {
		y := 270 + float64(i)*160
		c.text(bold, 23, 620, y-14, ink, []string{"1 point per node", "100 points per node"}[i])
		x := 620.0
		for n, s := range shares {
			w := s * 4.9
			c.rect(x, y, w-3, 64, cols[n])
			c.centred(bold, 23, x+w/2, y+40, w-6, card, number(s)+" %")
			x += w
		}
	}
	return c.img
}

func drawFunnel() image.Image {
	c := newPicture("Six weeks of looking", "and the week is not over")
	for i, s := range []struct {
		label string
		n     float64
	}{{"applications", 31}, {"replies", 9}, {"phone screens", 5}, {"onsites", 2}, {"offers", 0}} {
		y := 172 + float64(i)*90
		w := max(s.n/31*620, 10)
		col := mix(verdigris, brass, float64(i)/4)
		c.right(regular, 25, 330, y+47, ink, s.label)
		c.round(360, y, w, 74, 10, col)
		c.text(bold, 30, 360+w+18, y+48, ink, number(s.n))
	}
	return c.img
}

func drawEnvelope() image.Image {
	c := newCanvas(pictureWidth, pictureHeight, mix(brass, ink, 0.35))
	c.gradient(mix(brass, ink, 0.3), mix(brass, ink, 0.6))
	c.round(122, 74, 970, 540, 10, alpha(ink, 0.35))
	c.round(110, 62, 970, 540, 8, card)
	c.rect(110, 150, 970, 4, brick)
	c.text(bold, 42, 160, 128, ink, "Back of the envelope")
	for i, line := range []string{"1 day  ~  100 000 s", "1 million a day  ~  12 / s", "peak  ~  3 x mean", "1 KB x 1 million  =  1 GB"} {
		y := 240 + float64(i)*96
		c.rect(110, y+26, 970, 2, alpha(verdigris, 0.35))
		c.text(regular, 48, 160, y, verdigris, line)
	}
	return c.img
}

func drawBucket() image.Image {
	c := newPicture("Token bucket", "what burst are we willing to allow?")
	c.line(8, ink, pt{430, 290}, pt{470, 570}, pt{690, 570}, pt{730, 290})
	c.fill(alpha(verdigris, 0.25), []pt{{446, 400}, {714, 400}, {690, 566}, {470, 566}})
	for i := range 14 {
		c.circle(492+float64(i%5)*44, 542-float64(i/5)*46, 17, brass)
	}
	for i := range 3 {
		c.circle(580, 190+float64(i)*62, 14, brass)
	}
	c.text(regular, 24, 620, 200, ink, "10 tokens per second")
	c.text(regular, 24, 180, 440, ink, "holds 50")
	c.arrow(4, faded, pt{290, 432}, pt{436, 432})
	c.arrow(5, verdigris, pt{704, 500}, pt{880, 460})
	c.text(bold, 24, 896, 466, verdigris, "one per request")
	c.arrow(5, brick, pt{732, 340}, pt{880, 320})
	c.text(bold, 24, 896, 318, brick, "empty: 429")
	c.text(regular, 22, 896, 350, brick, "and Retry-After")
	return c.img
}

func drawBudget() image.Image {
	c := newPicture("Latency budget of one search", "130 ms in all; whose milliseconds do you take?")
	x := 80.0
	for i, s := range []struct {
		label string
		ms    float64
	}{{"gateway", 5}, {"parsing", 10}, {"retrieval", 60}, {"ranking", 40}, {"rendering", 15}} {
		w := s.ms / 130 * 1040
		c.rect(x, 290, w-4, 130, []color.RGBA{plum, brass, verdigris, brick, sage}[i])
		if w > 60 {
			c.centred(bold, 34, x+w/2, 368, w-10, card, number(s.ms))
		}
		label := s.label + " " + number(s.ms) + " ms"
		if w > 100 {
			c.line(2, faded, pt{x + w/2, 424}, pt{x + w/2, 452})
			c.centred(regular, 23, x+w/2, 480, 180, ink, label)
		} else { // two narrow ones side by side: the first goes lower
			y := 550 - float64(i)*70
			c.line(2, faded, pt{x + w/2, 424}, pt{x + w/2, y})
			c.text(regular, 23, x+w/2+10, y, ink, label)
		}
		x += w
	}
	return c.img
}
