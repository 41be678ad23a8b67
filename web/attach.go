package web

import (
	"context"
	"errors"
	"math"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// picture is one that will be posted, as the composer has it.
type picture struct {
	posts.Media
	Problem string // what is wrong with it
	change  *posts.MediaAttributes
}

// focusOf is a picture's focus in percent: from the left, from the top.
func focusOf(m posts.Media) (x, y int) {
	return int(math.Round(50 * (1 + m.FocusX))), int(math.Round(50 * (1 - m.FocusY)))
}

// percent is the focus on an axis: 0 from the left, 1 from the top.
func (p picture) percent(axis int) string {
	x, y := focusOf(p.Media)
	return strconv.Itoa([]int{x, y}[axis])
}

// focused is the class of a picture of which a part is cut off: it says which
// stays.
func focused(m posts.Media) string {
	x, y := focusOf(m)
	return "fx" + strconv.Itoa((x+5)/10) + " fy" + strconv.Itoa((y+5)/10)
}

// pictured are media in the composer.
func pictured(list []posts.Media) []picture {
	out := make([]picture, len(list))
	for i, m := range list {
		out[i] = picture{Media: m}
	}
	return out
}

// picturesOf returns the pictures that fields name, with what is typed about
// them. One that is gone is left out: they are kept for a while only.
func (c *call) picturesOf(v url.Values) ([]picture, error) {
	var list []picture
	for _, text := range v["media"] {
		id, ok := ids.Parse(text)
		if !ok || text == v.Get("detach") || len(list) == c.config.Posts.MaxMedia {
			continue
		}
		m, err := c.Posts.Media(c.r.Context(), c.user.ID, id)
		if errs.Is(err, errs.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		p := picture{Media: *m}
		c.describe(&p, v)
		list = append(list, p)
	}
	return list, nil
}

// describe takes what is typed about a picture.
func (c *call) describe(p *picture, v url.Values) {
	id, change := p.ID.String(), posts.MediaAttributes{ID: p.ID}
	if alt := v.Get("alt" + id); v.Has("alt"+id) && alt != p.Description {
		p.Description, change.Description, p.change = alt, &alt, &change
	}
	x, y := focusOf(p.Media)
	if !v.Has("x"+id) || v.Get("x"+id) == strconv.Itoa(x) && v.Get("y"+id) == strconv.Itoa(y) {
		return
	}
	left, err1 := strconv.ParseFloat(v.Get("x"+id), 64)
	top, err2 := strconv.ParseFloat(v.Get("y"+id), 64)
	if err1 != nil || err2 != nil || !(left >= 0 && left <= 100 && top >= 0 && top <= 100) {
		p.Problem = c.words().Text("The focus is two numbers from 0 to 100.")
		return
	}
	p.FocusX, p.FocusY = left/50-1, 1-top/50
	change.FocusX, change.FocusY, p.change = &p.FocusX, &p.FocusY, &change
}

// attached reads the form's pictures into d, keeps what is typed about those that
// are not posted yet and the files that come with it, and returns what is to
// change of the others.
func (c *call) attached(d *draftData) (changes []posts.MediaAttributes, err error) {
	ctx := c.r.Context()
	if d.Pictures, err = c.picturesOf(c.r.PostForm); err != nil {
		return nil, err
	}
	if err := c.drop(ctx, c.field("detach")); err != nil {
		return nil, err
	}
	for i := range d.Pictures {
		p := &d.Pictures[i]
		if p.change == nil {
			continue
		}
		changes = append(changes, *p.change)
		if p.PostID != 0 {
			continue // changed with its post
		}
		_, err := c.Posts.UpdateMedia(ctx, c.user.ID, p.ID, *p.change)
		if text, ok := c.problemWith(err); ok {
			p.Problem = text
		} else if err != nil && !errs.Is(err, errs.NotFound) {
			return nil, err
		}
	}
	for _, f := range c.files("file") {
		if len(d.Pictures) == c.config.Posts.MaxMedia {
			d.Problems["file"] = tooMany(c.words(), c.config.Posts.MaxMedia)
			break
		}
		m, err := c.keepFile(f)
		if text, ok := c.problemWith(err); ok {
			d.Problems["file"] = f.Filename + ": " + text
			continue
		}
		if err != nil {
			return nil, err
		}
		d.Pictures = append(d.Pictures, picture{Media: *m})
	}
	return changes, nil
}

// tooMany says how many pictures a post has.
func tooMany(words *catalogue, n int) string {
	return words.Count(n, "A post has at most %s picture.|A post has at most %s pictures.")
}

// files are the files of a form's field.
func (c *call) files(name string) []*multipart.FileHeader {
	if c.r.MultipartForm == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.r.MultipartForm.File[name]), func(f *multipart.FileHeader) bool { return f.Size == 0 && f.Filename == "" })
}

// keepFile keeps a picture to be posted. Returns what posts.Upload does.
func (c *call) keepFile(h *multipart.FileHeader) (*posts.Media, error) {
	if err := c.limited("media"); err != nil {
		return nil, err
	}
	f, err := h.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only
	m, err := c.Posts.Upload(c.r.Context(), c.user.ID, f, "", 0, 0)
	if errs.Is(err, errs.TooLarge) {
		return nil, errs.Wrap(errs.TooLarge, c.words().Text("The picture has more than %s.", c.words().size(c.config.Posts.MediaBytes)), err)
	}
	return m, err
}

// attach keeps a picture that a script sends, and answers with its fields in
// the composer, or with what is wrong with it.
func (c *call) attach() error {
	files := c.files("file")
	if len(files) != 1 {
		return errs.New(errs.Malformed, "Choose a picture first.")
	}
	m, err := c.keepFile(files[0])
	if text, ok := c.problemWith(err); ok {
		return c.show(http.StatusUnprocessableEntity, uploadProblem(text))
	}
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, attachment(picture{Media: *m}, c.config.Posts))
}

// attachments answers with the fields of those pictures that are still kept to be
// posted: what a draft in the browser had.
func (c *call) attachments() error {
	list, err := c.picturesOf(c.r.URL.Query())
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(p picture) bool { return p.PostID != 0 })
	return c.show(http.StatusOK, attachments(list, c.config.Posts))
}

// detach removes a picture that a script takes out of the composer.
func (c *call) detach() error {
	if err := c.drop(c.r.Context(), c.r.PathValue("id")); err != nil {
		return err
	}
	return c.show(http.StatusOK, nothing())
}

// drop deletes a picture that is not posted. One that is, or that a scheduled
// post has, leaves with its post.
func (c *call) drop(ctx context.Context, name string) error {
	id, ok := ids.Parse(name)
	if !ok {
		return nil
	}
	err := c.Posts.DeleteMedia(ctx, c.user.ID, id)
	if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Invalid) {
		return nil
	}
	return err
}

// problemWith returns what is wrong with what somebody sent, if that is what an
// error says.
func (c *call) problemWith(err error) (text string, ok bool) {
	var known *errs.Error
	if !errors.As(err, &known) {
		return "", false
	}
	switch known.Kind {
	case errs.TooMany:
		return c.words().slower(known.After), true
	case errs.Invalid, errs.TooLarge, errs.Unsupported:
	default:
		return "", false
	}
	return strings.TrimSpace(c.words().sentence(known.Text)), true
}
