package terminal

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/deck"
	"github.com/guildhall/guildhall/practice/fsrs"
	"github.com/guildhall/guildhall/practice/hint"
)

var reasons = map[practice.Reason]string{practice.Due: "review is due", practice.Gap: "little practised so far", practice.Fresh: "new", practice.Ahead: "ahead of its review"}

// card goes through one card: read, answer, predict, tick, follow-up.
func (s *session) card(i, of int, c practice.SessionCard) error {
	s.print("\n" + strings.Repeat("-", width) + "\n")
	s.say("", "Card %d of %d: %s, %s, %s", i+1, of, c.Card.Topic, c.Card.Level, reasons[c.Reason])
	s.print("\n")
	s.say("", "%s", c.Card.Question)
	s.print("\n")
	s.say("", "Type your answer, as you would say it in %d minutes. A line with a single \".\" ends it; without an answer, the card is skipped.", c.Card.Minutes)
	began := s.Now()
	answer, err := s.answer()
	if err != nil {
		return err
	}
	r := rating{Deck: c.DeckID, Card: c.Card.ID, Version: c.Card.Hash, Answer: answer, Seconds: int(s.Now().Sub(began) / time.Second), Rating: int(fsrs.Again)}
	if strings.TrimSpace(answer) == "" {
		r.Skipped, r.Predicted = true, -1
		if err := s.keep(r); err != nil {
			return err
		}
		s.text(c.Card)
	} else if err := s.check(c.Card, r); err != nil {
		return err
	}
	if i+1 == of {
		return nil
	}
	ends := false
	err = s.ask("\nEnter goes on, q ends: ", func(l string) bool {
		ends = l == "q"
		return l == "" || ends
	})
	if err == nil && ends {
		err = errEnded
	}
	return err
}

// answer reads until a line with a single ".".
func (s *session) answer() (string, error) {
	var b strings.Builder
	for {
		l, err := s.line()
		if err != nil {
			return "", err
		}
		if strings.TrimSpace(l) == "." {
			return strings.TrimSpace(b.String()), nil
		}
		if utf8.RuneCountInString(b.String())+utf8.RuneCountInString(l) > practice.MaxAnswer {
			s.say("", "That is more than %d characters; this line is left out.", practice.MaxAnswer)
			continue
		}
		b.WriteString(strings.ToValidUTF8(l, "\uFFFD"))
		b.WriteByte('\n')
	}
}

// check takes the prediction and the ticks, keeps them, and shows what follows.
func (s *session) check(c *deck.Card, r rating) error {
	err := s.ask("What is it worth, in percent? ", func(l string) bool {
		n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(l, "%")))
		r.Predicted = n
		return err == nil && n >= 0 && n <= 100
	})
	if err != nil {
		return err
	}
	marks, err := s.tick(c)
	if err != nil {
		return err
	}
	points := make([]fsrs.Marked, len(c.Rubric))
	for i, p := range c.Rubric {
		points[i] = fsrs.Marked{Must: p.Must, Weight: p.Weight, Mark: marks[i]}
	}
	score, rated := fsrs.Rate(points, r.Seconds, c.Minutes*60)
	r.Score, r.Rating = score, int(rated)
	if err := s.keep(r); err != nil {
		return err
	}
	s.hints(c, marks, r.Answer)
	s.print("\n")
	s.say("", "You found %d %%, and had said %d %%.", score, r.Predicted)
	return s.after(c)
}

// tick shows the rubric and takes a mark for each point.
func (s *session) tick(c *deck.Card) ([]fsrs.Mark, error) {
	s.print("\n")
	s.say("", "What a good answer has; * must not be missing. Did yours? y yes, p partly, n no.")
	marks := make([]fsrs.Mark, len(c.Rubric))
	for i, p := range c.Rubric {
		must := " "
		if p.Must {
			must = "*"
		}
		s.print(wrap(p.Text, fmt.Sprintf("%2d%s ", i+1, must), "    "))
		err := s.ask("    y, p or n? ", func(l string) bool {
			m, ok := map[string]fsrs.Mark{"y": fsrs.Yes, "p": fsrs.Partly, "n": fsrs.No}[l]
			marks[i] = m
			return ok
		})
		if err != nil {
			return nil, err
		}
	}
	return marks, nil
}

// hints shows where ticks and words do not agree.
func (s *session) hints(c *deck.Card, marks []fsrs.Mark, answer string) {
	found := hint.Compare(answer, c.Rubric)
	for i, h := range found {
		switch {
		case h.Negated && marks[i] != fsrs.No:
			s.say("  ", "%d: your text seems to deny it: \"%s\"", i+1, h.Sentence)
		case h.Found && !h.List && marks[i] == fsrs.No:
			s.say("  ", "%d: you ticked no, but wrote: \"%s\"", i+1, h.Sentence)
		case !h.Found && marks[i] == fsrs.Yes:
			s.say("  ", "%d: you ticked yes; no words of it were found in your text.", i+1)
		}
	}
	if hint.Flag(found).KeywordList {
		s.say("  ", "Your answer reads like a list of keywords; say what they have to do with each other.")
	}
}

// after draws a follow-up, and shows the card's text if it is wanted.
func (s *session) after(c *deck.Card) error {
	if n := len(c.FollowUps); n > 0 {
		f := c.FollowUps[rand.New(rand.NewPCG(uint64(s.Now().UnixMilli()), 0)).IntN(n)]
		s.print("\n")
		s.say("", "Follow-up: %s", f.Question)
		if err := s.ask("Say it aloud. Enter shows what to say: ", func(string) bool { return true }); err != nil {
			return err
		}
		s.print(plain(f.Answer))
	}
	wanted := false
	err := s.ask("\nRead the card? [y/N] ", func(l string) bool {
		wanted = l == "y" || l == "yes"
		return true
	})
	if err == nil && wanted {
		s.text(c)
	}
	return err
}

// text shows what the card says.
func (s *session) text(c *deck.Card) {
	for _, part := range c.Sections {
		s.print("\n" + strings.ToUpper(part.Title) + "\n\n" + plain(part.Text))
	}
}

// keep writes a rating to the log.
func (s *session) keep(r rating) error {
	r.At = s.Now()
	r.Seed = uint64(r.At.UnixMilli())
	if err := add(s.File, r); err != nil {
		return err
	}
	s.done++
	return nil
}
