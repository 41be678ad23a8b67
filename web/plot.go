package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/practice/lab"
)

// The drawing's places, in its own units: 360 by 240, with margins for text.
const (
	plotLeft, plotRight               = 40.0, 352.0
	plotTop, plotBottom               = 24.0, 200.0
	plotView                          = "0 0 360 240"
	plotFirst, plotLast               = "40", "352"
	plotBeside, plotUnder, plotFoot   = "36", "214", "232"
	plotLine                          = 12.0 // from one line of text to the next
	plotLetter                        = 5.6  // about a letter's width
	mostDecades                       = 3.0  // along a chart
	plotColours, plotNumbers, maxBars = 3, 12, 12
)

// plot is a chart of a lab as it is drawn, all in the drawing's units.
type plot struct {
	Title, Label, X, Y string
	XTicks, YTicks     []plotTick
	Bars               []plotBar
	Lines              []plotSeries
	Limit              string // height of the line across; empty: none
	Table              lab.Table
}

type plotTick struct{ At, Text, Name string }

type plotBar struct{ Class, X, Y, Width, Height, Middle, Above, Value string }

type plotSeries struct{ Class, Name, Points, Area, X, Y, Anchor string }

// scale maps figures to places.
type scale struct {
	low, high float64 // in figures, or their logarithms
	from, to  float64 // in the drawing
	log       bool
}

// newScale takes in all of the values that it can show.
func newScale(values []float64, log, zero bool, from, to float64) scale {
	s := scale{low: math.Inf(1), high: math.Inf(-1), from: from, to: to, log: log}
	for _, v := range values {
		if log && v <= 0 || math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		if log {
			v = math.Log10(v)
		}
		s.low, s.high = min(s.low, v), max(s.high, v)
	}
	switch {
	case s.low > s.high: // nothing to show
		s.low, s.high = 0, 1
	case zero && log:
		s.low = math.Floor(s.low - .1)
	case zero:
		s.low, s.high = min(s.low, 0), s.high+(s.high-min(s.low, 0))*.05
	}
	if s.high-s.low < 1e-12 {
		s.high = s.low + 1
	}
	return s
}

// at is the place of a figure; what lies without is put on the edge.
func (s scale) at(v float64) float64 {
	if s.log {
		v = math.Log10(max(v, 1e-300))
	}
	share := min(max((v-s.low)/(s.high-s.low), 0), 1)
	return s.from + share*(s.to-s.from)
}

// ticks are round figures on the scale.
func (s scale) ticks() []float64 {
	var list []float64
	if s.log {
		steps := []float64{1}
		if s.high-s.low < 1.5 {
			steps = []float64{1, 2, 5}
		}
		every := max(1, int(math.Ceil((s.high-s.low)/6)))
		for e := int(math.Floor(s.low)); e <= int(math.Ceil(s.high)); e += every {
			for _, x := range steps {
				if l := float64(e) + math.Log10(x); l >= s.low-1e-9 && l <= s.high+1e-9 {
					list = append(list, x*math.Pow10(e))
				}
			}
		}
		return list
	}
	rough := (s.high - s.low) / 4
	step := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range []float64{5, 2} {
		if rough >= m*step {
			step *= m
			break
		}
	}
	for i := math.Ceil(s.low/step - 1e-9); i*step <= s.high+step*1e-9; i++ {
		list = append(list, i*step+0) // no -0
	}
	return list
}

// coordinate writes a coordinate.
func coordinate(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// short writes a figure in few characters.
func short(v float64) string {
	unit := ""
	switch size := math.Abs(v); {
	case size >= 1e6:
		v, unit = v/1e6, "M"
	case size >= 1e4:
		v, unit = v/1e3, "k"
	}
	digits := 3 - int(math.Ceil(math.Log10(max(math.Abs(v), 1e-6))))
	p := math.Pow10(max(digits, 0))
	return strconv.FormatFloat(math.Round(v*p)/p, 'f', -1, 64) + unit
}

// plotOf draws a chart.
func plotOf(c lab.Chart) plot {
	p := plot{Title: c.Title, X: c.X, Y: c.Y, Table: plotTable(c)}
	var xs, ys []float64
	for _, s := range c.Series {
		for _, v := range s.Points {
			xs, ys = append(xs, v[0]), append(ys, v[1])
		}
	}
	if c.Limit != 0 {
		ys = append(ys, c.Limit)
	}
	y := newScale(ys, c.LogY, c.Kind != lab.Lines || !c.LogY, plotBottom, plotTop)
	for _, v := range y.ticks() {
		p.YTicks = append(p.YTicks, plotTick{At: coordinate(y.at(v)), Text: coordinate(y.at(v) + 3.5), Name: short(v)})
	}
	if c.Limit != 0 {
		p.Limit = coordinate(y.at(c.Limit))
	}
	if c.Kind == lab.Bars {
		p.bars(c, y)
	} else {
		x := newScale(xs, c.LogX, false, plotLeft, plotRight)
		if c.LogX {
			x.low = max(x.low, x.high-mostDecades) // what is below stands at the edge
		}
		for _, v := range x.ticks() {
			p.XTicks = append(p.XTicks, plotTick{At: coordinate(x.at(v)), Name: short(v)})
		}
		p.lines(c, x, y)
	}
	p.Label = c.Title + ": " + strings.Join(p.names(c), ", ")
	if c.Limit != 0 {
		p.Label += fmt.Sprintf(", limit %s", short(c.Limit))
	}
	return p
}

// names are what a chart shows, for who hears it.
func (p *plot) names(c lab.Chart) []string {
	var names []string
	for i, b := range p.Bars {
		names = append(names, p.XTicks[i].Name+" "+b.Value)
	}
	if c.Kind != lab.Bars {
		for _, s := range c.Series {
			names = append(names, s.Name)
		}
	}
	return names
}

func (p *plot) bars(c lab.Chart, y scale) {
	if len(c.Series) == 0 || len(c.Series[0].Points) == 0 {
		return
	}
	points := c.Series[0].Points[:min(len(c.Series[0].Points), maxBars)]
	each := (plotRight - plotLeft) / float64(len(points))
	for i, v := range points {
		top, middle := y.at(v[1]), plotLeft+each*(float64(i)+.5)
		width := min(each*.6, 56)
		name := ""
		if i < len(c.Labels) {
			name = c.Labels[i]
		}
		p.XTicks = append(p.XTicks, plotTick{At: coordinate(middle), Name: name})
		p.Bars = append(p.Bars, plotBar{Class: "s" + strconv.Itoa(i%plotColours), X: coordinate(middle - width/2), Y: coordinate(top), Width: coordinate(width),
			Height: coordinate(max(plotBottom-top, 1)), Middle: coordinate(middle), Above: coordinate(top - 4), Value: short(v[1])})
	}
}

// lines draws the series, and writes each one's name at its end, above what
// stands there already.
func (p *plot) lines(c lab.Chart, x, y scale) {
	type box struct{ left, right, base float64 }
	var taken []box
	for i, s := range c.Series {
		var b strings.Builder
		var endX, endY, firstX float64
		drawn := 0
		for _, v := range s.Points {
			if c.LogX && v[0] <= 0 || c.LogY && v[1] <= 0 {
				continue
			}
			px, py := x.at(v[0]), y.at(v[1])
			if c.Kind == lab.Histogram && drawn > 0 {
				fmt.Fprintf(&b, "%s,%s ", coordinate(px), coordinate(endY))
			}
			fmt.Fprintf(&b, "%s,%s ", coordinate(px), coordinate(py))
			if drawn == 0 {
				firstX = px
			}
			endX, endY, drawn = px, py, drawn+1
		}
		if drawn == 0 {
			continue
		}
		line := plotSeries{Class: "s" + strconv.Itoa(i%plotColours), Name: s.Name, Points: strings.TrimSpace(b.String()), Anchor: "end"}
		if c.Kind == lab.Histogram {
			line.Area = fmt.Sprintf("%s,%s %s%s,%s", coordinate(firstX), coordinate(plotBottom), b.String(), coordinate(endX), coordinate(plotBottom))
		}
		width := plotLetter * float64(len(s.Name))
		at := box{max(endX-width, plotLeft), max(endX, plotLeft+width), max(endY-5, plotTop+plotLine)}
		for again := true; again; {
			again = false
			for _, o := range taken {
				if at.left < o.right && o.left < at.right && math.Abs(at.base-o.base) < plotLine {
					at.base, again = o.base-plotLine, true
				}
			}
		}
		taken = append(taken, at)
		line.X, line.Y = coordinate(at.right), coordinate(at.base)
		p.Lines = append(p.Lines, line)
	}
}

// plotTable is the chart as a table; of long series, some rows.
func plotTable(c lab.Chart) lab.Table {
	if c.Kind == lab.Bars {
		x := lab.Table{Head: []string{"", c.Y}}
		for i, name := range c.Labels {
			if len(c.Series) > 0 && i < len(c.Series[0].Points) {
				x.Rows = append(x.Rows, []string{name, short(c.Series[0].Points[i][1])})
			}
		}
		return x
	}
	x := lab.Table{Head: []string{"", c.X, c.Y}}
	for _, s := range c.Series {
		n := len(s.Points)
		rows := min(n, plotNumbers)
		for i := range rows {
			v := s.Points[i*(n-1)/max(rows-1, 1)]
			x.Rows = append(x.Rows, []string{s.Name, short(v[0]), short(v[1])})
		}
	}
	return x
}
