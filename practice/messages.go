package practice

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/text"
	"github.com/guildhall/guildhall/internal/words"
	"github.com/guildhall/guildhall/posts"
)

// staleAfter is how old an event may be that is still told of.
const staleAfter = 3 * 24 * time.Hour

// message is what the house has to tell somebody: a direct post that names them.
type message struct {
	to   []ids.ID // in the language of the first
	text func(w *words.Catalogue) string
	path string                                            // of the page that it leads to
	sent func(ctx context.Context, post *posts.View) error // nil: nothing more to do
}

// messages are what is told of each kind of event, and to whom.
func (s *Service) messages() map[string]func(context.Context, bus.Event) ([]message, error) {
	return map[string]func(context.Context, bus.Event) ([]message, error){
		ReviewAsked{}.Kind(): s.tellAsked,
		AskWidened{}.Kind():  s.tellWidened,
		AskClosed{}.Kind():   s.tellClosed,
		SeatEnded{}.Kind():   s.tellSeatEnded,
		CardsDue{}.Kind():    s.tellDue,
		MockMoved{}.Kind():   s.tellMoved,
	}
}

// tell writes the messages that events call for.
func (s *Service) tell(ctx context.Context, events []bus.Event) error {
	all := s.messages()
	for _, e := range events {
		about := all[e.Kind]
		if about == nil || s.Now().Sub(e.At()) > staleAfter {
			continue
		}
		list, err := about(ctx, e)
		if errs.Is(err, errs.NotFound) {
			continue // gone since
		}
		if err != nil {
			return err
		}
		for i, m := range list {
			if err := s.say(ctx, fmt.Sprintf("%d-%d", e.ID, i), m); err != nil {
				return err
			}
		}
	}
	return nil
}

// say posts a message, once for a key.
func (s *Service) say(ctx context.Context, key string, m message) error {
	accounts, err := s.Profiles.Accounts(ctx, m.to)
	if err != nil {
		return err
	}
	var names, locale string
	for _, id := range m.to {
		a := accounts[id]
		if a == nil {
			continue // erased
		}
		u, err := s.Identity.User(ctx, id)
		if errs.Is(err, errs.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if names += "@" + a.Acct() + " "; locale == "" {
			locale = u.Locale
		}
	}
	if names == "" {
		return nil
	}
	house, err := s.messenger(ctx)
	if err != nil {
		return err
	}
	w, direct := s.words.Of(locale), posts.Direct
	post, err := s.Posts.Create(ctx, house, posts.Draft{Text: names + m.text(w) + "\n\n" + s.config.BaseURL + m.path, Visibility: &direct, Language: w.Tag.String(), Key: key})
	if errs.Is(err, errs.Forbidden) {
		s.Log.Warn("message not sent: moderators do not let the house's own account write", "account", house)
		return nil
	}
	if err != nil || m.sent == nil {
		return err
	}
	return m.sent(ctx, post)
}

// quotedMax is how much of a title or a point a message has, in characters.
const quotedMax = 60

// quoted is text of a deck for a message, short, and in which nothing is the name
// of a member or a tag.
func quoted(s string) string {
	if text.Characters(s) > quotedMax {
		s = string([]rune(s)[:quotedMax-1]) + "…"
	}
	return strings.NewReplacer("@", "@\u2060", "#", "#\u2060").Replace(s)
}

// askTold returns the ask of an event as its author sees it.
func (s *Service) askTold(ctx context.Context, id ids.ID) (*Ask, error) {
	row, err := s.askRow(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.wholeAsk(ctx, row.AccountID, row)
}

// tellAsked tells somebody that they are asked by name, and not by whom.
func (s *Service) tellAsked(ctx context.Context, e bus.Event) ([]message, error) {
	asked, err := bus.Decode[ReviewAsked](e)
	if err != nil || asked.To == 0 {
		return nil, err
	}
	row, err := s.askRow(ctx, asked.AskID)
	if err != nil {
		return nil, err
	}
	if offered, err := s.offered(ctx, asked.To, []askRow{*row}); err != nil || len(offered) == 0 {
		return nil, err
	}
	k, err := s.askTold(ctx, asked.AskID)
	if err != nil {
		return nil, err
	}
	return []message{{to: []ids.ID{asked.To}, path: "/practice/peer", text: func(w *words.Catalogue) string {
		return w.Text("Somebody asks you to review an answer to “%s”. You will see the answer and the rubric, and in the end whose it is.", quoted(k.Attempt.Card.Title))
	}}}, nil
}

func (s *Service) tellWidened(ctx context.Context, e bus.Event) ([]message, error) {
	widened, err := bus.Decode[AskWidened](e)
	if err != nil {
		return nil, err
	}
	k, err := s.askTold(ctx, widened.AskID)
	if err != nil {
		return nil, err
	}
	return []message{{to: []ids.ID{k.AccountID}, path: askPath(k.ID), text: func(w *words.Catalogue) string {
		title := quoted(k.Attempt.Card.Title)
		if widened.Circle == Everyone {
			return w.Text("Your answer to “%s” still waits for a review. All members may review it from now on, and what you paid is given back.", title)
		}
		return w.Text("Your answer to “%s” still waits for a review. Whoever follows you may review it from now on, and what you paid is given back.", title)
	}}}, nil
}

func askPath(id ids.ID) string { return "/practice/asks/" + id.String() }

// tellClosed tells the author what has come of an ask, and brings those together
// who see an answer differently.
func (s *Service) tellClosed(ctx context.Context, e bus.Event) ([]message, error) {
	closed, err := bus.Decode[AskClosed](e)
	if err != nil || closed.State == AskWithdrawn {
		return nil, err
	}
	k, err := s.askTold(ctx, closed.AskID)
	if err != nil {
		return nil, err
	}
	list := []message{{to: []ids.ID{k.AccountID}, path: askPath(k.ID), text: func(w *words.Catalogue) string {
		if closed.State == AskExpired {
			return w.Text("Nobody has reviewed your answer to “%s”. You can ask again.", quoted(k.Attempt.Card.Title))
		}
		return w.Text("Your answer to “%s” is reviewed.", quoted(k.Attempt.Card.Title))
	}}}
	thread, err := s.thread(ctx, k)
	if err != nil || thread == nil {
		return list, err
	}
	return append(list, *thread), nil
}

// thread begins the talk about an answer that was judged differently; nil if
// there is nothing to talk about, or nobody to talk to.
func (s *Service) thread(ctx context.Context, k *Ask) (*message, error) {
	if len(k.Disputed) == 0 {
		return nil, nil
	}
	g, err := s.Profiles.Graph(ctx, k.AccountID)
	if err != nil {
		return nil, err
	}
	to := []ids.ID{k.AccountID}
	for _, r := range k.Reviews {
		if !g.Hides(r.AccountID, s.Now()) {
			to = append(to, r.AccountID)
		}
	}
	if len(to) == 1 {
		return nil, nil
	}
	return &message{to: to, path: askPath(k.ID),
		text: func(w *words.Catalogue) string {
			return w.Text("You see the answer to “%s” differently. What one of you has found and another has not:", quoted(k.Attempt.Card.Title)) +
				"\n" + points(k) + "\n" + w.Text("Answer here to talk about it.")
		},
		sent: func(ctx context.Context, post *posts.View) error { return s.began(ctx, k.ID, post.ID) }}, nil
}

// pointsMax is how many points a message names.
const pointsMax = 3

// points are the first points in dispute, one a line.
func points(k *Ask) string {
	var lines []string
	for _, p := range k.Attempt.Card.Rubric {
		for _, id := range k.Disputed[:min(len(k.Disputed), pointsMax)] {
			if p.ID == id {
				lines = append(lines, "– "+quoted(p.Text))
			}
		}
	}
	return strings.Join(lines, "\n")
}

func (s *Service) tellSeatEnded(ctx context.Context, e bus.Event) ([]message, error) {
	ended, err := bus.Decode[SeatEnded](e)
	if err != nil {
		return nil, err
	}
	k, err := s.askTold(ctx, ended.AskID)
	if err != nil {
		return nil, err
	}
	return []message{{to: []ids.ID{ended.AccountID}, path: "/practice/peer", text: func(w *words.Catalogue) string {
		return w.Text("You do not have the answer to “%s” for review any more: the time was over, or its author has what they need.", quoted(k.Attempt.Card.Title))
	}}}, nil
}

func (s *Service) tellDue(ctx context.Context, e bus.Event) ([]message, error) {
	due, err := bus.Decode[CardsDue](e)
	if err != nil {
		return nil, err
	}
	return []message{{to: []ids.ID{due.AccountID}, path: "/practice",
		text: func(w *words.Catalogue) string {
			return w.Count(due.Due, "%s card is due for review.|%s cards are due for review.")
		},
		sent: func(ctx context.Context, post *posts.View) error { return s.reminded(ctx, due.AccountID, post.ID) }}}, nil
}
