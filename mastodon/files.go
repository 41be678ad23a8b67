package mastodon

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
)

// file serves a blob of a post, of a profile or of an emoji. Its key is made of its content, so it never changes.
// What it is comes from the store's own table, never from who uploaded it.
func (s *server) file(c *Call) (err error) {
	key := c.R.PathValue("key")
	if strings.ContainsAny(c.R.URL.EscapedPath(), "%\\") {
		return errs.NotFoundRecord() // no key needs an escape
	}
	f, info, err := s.Blobs.Open(c.R.Context(), key)
	if errs.Is(err, errs.NotFound) {
		f, info, err = s.Pictures.Open(c.R.Context(), key)
	}
	if errs.Is(err, errs.NotFound) {
		f, info, err = s.Instance.Blobs.Open(c.R.Context(), key)
	}
	if err != nil {
		return err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	h := c.W.Header()
	h.Set("Content-Type", info.ContentType)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Del("Vary")
	h.Set("ETag", `"`+strings.TrimSuffix(strings.ReplaceAll(key, "/", ""), ".")+`"`)
	c.status = http.StatusOK
	c.slot.Leave() // as in write
	http.ServeContent(c.W, c.R, "", info.ModTime, f)
	return nil
}

// pictures are those of accounts that have chosen none.
type pictures struct{ avatar, header []byte }

const (
	avatarSide                = 400
	headerWidth, headerHeight = 1500, 500
)

// drawPictures draws the standard pictures: a head and shoulders, and a plain
// ground, in the green of old copper.
func drawPictures() pictures {
	ground, light := color.RGBA{0x4f, 0x7f, 0x76, 0xff}, color.RGBA{0xdc, 0xe9, 0xe3, 0xff}
	avatar := image.NewPaletted(image.Rect(0, 0, avatarSide, avatarSide), color.Palette{ground, light})
	disc(avatar, avatarSide/2, avatarSide*2/5, avatarSide/6)
	disc(avatar, avatarSide/2, avatarSide*21/20, avatarSide*2/5)
	header := image.NewPaletted(image.Rect(0, 0, headerWidth, headerHeight), color.Palette{ground})
	draw.Draw(header, header.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	return pictures{encodePNG(avatar), encodePNG(header)}
}

// disc fills a circle with the second colour.
func disc(img *image.Paletted, cx, cy, r int) {
	for y := max(cy-r, 0); y < min(cy+r, img.Rect.Dy()); y++ {
		for x := cx - r; x < cx+r; x++ {
			if (x-cx)*(x-cx)+(y-cy)*(y-cy) <= r*r {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
}

func encodePNG(img image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // a small picture, into memory
	}
	return b.Bytes()
}

func (s *server) defaultAvatar(c *Call) error { return s.picture(c, s.pictures.avatar) }

func (s *server) defaultHeader(c *Call) error { return s.picture(c, s.pictures.header) }

func (s *server) picture(c *Call, data []byte) error {
	h := c.W.Header()
	h.Set("Content-Type", "image/png")
	h.Set("Cache-Control", "public, max-age=86400")
	h.Del("Vary")
	c.status = http.StatusOK
	c.slot.Leave() // as in write
	http.ServeContent(c.W, c.R, "", time.Time{}, bytes.NewReader(data))
	return nil
}
