package posts

import (
	"context"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/profiles"
)

// QuotePolicy is whom an author lets quote a post. The author always may, and
// of followers-only and direct posts nobody else.
type QuotePolicy uint8

// The policies.
const (
	QuotableByAll       QuotePolicy = iota
	QuotableByFollowers             // of the author
	QuotableByNobody
)

// QuoteState is how a quote stands. The first three are kept with the post
// that quotes; the others depend on who looks.
type QuoteState uint8

// The states.
const (
	NoQuote           QuoteState = iota
	QuoteAccepted                // the quoted post is shown
	QuoteRevoked                 // its author does not want that any more
	QuoteDeleted                 // it is gone
	QuoteUnauthorized            // the viewer may not see it
	QuoteBlocked                 // the viewer blocks its author
	QuoteMuted                   // the viewer mutes its author, and may see it still
)

// Quote is a quoted post as one viewer sees it.
type Quote struct {
	State QuoteState
	ID    ids.ID // the quoted post; 0 if the viewer is not to know it
	Of    *View  // nil if ID is 0, and of a quote within a quote
}

// mayQuote tells whether a viewer may quote a post that they may see.
func (s *Service) mayQuote(v *viewer, p *Post) bool {
	switch {
	case v.id == 0 || p.Visibility == Direct || p.BoostOfID != 0:
		return false
	case v.id == p.AccountID:
		return true
	case p.Visibility == Followers:
		return false
	case p.QuotePolicy == QuotableByFollowers:
		_, follows := v.graph.Following[p.AccountID]
		return follows
	}
	return p.QuotePolicy == QuotableByAll
}

// quoted returns the post that a draft quotes, nil for none. Who quotes a boost
// quotes what was boosted. That a post may not be seen and that it may not be
// quoted is told in the same words.
func (s *Service) quoted(ctx context.Context, author, id ids.ID) (*Post, error) {
	if id == 0 {
		return nil, nil
	}
	p, err := s.original(ctx, author, id)
	if err != nil {
		return nil, err
	}
	v, err := s.viewer(ctx, author)
	if err == nil && !s.mayQuote(v, p) {
		err = errs.NotFoundRecord()
	}
	return p, err
}

// quote sets what a new post quotes, and who may quote it. A quote of a
// followers-only post goes to followers at most. Returns Invalid for a direct
// post that does not reach the author of what it quotes.
func (c *creation) quote(author *profiles.Account, of *Post) error {
	p := &c.template
	p.QuotePolicy = policyOf(author)
	if c.draft.QuotePolicy != nil {
		p.QuotePolicy = *c.draft.QuotePolicy
	}
	if of != nil {
		p.QuoteOfID, p.QuoteState, c.quoted = of.ID, QuoteAccepted, of.AccountID
		if of.Visibility == Followers {
			p.Visibility = max(p.Visibility, Followers)
		}
		if p.Visibility == Direct && of.AccountID != p.AccountID && !slices.Contains(mentioned(p.Mentions), of.AccountID) {
			return invalid("A direct post can only quote those whom it mentions")
		}
	}
	if p.Visibility >= Followers {
		p.QuotePolicy = QuotableByNobody
	}
	return nil
}

// policyOf returns who may quote an account's posts by default.
func policyOf(a *profiles.Account) QuotePolicy {
	switch a.QuotePolicy {
	case "followers":
		return QuotableByFollowers
	case "nobody":
		return QuotableByNobody
	}
	return QuotableByAll
}

// countQuote counts a post for what it quotes, if all may see it: the number is
// shown to all. Returns NotFound if what is quoted is gone.
func (s *Service) countQuote(ctx context.Context, tx *db.Tx, p *Post, by int) error {
	if p.QuoteState != QuoteAccepted || p.Visibility > Unlisted {
		return nil
	}
	found, err := s.bump(ctx, tx, p.QuoteOfID, "quotes", by)
	if err == nil && !found {
		err = errs.NotFoundRecord()
	}
	return err
}

// showQuotes adds to views what their posts quote, as far as the viewer may
// see it. Of a quote within a quote only its state and id are told.
func (s *Service) showQuotes(ctx context.Context, v *viewer, views []*View) error {
	outer, found, err := s.judge(ctx, v, views)
	if err != nil || len(outer) == 0 {
		return err
	}
	var shown []*View // the quoted posts that are shown
	var content []*entry
	for i, w := range outer {
		if w.Quote.ID == 0 {
			continue
		}
		e := found[i]
		w.Quote.Of = &View{Post: e.post, Stats: *e.stats.Load(), Poll: e.poll.Load(), MayQuote: s.mayQuote(v, e.post)}
		shown, content = append(shown, w.Quote.Of), append(content, e)
	}
	if v.id != 0 && len(shown) > 0 {
		states := make([]ViewerState, len(shown))
		if err := s.states(ctx, v.id, content, states); err != nil {
			return err
		}
		for i, w := range shown {
			w.Viewer = states[i]
		}
	}
	_, _, err = s.judge(ctx, v, shown)
	return err
}

// judge sets the state of the quotes of those views, or of the posts that they
// boost, that have one, and returns them with the quoted posts.
func (s *Service) judge(ctx context.Context, v *viewer, views []*View) (quoting []*View, found []*entry, err error) {
	var want []ids.ID
	for _, w := range views {
		if w.Boost != nil {
			w = w.Boost
		}
		if w.QuoteOfID != 0 {
			quoting, want = append(quoting, w), append(want, w.QuoteOfID)
		}
	}
	if len(want) == 0 {
		return nil, nil, nil
	}
	found = make([]*entry, len(want))
	if err := s.entries(ctx, want, found); err != nil {
		return nil, nil, err
	}
	for i, w := range quoting {
		w.Quote = &Quote{State: s.quoteState(v, w.Post, post(found[i]))}
		if w.Quote.State == QuoteAccepted || w.Quote.State == QuoteMuted {
			w.Quote.ID = w.QuoteOfID
		}
	}
	return quoting, found, nil
}

// quoteState tells how p's quote of a post, nil if that is gone, stands for a
// viewer.
func (s *Service) quoteState(v *viewer, p, of *Post) QuoteState {
	switch {
	case p.QuoteState != QuoteAccepted:
		return p.QuoteState
	case of == nil:
		return QuoteDeleted
	case v.graph.Blocking[of.AccountID]:
		return QuoteBlocked
	case !s.visible(v, of):
		return QuoteUnauthorized
	case v.graph.Mutes(of.AccountID, v.now):
		return QuoteMuted
	}
	return QuoteAccepted
}

// reveal shows authors what their deleted post quoted, even if the quote was
// revoked: they may want to write it anew.
func (s *Service) reveal(ctx context.Context, author ids.ID, v *View) error {
	if v.Quote == nil || v.Quote.State != QuoteRevoked {
		return nil
	}
	of, err := s.view(ctx, author, v.QuoteOfID)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err == nil {
		v.Quote.ID, v.Quote.Of = v.QuoteOfID, of
	}
	return err
}

// Quotes lists the posts that quote a post, or the one that it boosts, the
// latest first: those that the viewer may see, without those of people whom
// the viewer hides. Returns NotFound if the viewer may not see the post.
func (s *Service) Quotes(ctx context.Context, by, id ids.ID, p page.Page) ([]*View, error) {
	of, err := s.original(ctx, by, id)
	if err != nil {
		return nil, err
	}
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	read := func(ctx context.Context, q page.Page) ([]ids.ID, error) {
		end, args := q.SQL("id", []any{of.ID, int(QuoteAccepted)})
		return db.Values[ids.ID](ctx, s.DB, "SELECT id FROM posts_posts WHERE quote_of_id = $1 AND quote_of_id <> 0 AND quote_state = $2"+end, args...)
	}
	return s.fill(ctx, v, p, whole(read), func(v *viewer, p, _ *Post) bool { return !v.hides(p, nil) })
}

// Quoter is a post that quotes another one, and who wrote it.
type Quoter struct{ PostID, AccountID ids.ID }

// Quoters returns the posts that quote a post, in the order of their ids, up to
// a limit and behind one of them (0: from the first). It is for those who tell
// their authors, and asks nobody whether they may know.
func (s *Service) Quoters(ctx context.Context, id, after ids.ID, limit int) ([]Quoter, error) {
	return db.All(ctx, s.DB, func(q *Quoter) []any { return []any{&q.PostID, &q.AccountID} },
		"SELECT id, account_id FROM posts_posts WHERE quote_of_id = $1 AND quote_of_id <> 0 AND quote_state = $2 AND id > $3 ORDER BY id LIMIT $4",
		id, int(QuoteAccepted), after, limit)
}

// Revoke takes an author's post out of another one that quotes it, and returns
// that one; once more changes nothing. Returns NotFound if the author may not
// see the one or the other, or if the one does not quote the other; Forbidden
// if the quoted post is another's.
func (s *Service) Revoke(ctx context.Context, author, id, quoting ids.ID) (*View, error) {
	of, err := s.original(ctx, author, id)
	if err != nil {
		return nil, err
	}
	if of.AccountID != author {
		return nil, errs.New(errs.Forbidden, "This action is not allowed")
	}
	e, err := s.visibleTo(ctx, author, quoting)
	if err != nil {
		return nil, err
	}
	p := e.post
	if p.QuoteOfID != of.ID {
		return nil, errs.NotFoundRecord()
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "UPDATE posts_posts SET quote_state = $1 WHERE id = $2 AND quote_state = $3", int(QuoteRevoked), p.ID, int(QuoteAccepted))
		if err != nil || n == 0 {
			return err
		}
		counted := *p
		counted.QuoteState = QuoteAccepted
		if err := s.countQuote(ctx, tx, &counted, -1); err != nil {
			return err
		}
		return s.tellRefreshed(ctx, tx, Refreshed{ID: p.ID, AccountID: p.AccountID, QuoteOfID: of.ID, Visibility: p.Visibility, Tags: p.Tags})
	})
	if err != nil {
		return nil, err
	}
	return s.view(ctx, author, quoting)
}

// SetQuotePolicy changes who may quote a post from now on; of a post that is
// not for all to see nobody ever may. Returns NotFound if the post is not the
// author's; Invalid for a boost.
func (s *Service) SetQuotePolicy(ctx context.Context, author, id ids.ID, policy QuotePolicy) (*View, error) {
	v, err := s.own(ctx, author, id)
	if err != nil {
		return nil, err
	}
	switch {
	case v.BoostOfID != 0:
		return nil, invalid("A boost cannot be quoted")
	case v.Visibility >= Followers || v.QuotePolicy == policy:
		return v, nil
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, "UPDATE posts_posts SET quote_policy = $1 WHERE id = $2", int(policy), id); err != nil {
			return err
		}
		return s.tellRefreshed(ctx, tx, Refreshed{ID: id, AccountID: author, Visibility: v.Visibility, Tags: v.Tags})
	})
	if err != nil {
		return nil, err
	}
	return s.view(ctx, author, id)
}

func (s *Service) tellRefreshed(ctx context.Context, tx *db.Tx, r Refreshed) error {
	tx.OnCommit(func() { s.refreshed(r) })
	_, err := s.outbox.Add(ctx, tx, r)
	return err
}

// refreshed has a post read again, and the counters of what it quotes.
func (s *Service) refreshed(r Refreshed) {
	s.forget(r.ID)
	if r.LinkID != 0 {
		s.cards.Invalidate(r.LinkID)
	}
	if r.QuoteOfID != 0 {
		s.outdate(r.QuoteOfID)
	}
}
