package web

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// rich renders a text of the catalogue whose %s are other components: links,
// names.
func rich(english string, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		rest := t(ctx, english)
		for _, part := range parts {
			before, after, found := strings.Cut(rest, "%s")
			if !found {
				break
			}
			if _, err := io.WriteString(w, templ.EscapeString(before)); err != nil {
				return err
			}
			if err := part.Render(ctx, w); err != nil {
				return err
			}
			rest = after
		}
		_, err := io.WriteString(w, templ.EscapeString(rest))
		return err
	})
}
