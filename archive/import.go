package archive

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/profiles"
)

// Bounds of a file that is imported.
const (
	ImportBytes = 1 << 20
	ImportLines = 2000
	problemsMax = 100 // that are told
)

// Importable returns the lists that can be imported, in the order in which they
// are offered. Nobody can be made to follow.
func Importable() []List {
	return []List{Follows, Lists, Blocks, Mutes, DomainBlocks, Bookmarks}
}

// Imported says what has become of a file so far.
type Imported struct {
	Done     int
	Removed  int       // what was there and is not in the file
	Problems []Problem // the first hundred
	Failed   int       // lines, of which Problems tells the first
}

// Problem is what is wrong with a line of a file.
type Problem struct {
	Line int // counted from 1
	What string
	Why  string
}

// reason returns what to say of a line that could not be done.
func reason(why *errs.Error) string {
	switch why.Kind {
	case errs.NotFound:
		return "is not known here"
	case errs.Forbidden:
		return "is not allowed"
	}
	return why.Text
}

func refused(field, code, text string) error {
	return &errs.Error{Kind: errs.Invalid, Text: text, Fields: map[string][]errs.Field{field: {{Code: code, Text: text}}}}
}

// csvLine is a line of a file, and where it stands.
type csvLine struct {
	at     int
	cells  []string
	header map[string]int // where its columns are, nil: as Mastodon has them
}

func (c csvLine) cell(i int) string {
	if i >= len(c.cells) {
		return ""
	}
	return strings.TrimSpace(c.cells[i])
}

// named returns the cell of a column, which is the i-th of a file without a first
// line that says so.
func (c csvLine) named(name string, i int) string {
	if at, ok := c.header[name]; ok {
		return c.cell(at)
	}
	if c.header != nil {
		return ""
	}
	return c.cell(i)
}

// readLines reads a file, without its first line if that names the columns.
func readLines(from io.Reader) ([]csvLine, error) {
	limited := &io.LimitedReader{R: from, N: ImportBytes + 1}
	r := csv.NewReader(limited)
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	var lines []csvLine
	var header map[string]int
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if limited.N == 0 {
			return nil, refused("file", "ERR_TOO_LONG", "is too large (maximum is 1 MB)")
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			return nil, refused("file", "ERR_INVALID", "is not a CSV file")
		}
		if err != nil {
			return nil, err
		}
		at, _ := r.FieldPos(0)
		cells[0] = strings.TrimPrefix(cells[0], "\ufeff")
		if len(lines) == 0 && header == nil && isHeader(cells[0]) {
			header = map[string]int{}
			for i, name := range cells {
				header[strings.ToLower(strings.TrimSpace(name))] = i
			}
			continue
		}
		if len(lines) == ImportLines {
			return nil, refused("file", "ERR_TOO_LONG", "has too many lines (maximum is 2000)")
		}
		lines = append(lines, csvLine{at, cells, header})
	}
	if len(lines) == 0 {
		return nil, refused("file", "ERR_BLANK", "has no lines")
	}
	return lines, nil
}

func isHeader(first string) bool {
	return slices.Contains([]string{"account address", "#domain"}, strings.ToLower(strings.TrimSpace(first)))
}

// found returns the account that an address stands for. Names of this server may
// be without it, or with an @ before them.
func (s *Service) found(ctx context.Context, address string) (*profiles.Account, error) {
	if address == "" {
		return nil, errs.New(errs.Invalid, "is empty")
	}
	return s.Profiles.Lookup(ctx, strings.TrimPrefix(address, "@"))
}
