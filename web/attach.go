package web

import (
	"errors"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

const (
	maxPictures = 4
	maxOptions  = 4
)

// pollFields are the fields of a poll.
type pollFields struct {
	Options  []string // as many as there may be; empty ones are not part of it
	Minutes  int      // until it ends
	Multiple bool
}

// pollTimes are how long polls go on, in minutes.
var pollTimes = []struct {
	minutes int
	text    string
}{{30, "30 minutes"}, {60, "1 hour"}, {360, "6 hours"}, {1440, "1 day"}, {3 * 1440, "3 days"}, {7 * 1440, "7 days"}}

const defaultPollTime = 1440

// pollOf returns the fields for a poll; nil: for none.
func pollOf(p *posts.Poll) pollFields {
	f := pollFields{Options: make([]string, maxOptions), Minutes: defaultPollTime}
	if p != nil {
		copy(f.Options, p.Titles())
		f.Multiple = p.Multiple
	}
	return f
}

// pollFields reads the fields.
func (c *call) pollFields() pollFields {
	f := pollOf(nil)
	copy(f.Options, c.r.PostForm["option"])
	f.Multiple = c.field("multiple") != ""
	for _, t := range pollTimes {
		if c.field("expires") == strconv.Itoa(t.minutes) {
			f.Minutes = t.minutes
		}
	}
	return f
}

// any tells whether an option was written.
func (f pollFields) any() bool {
	return slices.ContainsFunc(f.Options, func(o string) bool { return strings.TrimSpace(o) != "" })
}

func (f pollFields) draft() *posts.PollDraft {
	if !f.any() {
		return nil
	}
	return &posts.PollDraft{Options: f.Options, ExpiresIn: time.Duration(f.Minutes) * time.Minute, Multiple: f.Multiple}
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
	f, err := h.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only
	return c.Posts.Upload(c.r.Context(), c.user.ID, f, "", 0, 0)
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
	return c.show(http.StatusOK, attachment(*m))
}

// problemWith returns what is wrong with what somebody sent, if that is what an
// error says.
func (c *call) problemWith(err error) (text string, ok bool) {
	var known *errs.Error
	if !errors.As(err, &known) || known.Kind != errs.Invalid && known.Kind != errs.TooLarge && known.Kind != errs.Unsupported {
		return "", false
	}
	return c.words().sentence(known.Text), true
}

// attached reads the form's pictures with their descriptions, and keeps those
// that come with it. What is wrong with one is told as problem.
func (c *call) attached() (media []posts.Media, changes []posts.MediaAttributes, problem string, err error) {
	ctx := c.r.Context()
	for _, text := range c.r.PostForm["media"] {
		id, ok := ids.Parse(text)
		if !ok || text == c.field("remove") || len(media) == maxPictures {
			continue
		}
		m, err := c.Posts.Media(ctx, c.user.ID, id)
		if errs.Is(err, errs.NotFound) {
			continue // kept for a while only
		}
		if err != nil {
			return nil, nil, "", err
		}
		if alt := c.field("alt" + text); alt != m.Description {
			change := posts.MediaAttributes{ID: id, Description: &alt}
			changes = append(changes, change)
			if m.PostID == 0 {
				_, err = c.Posts.UpdateMedia(ctx, c.user.ID, id, change)
			}
			if text, ok := c.problemWith(err); ok {
				problem, err = text, nil
			}
			if err != nil {
				return nil, nil, "", err
			}
			m.Description = alt
		}
		media = append(media, *m)
	}
	for _, f := range c.files("file") {
		if len(media) == maxPictures {
			return media, changes, c.words().text("A post has at most four pictures."), nil
		}
		m, err := c.keepFile(f)
		if text, ok := c.problemWith(err); ok {
			return media, changes, f.Filename + ": " + text, nil
		}
		if err != nil {
			return nil, nil, "", err
		}
		media = append(media, *m)
	}
	return media, changes, problem, nil
}
