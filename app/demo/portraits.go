package demo

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const avatarSize = 400

// drawAvatar draws a portrait: most people have a simple face of shapes, some an emblem or initials, bots a
// machine. Words of the profile's look decide, chance decides the rest; the same look gives the same picture.
func drawAvatar(chance uint64, p profile) image.Image {
	rng := rand.New(rand.NewPCG(chance, 7))
	grounds := [][2]color.RGBA{
		{verdigris, mix(verdigris, night, 0.45)}, {brass, mix(brass, brick, 0.5)}, {brick, plum},
		{sage, verdigris}, {sand, brass}, {night, mix(night, verdigris, 0.7)}, {plum, brick}, {mix(sand, paper, 0.5), sage},
		{mix(brick, sand, 0.55), brass}, {mix(sage, paper, 0.4), mix(verdigris, sage, 0.5)},
	}
	g := pick(rng, grounds)
	c := newCanvas(avatarSize, avatarSize, g[0])
	c.gradient(g[0], g[1])
	look := strings.Fields(p.look)
	if len(look) == 0 {
		look = randomLook(rng)
	}
	switch emblem := slices.Index([]string{"rings", "tiles", "graph", "waves"}, look[0]); {
	case p.Bot:
		c.robot()
	case emblem >= 0:
		c.emblem(rng, emblem, g[0])
	case look[0] == "initials":
		c.initials(rng, p.DisplayName)
	default:
		c.person(rng, newFeatures(look))
	}
	return c.img
}

// randomLook chooses the words that members.txt gives for the written members.
func randomLook(rng *rand.Rand) []string {
	if n := rng.IntN(10); n > 5 {
		return []string{pick(rng, []string{"rings", "tiles", "graph", "waves", "initials", "initials", "initials"})}
	}
	tone := 1 + rng.IntN(6)
	hair := []string{"black", "black", "brown", "grey"}
	if tone > 4 {
		hair = append(hair, "red", "blond")
	}
	look := []string{pick(rng, []string{"long", "curls", "bun", "bob", "short", "parting"}), "tone" + strconv.Itoa(tone), pick(rng, hair)}
	if rng.IntN(3) == 0 {
		look = append(look, "glasses")
	}
	if (look[0] == "short" || look[0] == "parting") && rng.IntN(3) == 0 {
		look = append(look, "beard")
	}
	return look
}

// features are what a face is drawn from.
type features struct {
	style          string // of the hair, or "scarf"
	skin, hair     color.RGBA
	glasses, beard bool
}

func newFeatures(words []string) features {
	f := features{style: words[0], skin: rgb(0xbd8a62), hair: rgb(0x33231b)}
	colours := map[string]color.RGBA{
		"black": rgb(0x1d1614), "brown": rgb(0x5b3a24), "blond": rgb(0xc49a55), "red": rgb(0x9c4a28), "grey": rgb(0xa9a195),
		"verdigris": verdigris, "brass": brass, "plum": plum,
	}
	skins := []color.RGBA{rgb(0x5a3825), rgb(0x7b4f33), rgb(0x9c6a45), rgb(0xbd8a62), rgb(0xd9ab84), rgb(0xebc9a8)}
	for _, word := range words[1:] {
		if col, ok := colours[word]; ok {
			f.hair = col
		}
		for i, skin := range skins {
			if word == "tone"+strconv.Itoa(i+1) {
				f.skin = skin
			}
		}
	}
	f.glasses, f.beard = slices.Contains(words, "glasses"), slices.Contains(words, "beard")
	return f
}

// person draws head and shoulders.
func (c *canvas) person(rng *rand.Rand, f features) {
	shirt := pick(rng, []color.RGBA{card, ink, verdigris, brass, brick, plum, sand, sage})
	c.circle(80+float64(rng.IntN(240)), 90, 120+float64(rng.IntN(60)), alpha(paper, 0.13))
	c.zoom = 1.16
	shadow := mix(f.skin, ink, 0.14)
	c.hairBehind(f)
	c.ellipse(200, 425, 158, 128, shirt)
	if f.style != "scarf" {
		c.round(168, 245, 64, 90, 30, shadow)
		switch rng.IntN(3) {
		case 0: // collar
			c.fill(mix(shirt, ink, 0.22), []pt{{160, 302}, {200, 352}, {150, 345}})
			c.fill(mix(shirt, ink, 0.22), []pt{{240, 302}, {250, 345}, {200, 352}})
		case 1: // round neck
			c.ellipse(200, 305, 44, 26, shadow)
		}
		c.circle(118, 200, 17, f.skin)
		c.circle(282, 200, 17, f.skin)
	}
	c.ellipse(200, 195, 82, 98, f.skin)
	if f.beard {
		lower := arc(pt{200, 198}, 83, 99, 4, 176, 40)
		c.fill(mix(f.hair, f.skin, 0.15), append(lower, arc(pt{200, 226}, 62, 12, 180, 360, 30)...))
	}
	c.hairFront(f)
	c.faceFeatures(f)
	c.zoom = 1
}

func (c *canvas) hairBehind(f features) {
	hair := f.hair
	switch f.style {
	case "long":
		c.round(100, 90, 200, 250, 95, hair)
	case "curls":
		for i := range 11 {
			p := arc(pt{200, 180}, 102, 108, 160+float64(i)*22, 161, 1)[0]
			c.circle(p.x, p.y, 44, hair)
		}
	case "bun":
		c.circle(200, 76, 44, hair)
	case "bob":
		c.round(104, 88, 192, 190, 80, hair)
	case "scarf":
		c.ellipse(200, 205, 112, 132, hair)
	}
}

// hairFront draws what lies above the forehead.
func (c *canvas) hairFront(f features) {
	hair := f.hair
	brow := func(dip float64, from, to float64) {
		poly := arc(pt{200, 190}, 92, 104, from, to, 40)
		c.fill(hair, append(poly, pt{270, 150 - dip}, pt{200, 132 + dip}, pt{128, 158}))
	}
	switch f.style {
	case "long", "bob":
		brow(8, 185, 355)
	case "curls":
		brow(-4, 195, 345)
	case "bun":
		brow(-10, 188, 352)
	case "short":
		brow(4, 192, 348)
	case "parting":
		poly := arc(pt{200, 186}, 92, 104, 184, 352, 40)
		c.fill(hair, append(poly, pt{262, 168}, pt{170, 122}, pt{122, 172}))
	case "scarf":
		// A ring around the face and a fall over neck and shoulders.
		ring := arc(pt{200, 202}, 108, 128, 0, 360, 72)
		c.fill(hair, append(ring, arc(pt{200, 206}, 72, 82, 360, 0, 72)...))
		c.fill(hair, []pt{{110, 270}, {200, 296}, {290, 270}, {300, 360}, {200, 392}, {100, 360}})
		c.line(5, mix(hair, ink, 0.25), pt{128, 286}, pt{190, 330}, pt{286, 340})
	}
}

func (c *canvas) faceFeatures(f features) {
	dark := mix(f.skin, rgb(0x140d0a), 0.82)
	brow := mix(f.hair, dark, 0.5)
	if f.style == "scarf" {
		brow = dark
	}
	for _, side := range []float64{-1, 1} {
		x := 200 + side*32
		c.circle(x, 200, 7.5, dark)
		c.line(5, brow, pt{x - 15, 178 + side*2}, pt{x, 173}, pt{x + 15, 178 - side*2})
	}
	c.line(4, mix(f.skin, dark, 0.35), pt{200, 206}, pt{194, 228}, pt{203, 230})
	mouth := mix(brick, dark, 0.35)
	if f.beard {
		mouth = mix(brick, f.skin, 0.45)
	}
	c.line(5, mouth, arc(pt{200, 240}, 25, 15, 30, 150, 14)...)
	if f.glasses {
		for _, side := range []float64{-1, 1} {
			c.line(5, ink, arc(pt{200 + side*33, 200}, 25, 23, 0, 360, 40)...)
		}
		c.line(5, ink, pt{192, 198}, pt{208, 198})
	}
}

// emblem draws a motif of the trade: 0 rings, 1 tiles, 2 a graph, 3 waves.
func (c *canvas) emblem(rng *rand.Rand, kind int, ground color.RGBA) {
	light, mid := alpha(paper, 0.92), alpha(paper, 0.35)
	switch kind {
	case 0:
		for i := range 5 {
			r := 160 - float64(i)*32
			from := rng.Float64() * 360
			c.line(13, light, arc(pt{200, 200}, r, r, from, from+110+rng.Float64()*190, 60)...)
		}
	case 1:
		for x := range 4 {
			for y := range 4 {
				px, py := 60+float64(x)*70, 60+float64(y)*70
				corner := float64(rng.IntN(4)) * 90
				centre := [4]pt{{px, py}, {px + 70, py}, {px + 70, py + 70}, {px, py + 70}}[int(corner)/90]
				col := pick(rng, []color.RGBA{light, mid, sand, mix(ground, ink, 0.35)})
				c.fill(col, append(arc(centre, 66, 66, corner, corner+90, 16), centre))
			}
		}
	case 2:
		var nodes []pt
		for i := range 6 {
			a := float64(i)/6*2*math.Pi + rng.Float64()*0.5
			r := 90 + rng.Float64()*50
			nodes = append(nodes, pt{200 + r*math.Cos(a), 200 + r*math.Sin(a)})
		}
		for _, n := range nodes {
			c.line(6, mid, pt{200, 200}, n)
		}
		c.line(6, mid, append(nodes, nodes[0])...)
		for _, n := range nodes {
			c.circle(n.x, n.y, 16+rng.Float64()*14, light)
		}
		c.circle(200, 200, 40, sand)
	default:
		for i := range 5 {
			phase := rng.Float64() * 2 * math.Pi
			var wave []pt
			for x := 0.0; x <= 400; x += 10 {
				wave = append(wave, pt{x, 110 + float64(i)*62 + 24*math.Sin(x/62+phase)})
			}
			c.fill(alpha(paper, 0.16+0.08*float64(i)), append(wave, pt{400, 400}, pt{0, 400}))
		}
	}
}

func (c *canvas) initials(rng *rand.Rand, name string) {
	text := ""
	for _, word := range strings.Fields(name) {
		r, _ := utf8.DecodeRuneInString(word)
		if utf8.RuneCountInString(text) < 2 {
			text += string(r)
		}
	}
	inner := pick(rng, []color.RGBA{paper, ink, night})
	fore := verdigris
	if inner != paper {
		fore = sand
	}
	switch rng.IntN(3) {
	case 0:
		c.circle(200, 200, 150, inner)
	case 1:
		c.round(62, 62, 276, 276, 64, inner)
	default:
		c.fill(inner, arc(pt{200, 200}, 164, 164, 30, 390, 6))
	}
	c.centred(bold, 130, 200, 246, 260, fore, text)
}

func (c *canvas) robot() {
	c.line(10, paper, pt{200, 120}, pt{200, 70})
	c.circle(200, 62, 18, paper)
	c.round(92, 116, 216, 176, 44, paper)
	c.round(120, 152, 160, 84, 36, night)
	for _, x := range []float64{164, 236} {
		c.circle(x, 194, 17, sage)
	}
	c.line(7, verdigris, arc(pt{200, 244}, 30, 18, 20, 160, 14)...)
	c.round(132, 310, 136, 100, 30, paper)
	c.round(160, 340, 80, 12, 6, brass)
	c.round(160, 364, 54, 12, 6, sage)
}
