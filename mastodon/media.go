package mastodon

import (
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// mediaEntity is MediaAttachment of the API.
type mediaEntity struct {
	ID               ids.ID    `json:"id"`
	Type             string    `json:"type"`
	URL              string    `json:"url"`
	PreviewURL       string    `json:"preview_url"`
	RemoteURL        *string   `json:"remote_url"`
	PreviewRemoteURL *string   `json:"preview_remote_url"`
	TextURL          *string   `json:"text_url"`
	Meta             mediaMeta `json:"meta"`
	Description      *string   `json:"description"`
	Blurhash         *string   `json:"blurhash"`
}

type mediaMeta struct {
	Original mediaSize  `json:"original"`
	Small    mediaSize  `json:"small"`
	Focus    mediaFocus `json:"focus"`
}

type mediaSize struct {
	Width  int     `json:"width"`
	Height int     `json:"height"`
	Size   string  `json:"size"`
	Aspect float64 `json:"aspect"`
}

type mediaFocus struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

func (s *server) mediaEntity(m *posts.Media) mediaEntity {
	return mediaEntity{
		ID: m.ID, Type: "image", URL: s.mediaURL(m.Original.Key), PreviewURL: s.mediaURL(m.Small.Key),
		Meta:        mediaMeta{sizeOf(m.Original), sizeOf(m.Small), mediaFocus{m.FocusX, m.FocusY}},
		Description: orNil(m.Description), Blurhash: orNil(m.Blurhash),
	}
}

func sizeOf(r posts.Rendition) mediaSize {
	return mediaSize{r.Width, r.Height, strconv.Itoa(r.Width) + "x" + strconv.Itoa(r.Height), float64(r.Width) / float64(max(r.Height, 1))}
}

// uploadParams are a new file's.
type uploadParams struct {
	File        *multipart.FileHeader `param:"file"`
	Description string                `param:"description"`
	Focus       *string               `param:"focus"` // "x,y", each from -1 to 1
}

func (s *server) uploadMedia(c *Call) error {
	var in uploadParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if in.File == nil {
		return wrongType("file", "can't be blank")
	}
	var at posts.MediaAttributes
	if err := setFocus(&at, in.Focus); err != nil {
		return err
	}
	var x, y float64
	if at.FocusX != nil {
		x, y = *at.FocusX, *at.FocusY
	}
	file, err := in.File.Open()
	if err != nil {
		return err
	}
	defer file.Close() // read only
	m, err := s.Posts.Upload(c.R.Context(), c.Viewer(), file, in.Description, x, y)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.mediaEntity(m))
}

func (s *server) getMedia(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	m, err := s.Posts.Media(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.mediaEntity(m))
}

// mediaParams are what can be changed of a file.
type mediaParams struct {
	Description *string `param:"description"`
	Focus       *string `param:"focus"`
}

func (s *server) updateMedia(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in mediaParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	change := posts.MediaAttributes{ID: id, Description: in.Description}
	if err := setFocus(&change, in.Focus); err != nil {
		return err
	}
	m, err := s.Posts.UpdateMedia(c.R.Context(), c.Viewer(), id, change)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.mediaEntity(m))
}

func (s *server) deleteMedia(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := s.Posts.DeleteMedia(c.R.Context(), c.Viewer(), id); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}

// setFocus reads "x,y". What the numbers may be is for the room to say.
func setFocus(m *posts.MediaAttributes, focus *string) error {
	if focus == nil || *focus == "" {
		return nil
	}
	left, right, ok := strings.Cut(*focus, ",")
	x, err1 := strconv.ParseFloat(strings.TrimSpace(left), 64)
	y, err2 := strconv.ParseFloat(strings.TrimSpace(right), 64)
	if !ok || err1 != nil || err2 != nil {
		return errs.New(errs.Invalid, "Validation failed: Focus must be two numbers between -1 and 1, separated by a comma")
	}
	m.FocusX, m.FocusY = &x, &y
	return nil
}
