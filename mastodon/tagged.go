package mastodon

import (
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// taggedMax bounds how many collections a status shows that it links to.
const taggedMax = 4

// collectionURL is the address that stands for a collection.
func (s *server) collectionURL(id string) string { return s.config.BaseURL + "/collections/" + id }

// collectionLinks returns the collections of this server that a post's HTML
// links to.
func (s *server) collectionLinks(content string) []ids.ID {
	var out []ids.ID
	for len(out) < taggedMax {
		_, rest, found := strings.Cut(content, `href="`+s.collectionURL(""))
		if !found {
			break
		}
		number, _, _ := strings.Cut(rest, `"`)
		if id, ok := ids.Parse(number); ok {
			out = append(out, id)
		}
		content = rest
	}
	return out
}

// tagged writes the collections that a status links to, those that the viewer
// may see.
func (w *statusWriter) tagged(list []ids.ID) error {
	w.buf = append(w.buf, `,"tagged_collections":[`...)
	first := true
	for _, id := range list {
		body, err := w.collectionJSON(w.ctx, w.viewer, id)
		if errs.Is(err, errs.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if !first {
			w.buf = append(w.buf, ',')
		}
		first = false
		w.buf = append(w.buf, body...)
	}
	w.buf = append(w.buf, ']')
	return nil
}
