package demo

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
)

const headerWidth, headerHeight = 1500, 500

// drawHeader draws a banner: a gradient with server racks, waves, a grid, circuits or hills.
func drawHeader(look uint64) image.Image {
	rng := rand.New(rand.NewPCG(look, 11))
	grounds := [][2]color.RGBA{
		{mix(verdigris, night, 0.5), verdigris}, {night, mix(verdigris, night, 0.3)}, {brass, brick},
		{mix(sand, paper, 0.6), sand}, {sage, mix(verdigris, sage, 0.3)}, {plum, mix(brick, plum, 0.4)}, {paper, mix(sage, paper, 0.4)},
		{mix(brick, night, 0.6), brass},
	}
	g := pick(rng, grounds)
	c := newCanvas(headerWidth, headerHeight, g[0])
	c.gradient(g[0], g[1])
	fore := paper
	if int(g[0].R)+int(g[0].G)+int(g[0].B) > 480 {
		fore = verdigris
	}
	switch rng.IntN(6) {
	case 0:
		c.racks(rng, fore)
	case 1:
		c.waves(rng, fore)
	case 2:
		c.dots(rng, fore)
	case 3:
		c.circuits(rng, fore)
	case 4:
		c.skyline(rng, fore)
	default:
		c.orbits(rng, fore)
	}
	return c.img
}

func (c *canvas) racks(rng *rand.Rand, fore color.RGBA) {
	lights := []color.RGBA{sage, sand, brass, brick}
	for x := 40.0; x < headerWidth-100; x += 182 {
		top := 60 + float64(rng.IntN(5))*24
		c.round(x, top, 150, headerHeight-top+20, 12, alpha(fore, 0.16))
		for y := top + 16; y < headerHeight-20; y += 36 {
			c.round(x+12, y, 126, 26, 5, alpha(fore, 0.12+0.14*rng.Float64()))
			for i := range 1 + rng.IntN(3) {
				c.circle(x+28+float64(i)*15, y+13, 4, pick(rng, lights))
			}
			c.rect(x+88, y+11, 38, 4, alpha(fore, 0.3))
		}
	}
}

func (c *canvas) waves(rng *rand.Rand, fore color.RGBA) {
	for i := range 7 {
		phase, length := rng.Float64()*2*math.Pi, 130+rng.Float64()*190
		var wave []pt
		for x := 0.0; x <= headerWidth; x += 15 {
			wave = append(wave, pt{x, 130 + float64(i)*52 + 34*math.Sin(x/length+phase)})
		}
		c.fill(alpha(fore, 0.09), append(wave, pt{headerWidth, headerHeight}, pt{0, headerHeight}))
	}
	c.circle(1180, 120, 62, alpha(sand, 0.75))
}

// dots draws a grid whose points swell where two hills are.
func (c *canvas) dots(rng *rand.Rand, fore color.RGBA) {
	a, b := pt{rng.Float64() * headerWidth, 120}, pt{rng.Float64() * headerWidth, 400}
	for x := 22.0; x < headerWidth; x += 38 {
		for y := 24.0; y < headerHeight; y += 38 {
			near := math.Exp(-math.Hypot(x-a.x, y-a.y)/260) + math.Exp(-math.Hypot(x-b.x, y-b.y)/320)
			col := alpha(fore, min(0.15+0.6*near, 0.85))
			if near > 0.75 {
				col = alpha(sand, 0.9)
			}
			r := 2.5 + 10*near
			c.fill(col, arc(pt{x, y}, r, r, 0, 360, 20))
		}
	}
}

// circuits draws paths that run right and turn by 45 degrees.
func (c *canvas) circuits(rng *rand.Rand, fore color.RGBA) {
	for range 22 {
		x, y := rng.Float64()*headerWidth-200, float64(rng.IntN(12))*44+10
		path := []pt{{x, y}}
		for range 3 + rng.IntN(3) {
			x += 60 + rng.Float64()*160
			path = append(path, pt{x, y})
			turn := float64(rng.IntN(3)-1) * 44
			x, y = x+math.Abs(turn), y+turn
			path = append(path, pt{x, y})
		}
		col := alpha(fore, 0.34)
		if rng.IntN(5) == 0 {
			col = alpha(sand, 0.9)
		}
		c.line(4, col, path...)
		c.circle(x, y, 9, col)
		c.circle(path[0].x, path[0].y, 6, col)
	}
}

// skyline draws bar charts as a town by night.
func (c *canvas) skyline(rng *rand.Rand, fore color.RGBA) {
	for layer := range 3 {
		depth := float64(layer)
		for x := -20.0; x < headerWidth; {
			w := 46 + rng.Float64()*70
			tall := 110 + rng.Float64()*(300-70*depth)
			c.rect(x, headerHeight-tall, w-7, tall, alpha(fore, 0.10+0.08*depth))
			if layer == 2 {
				for y := headerHeight - tall + 18; y < headerHeight-20; y += 30 {
					if rng.IntN(3) > 0 {
						c.rect(x+14, y, w-35, 8, alpha(sand, 0.7))
					}
				}
			}
			x += w
		}
	}
}

func (c *canvas) orbits(rng *rand.Rand, fore color.RGBA) {
	centre := pt{300 + rng.Float64()*900, 260}
	for i := range 9 {
		r := 70 + float64(i)*78
		c.line(3, alpha(fore, 0.28), arc(centre, r, r*0.62, 0, 360, 120)...)
		for range 1 + i/2 {
			a := rng.Float64() * 360
			p := arc(centre, r, r*0.62, a, a, 1)[0]
			c.circle(p.x, p.y, 7+rng.Float64()*11, pick(rng, []color.RGBA{alpha(fore, 0.85), sand, brass, sage}))
		}
	}
	c.circle(centre.x, centre.y, 38, sand)
}
