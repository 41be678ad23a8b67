package terminal_test

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/guildhall/guildhall/decks"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/terminal"
)

// desk is a terminal with a clock and a file.
type desk struct {
	*testing.T
	now  time.Time
	file string
	out  strings.Builder
}

func newDesk(t *testing.T) *desk {
	return &desk{T: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), file: filepath.Join(t.TempDir(), "guildhall", "practice.json")}
}

func (d *desk) options(in io.Reader) terminal.Options {
	d.out.Reset()
	plan := practice.DefaultPlan()
	plan.Minutes = 5 // one card
	return terminal.Options{Decks: decks.Files, File: d.file, Plan: plan, In: in, Out: &d.out, Now: func() time.Time {
		d.now = d.now.Add(time.Second)
		return d.now
	}}
}

// types runs a session of one card with what is typed.
func (d *desk) types(typed string) {
	d.Helper()
	if err := terminal.Run(d.Context(), d.options(strings.NewReader(typed))); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) says(parts ...string) {
	d.Helper()
	for _, p := range parts {
		if !strings.Contains(d.out.String(), p) {
			d.Errorf("%q is not in\n%s", p, d.out.String())
		}
	}
}

// line is what the tests look at in the file.
type line struct {
	Card, Answer                      string
	Rating, Predicted, Score, Seconds int
	Skipped                           bool
}

func (d *desk) log() []line {
	d.Helper()
	data, err := os.ReadFile(d.file)
	if os.IsNotExist(err) {
		return nil
	}
	var h struct{ Log []line }
	if err == nil {
		err = json.Unmarshal(data, &h)
	}
	if err != nil {
		d.Fatal(err)
	}
	return h.Log
}

const ticks = "y\ny\ny\nmaybe\ny\ny\ny\ny\ny\n" // for up to eight points

func TestSession(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.types("First I measure.\nThen I look.\n.\nlots\n120\n80 %\n" + ticks + "\n\n\n")
	d.says("Card 1 of 1", "What is it worth, in percent?", "must not be missing", "and had said 80 %", "1 of 1 cards are done and kept in", d.file)
	// who types ends the line of a question
	shown := strings.NewReplacer("percent? ", "percent?\n", "or n? ", "or n?\n", "what to say: ", "what to say:\n").Replace(d.out.String())
	for l := range strings.Lines(shown) {
		if utf8.RuneCountInString(strings.TrimRight(l, "\n")) > 80 && !strings.Contains(l, d.file) {
			t.Errorf("a long line: %s", l)
		}
	}
	log := d.log()
	if len(log) != 1 || log[0].Answer != "First I measure.\nThen I look." || log[0].Predicted != 80 || log[0].Score != 100 || log[0].Rating != 4 || log[0].Seconds < 1 {
		t.Fatalf("kept: %+v", log)
	}
	if info, err := os.Stat(d.file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info.Mode(), err)
	}
	if rest, err := filepath.Glob(d.file + ".*"); err != nil || len(rest) > 0 {
		t.Errorf("left behind: %v, %v", rest, err)
	}
}

// The rubric stays closed until answer and prediction are in.
func TestRubricStaysClosed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.types("Some words.\n.\n")
	if strings.Contains(d.out.String(), "must not be missing") || !strings.Contains(d.out.String(), "0 of 1 cards") {
		t.Errorf("before the prediction:\n%s", d.out.String())
	}
	if log := d.log(); log != nil {
		t.Errorf("kept: %+v", log)
	}
}

// A skipped card returns the next day, before anything new.
func TestSkippedCardReturns(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.types(".\n")
	d.says("BEST PRACTICES")
	first := d.log()
	if len(first) != 1 || !first[0].Skipped || first[0].Rating != 1 {
		t.Fatalf("kept: %+v", first)
	}
	due := func() {
		t.Helper()
		if err := terminal.Due(d.options(nil)); err != nil {
			t.Fatal(err)
		}
	}
	due()
	d.says("0 due; the next one is on 2026-03-0")
	d.now = d.now.Add(25 * time.Hour)
	due()
	d.says(first[0].Card, "1 due.")
	d.types("It is better now.\n.\n50\n" + ticks)
	d.says("review is due")
	if log := d.log(); len(log) != 2 || log[1].Card != first[0].Card || log[1].Skipped {
		t.Errorf("kept: %+v", log)
	}
}

// watched tells when something was written.
type watched struct {
	io.Writer
	wanted string
	seen   chan struct{}
}

// Write implements io.Writer.
func (w *watched) Write(p []byte) (int, error) {
	if w.wanted != "" && strings.Contains(string(p), w.wanted) {
		w.wanted = ""
		close(w.seen)
	}
	return w.Writer.Write(p)
}

// Whatever ends a session, what was ticked is kept.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	in, typing := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := d.options(in)
	o.Plan.Minutes = 25
	second := &watched{o.Out, "Card 2 of 6", make(chan struct{})}
	o.Out = second
	ended := make(chan error, 1)
	go func() { ended <- terminal.Run(ctx, o) }()
	if _, err := io.WriteString(typing, ".\n\n"); err != nil {
		t.Fatal(err)
	}
	<-second.seen
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := typing.Close(); err != nil {
		t.Fatal(err)
	}
	d.says("1 of 6 cards are done")
	if log := d.log(); len(log) != 1 {
		t.Errorf("kept: %+v", log)
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for want, change := range map[string]func(*practice.Plan){
		`there is no role "baker"`:   func(p *practice.Plan) { p.Role = "baker" },
		`there is no level "high"`:   func(p *practice.Plan) { p.Level = "high" },
		"minutes must be between 5 ": func(p *practice.Plan) { p.Minutes = 1 },
	} {
		o := d.options(strings.NewReader(""))
		change(&o.Plan)
		if err := terminal.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for _, text := range []string{"{", `{"version": 2, "log": []}`} {
		if err := os.MkdirAll(filepath.Dir(d.file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(d.file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := terminal.Run(t.Context(), d.options(strings.NewReader(".\n"))); err == nil {
			t.Errorf("%s was taken", text)
		}
		if kept, err := os.ReadFile(d.file); err != nil || string(kept) != text {
			t.Errorf("%s became %s, %v", text, kept, err)
		}
	}
}
