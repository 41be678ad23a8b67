package web

import (
	"context"
	"math"
	"slices"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/deck"
	"github.com/guildhall/guildhall/profiles"
)

// comparison is what several people have found in an answer.
type comparison struct {
	Card    *deck.Card
	Mine    bool      // the answer is the reader's
	Columns []opinion // of the author first
	Dispute map[string]bool
	Thread  string // address of the talk about it; empty: there is none
}

// opinion is what one of them has found.
type opinion struct {
	practice.Review
	Account *profiles.Account // nil: has left
	Mine    bool
	Alike   int      // points that the author has marked the same way
	Kappa   *float64 // nil: not defined
}

// compare puts the reviews of an ask side by side; nil if it is not done.
func (c *call) compare(k *practice.Ask) (*comparison, error) {
	if k.State != practice.AskDone {
		return nil, nil
	}
	d := &comparison{Card: k.Attempt.Card, Mine: k.AccountID == c.user.ID, Dispute: map[string]bool{}}
	for _, id := range k.Disputed {
		d.Dispute[id] = true
	}
	all := k.Reviews
	if k.Own != nil {
		all = slices.Concat([]practice.Review{*k.Own}, k.Reviews)
	}
	who := make([]ids.ID, len(all))
	for i, r := range all {
		who[i] = r.AccountID
	}
	people, err := c.Profiles.Accounts(c.r.Context(), who)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		f := opinion{Review: r, Account: people[r.AccountID], Mine: r.AccountID == c.user.ID, Kappa: k.Kappas[r.AccountID]}
		if r.Peer && k.Own != nil {
			f.Alike = alike(*k.Own, r)
		}
		d.Columns = append(d.Columns, f)
	}
	d.Thread, err = c.threadAddress(k.ThreadID)
	return d, err
}

// alike counts the points that two have marked the same way.
func alike(one, other practice.Review) (n int) {
	for _, m := range one.Marks {
		if slices.ContainsFunc(other.Marks, func(o practice.Ticked) bool { return o.Point == m.Point && o.Mark == m.Mark }) {
			n++
		}
	}
	return n
}

// threadAddress is the page of a post, empty if the member cannot see it.
func (c *call) threadAddress(id ids.ID) (string, error) {
	if id == 0 {
		return "", nil
	}
	views, err := c.Posts.GetMany(c.r.Context(), c.user.ID, []ids.ID{id})
	if err != nil {
		return "", err
	}
	cards, err := c.cards(views)
	if err != nil || len(cards) == 0 {
		return "", err
	}
	return cards[0].URL, nil
}

// marked is what somebody has found of a point.
func marked(r practice.Review, point string) practice.Ticked {
	i := slices.IndexFunc(r.Marks, func(m practice.Ticked) bool { return m.Point == point })
	if i < 0 {
		return practice.Ticked{Point: point}
	}
	return r.Marks[i]
}

// agreement is what a kappa below a number is called.
type agreement struct {
	below float64
	name  string
}

// agreements are the names that Landis and Koch (1977) gave.
var agreements = []agreement{{0, "less than by chance"}, {.2, "slight"}, {.4, "fair"}, {.6, "moderate"}, {.8, "substantial"}, {2, "almost perfect"}}

// agreementName says in words how far two agree.
func agreementName(ctx context.Context, kappa float64) string {
	return t(ctx, agreements[slices.IndexFunc(agreements, func(a agreement) bool { return kappa < a.below })].name)
}

// kappaText writes a kappa, from -1 to 1.
func kappaText(ctx context.Context, kappa float64) string {
	text := readerOf(ctx).words.decimal(math.Abs(kappa), 2)
	if kappa < 0 {
		return "−" + text
	}
	return text
}
