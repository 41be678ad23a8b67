// Package terminal is a practice session on a terminal: without a server, an
// account or a database, with decks from a file system, and a log of ratings in
// one file. It draws cards and schedules them as the server does; what it shows
// is plain text.
package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/deck"
)

// Options are what a session works with.
type Options struct {
	Decks fs.FS         // with roles.yaml and topics.yaml
	File  string        // of the log
	Plan  practice.Plan // role, level and minutes
	In    io.Reader
	Out   io.Writer
	Now   func() time.Time
}

// errEnded says that the input has ended, or that the program was told to.
var errEnded = errors.New("ended")

// session is one sitting at a terminal.
type session struct {
	Options
	terms  *deck.Terms
	decks  []*practice.Deck
	log    history
	lines  <-chan string
	ctx    context.Context
	done   int   // cards
	failed error // of writing
}

// Run goes through the cards of a session. At the end of the input, or of ctx, it
// ends and keeps what is done. Its reading of In may outlive it by one line.
func Run(ctx context.Context, o Options) error {
	s, err := open(o)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.ctx, s.lines = ctx, lines(ctx, o.In)
	now := o.Now()
	cards := practice.Draw(s.decks, s.terms, o.Plan, s.log.schedules(), now, uint64(now.UnixMilli()))
	if len(cards) == 0 {
		return fmt.Errorf("there are no cards for %s, %s", o.Plan.Role, o.Plan.Level)
	}
	s.say("", "A session of %d minutes, as %s at level %s; cards: %d. Ctrl-C ends it, and what you have ticked is kept.", o.Plan.Minutes, o.Plan.Role, o.Plan.Level, len(cards))
	for i, c := range cards {
		if err = s.card(i, len(cards), c); err != nil {
			break
		}
	}
	if err != nil && !errors.Is(err, errEnded) {
		return err
	}
	s.print("\n")
	s.say("", "%d of %d cards are done and kept in %s.", s.done, len(cards), o.File)
	return s.failed
}

// Due lists the cards whose review is due, and says when the next one is.
func Due(o Options) error {
	s, err := open(o)
	if err != nil {
		return err
	}
	now, due := o.Now(), 0
	for _, k := range s.log.schedules() {
		card := s.find(k.DeckID, k.CardID)
		if card == nil {
			continue
		}
		if k.DueAt.After(now) {
			s.say("", "%d due; the next one is on %s: %s", due, k.DueAt.Local().Format(time.DateOnly), card.Title)
			return s.failed
		}
		due++
		s.say("  ", "%s  %s  %s", k.DueAt.Local().Format(time.DateOnly), k.CardID, card.Title)
	}
	s.say("", "%d due.", due)
	return s.failed
}

// open reads decks and log.
func open(o Options) (*session, error) {
	s := &session{Options: o}
	var err error
	if s.terms, err = deck.ReadTerms(o.Decks); err != nil {
		return nil, err
	}
	if err := s.checkPlan(); err != nil {
		return nil, err
	}
	dirs, err := deck.Dirs(o.Decks)
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		d, err := deck.Read(o.Decks, dir, s.terms)
		if err != nil {
			return nil, fmt.Errorf("deck %s: %w", path.Base(dir), err)
		}
		s.decks = append(s.decks, &practice.Deck{Deck: d, Source: practice.Bundled})
	}
	s.log, err = read(o.File)
	return s, err
}

func (s *session) checkPlan() error {
	for name, x := range map[string]struct {
		has  string
		from []deck.Term
	}{"role": {s.Plan.Role, s.terms.Roles}, "level": {s.Plan.Level, s.terms.Levels}} {
		known := make([]string, len(x.from))
		for i, t := range x.from {
			known[i] = t.ID
		}
		if !slices.Contains(known, x.has) {
			return fmt.Errorf("there is no %s %q; there are %s", name, x.has, strings.Join(known, ", "))
		}
	}
	if s.Plan.Minutes < practice.MinMinutes || s.Plan.Minutes > practice.MaxMinutes {
		return fmt.Errorf("minutes must be between %d and %d", practice.MinMinutes, practice.MaxMinutes)
	}
	return nil
}

// find returns a card; nil if no deck has it any more.
func (s *session) find(deckID, cardID string) *deck.Card {
	for _, d := range s.decks {
		if i := slices.IndexFunc(d.Cards, func(c *deck.Card) bool { return c.ID == cardID }); d.ID == deckID && i >= 0 {
			return d.Cards[i]
		}
	}
	return nil
}

// lines hands over what is typed, line by line. A line of more than 64 KiB ends
// it as the end of the input does.
func lines(ctx context.Context, in io.Reader) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for typed := bufio.NewScanner(in); typed.Scan(); {
			select {
			case out <- strings.TrimRight(typed.Text(), "\r"):
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// line waits for a line.
func (s *session) line() (string, error) {
	if s.ctx.Err() != nil || s.failed != nil {
		return "", errEnded
	}
	select {
	case l, ok := <-s.lines:
		if !ok {
			return "", errEnded
		}
		return l, nil
	case <-s.ctx.Done():
		return "", errEnded
	}
}

// ask puts a question until check takes what is typed.
func (s *session) ask(question string, check func(answer string) bool) error {
	for {
		s.print(question)
		l, err := s.line()
		if err != nil || check(strings.ToLower(strings.TrimSpace(l))) {
			return err
		}
	}
}

// print writes text as it is; the first error ends the session.
func (s *session) print(text string) {
	if s.failed == nil {
		_, s.failed = io.WriteString(s.Out, text)
	}
}

// say writes a paragraph, wrapped; lines after the first begin with indent too.
func (s *session) say(indent, format string, args ...any) {
	s.print(wrap(fmt.Sprintf(format, args...), indent, indent))
}
