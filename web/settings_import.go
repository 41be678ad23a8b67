package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/guildhall/guildhall/archive"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/limit"
)

// ruleImports is how many files a member may import; many lines are in one.
var ruleImports = limit.Rule{Name: "web.imports", Limit: 20, Window: time.Hour}

// importData is what the page shows on which members bring lists along.
type importData struct {
	Kind, Mode string            // as chosen
	Result     *archive.Imported // nil: nothing was imported just now
	Problems   map[string][]errs.Field
}

func (c *call) importSettings() error {
	return c.show(http.StatusOK, importPage(c.settingsFrame("Import"), importData{Kind: string(archive.Follows)}))
}

// importList does what the lines of a file say, and tells what has become of
// each that could not be done.
func (c *call) importList() error {
	d := importData{Kind: c.field("kind"), Mode: c.field("mode")}
	if given := c.Limit.Allow(c.user.ID.String(), ruleImports); !given.OK {
		return &errs.Error{Kind: errs.TooMany, After: given.RetryAfter}
	}
	text, err := c.importedFile()
	if err != nil {
		return err
	}
	d.Result, err = c.Archive.Import(c.r.Context(), c.user.ID, archive.List(d.Kind), d.Mode == "overwrite", strings.NewReader(text))
	if why := refusal(err); why != nil {
		d.Problems = why.Fields
		return c.show(http.StatusUnprocessableEntity, importPage(c.settingsFrame("Import"), d))
	}
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, importPage(c.settingsFrame("Import"), d))
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
		for _, known := range exportLists {
			if known.list == l {
				list = append(list, choice{string(l), t(ctx, known.text)})
			}
		}
	}
	return list
}

func modeChoices(ctx context.Context) []choice {
	return []choice{{"merge", t(ctx, "Add to what is there")}, {"overwrite", t(ctx, "Put in the place of what is there")}}
}

func lineNumber(p archive.Problem) string { return strconv.Itoa(p.Line) }
