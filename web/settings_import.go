package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/guildhall/guildhall/archive"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/limit"
)

// ruleImports is how many files a member may import; many lines are in one.
var ruleImports = limit.Rule{Name: "web.imports", Limit: 20, Window: time.Hour}

// importData is what the page shows on which members bring lists along.
type importData struct {
	Kind, Mode string           // as chosen
	Files      []archive.Import // the latest
	Problem    string
	Problems   map[string][]errs.Field
}

// running tells whether a file is worked on.
func (d importData) running() bool {
	return slices.ContainsFunc(d.Files, func(f archive.Import) bool { return !f.Finished && !f.Failed && f.PausedUntil.IsZero() })
}

func (c *call) importSettings() error {
	return c.showImports(http.StatusOK, importData{Kind: string(archive.Follows)})
}

func (c *call) showImports(status int, d importData) (err error) {
	if d.Files, err = c.Archive.Imports(c.r.Context(), c.user.ID); err != nil {
		return err
	}
	return c.show(status, importPage(c.settingsFrame("Import"), d))
}

// importList has what the lines of a file say done by and by; the page tells how
// far that is, and of each that could not be done.
func (c *call) importList() error {
	d := importData{Kind: c.field("kind"), Mode: c.field("mode")}
	if given := c.Limit.Allow(c.user.ID.String(), ruleImports); !given.OK {
		return &errs.Error{Kind: errs.TooMany, After: given.RetryAfter}
	}
	text, err := c.importedFile()
	if err != nil {
		return err
	}
	err = c.Archive.Import(c.r.Context(), c.user.ID, archive.List(d.Kind), d.Mode == "overwrite", text)
	if why := refusal(err); why != nil {
		d.Problems = why.Fields
		return c.showImports(http.StatusUnprocessableEntity, d)
	}
	var busy *errs.Error
	if errs.Is(err, errs.Conflict) && errors.As(err, &busy) {
		d.Problem = c.words().sentence(busy.Text)
		return c.showImports(http.StatusConflict, d)
	}
	if err != nil {
		return err
	}
	return c.goTo(importSettingsPath)
}

// importedFile returns what is in the file that was sent, empty for none.
func (c *call) importedFile() (string, error) {
	data, err := c.upload("file")
	return string(data), err
}

// importChoices are the lists that can be imported.
func importChoices(ctx context.Context) []choice {
	var list []choice
	for _, l := range archive.Importable() {
		list = append(list, choice{string(l), listName(ctx, l)})
	}
	return list
}

func modeChoices(ctx context.Context) []choice {
	return []choice{{"merge", t(ctx, "Add to what is there")}, {"overwrite", t(ctx, "Put in the place of what is there")}}
}

func lineNumber(p archive.Problem) string { return strconv.Itoa(p.Line) }

// listName is what a list is called.
func listName(ctx context.Context, l archive.List) string {
	for _, known := range exportLists {
		if known.list == l {
			return t(ctx, known.text)
		}
	}
	return string(l)
}
