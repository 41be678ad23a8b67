package archive

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// keepEvery is after how many lines it is recorded how far a file is: so many are
// done again at most when the program has ended meanwhile, which changes nothing.
const keepEvery = 20

// Import is a file that a member brings along, and what has become of it so far.
type Import struct {
	List        List
	Lines, At   int // of the file, and how many of them are done
	Imported    Imported
	Finished    bool
	Failed      bool      // given up
	PausedUntil time.Time // zero: it does not wait
}

// Import has done what the lines of a file say, in the background, each by itself:
// one that cannot be done is told and the others are done. With overwrite, what is
// not in the file is given up, unless a line could not be done. Follows count under
// the limit of a day; a file that reaches it goes on the next day. Returns Invalid
// with Fields ("file", "kind") for what is no such file, or too much, and Conflict
// if the member's last one is not finished.
func (s *Service) Import(ctx context.Context, account ids.ID, l List, overwrite bool, file string) error {
	lines, err := readLines(strings.NewReader(file))
	if err != nil {
		return err
	}
	if !slices.Contains(Importable(), l) {
		return refused("kind", "ERR_INCLUSION", "is not known")
	}
	err = s.Identity.RequestImport(ctx, account, identity.Import{List: string(l), Overwrite: overwrite, Body: []byte(file), Lines: len(lines), Report: "{}"})
	if err == nil {
		select {
		case s.nudge <- struct{}{}:
		default:
		}
	}
	return err
}

// Imports returns the latest files that a member has brought along, the last one
// first.
func (s *Service) Imports(ctx context.Context, account ids.ID) ([]Import, error) {
	list, err := s.Identity.Imports(ctx, account)
	out := make([]Import, len(list))
	for i, m := range list {
		out[i] = Import{List: List(m.List), Lines: m.Lines, At: m.At, Finished: !m.FinishedAt.IsZero(), Failed: m.Failed, PausedUntil: m.PausedUntil}
		if err == nil {
			err = json.Unmarshal([]byte(m.Report), &out[i].Imported)
		}
	}
	return out, err
}

// ImportAll does the files that wait. One that fails is tried again later.
func (s *Service) ImportAll(ctx context.Context) error {
	for {
		m, err := s.Identity.ClaimImport(ctx)
		if err != nil || m == nil {
			return err
		}
		if err := s.bring(ctx, m); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			s.Log.ErrorContext(ctx, "import not finished", "account", m.UserID, "list", m.List, "line", m.At, "error", err)
		}
	}
}

// bring does the lines of a file from where it was left.
func (s *Service) bring(ctx context.Context, m *identity.Import) error {
	lines, err := readLines(strings.NewReader(string(m.Body)))
	if err != nil {
		return err
	}
	i := &importer{Service: s, ctx: ctx, me: m.UserID, list: List(m.List), seen: map[string]bool{}}
	if err := json.Unmarshal([]byte(m.Report), &i.result); err != nil {
		return err
	}
	if err := i.begin(); err != nil {
		return err
	}
	for n, line := range lines {
		i.known = n < m.At
		err := i.try(line)
		if wait := (*errs.Error)(nil); errors.As(err, &wait) && wait.Kind == errs.TooMany {
			return s.Identity.PauseImport(ctx, i.report(m, n), s.Now().Add(max(wait.After, time.Minute)))
		}
		if err == nil && !i.known && (n+1)%keepEvery == 0 {
			err = s.Identity.KeepImport(ctx, i.report(m, n+1))
		}
		if err != nil {
			return err
		}
	}
	if m.Overwrite && i.result.Failed == 0 {
		if err := i.giveUp(); err != nil {
			return err
		}
	}
	return s.Identity.FinishImport(ctx, i.report(m, len(lines)))
}

// report writes into m how far it is and what has become of its lines.
func (i *importer) report(m *identity.Import, at int) *identity.Import {
	data, err := json.Marshal(i.result)
	if err != nil { // numbers and texts
		panic(err)
	}
	m.At, m.Report = at, string(data)
	return m
}

// try does a line and counts what has become of it. Only what ends or delays the
// whole file is an error.
func (i *importer) try(line csvLine) error {
	err := i.do(line)
	var why *errs.Error
	switch {
	case err == nil:
		if !i.known {
			i.result.Done++
		}
		return nil
	case !errors.As(err, &why) || why.Kind == errs.Internal || why.Kind == errs.Unavailable || why.Kind == errs.TooMany:
		return err
	case i.known: // told before
		return nil
	}
	i.result.Failed++
	if len(i.result.Problems) < problemsMax {
		i.result.Problems = append(i.result.Problems, Problem{Line: line.at, What: line.cell(0), Why: reason(why)})
	}
	return nil
}
