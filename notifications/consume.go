package notifications

import (
	"context"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// handle turns a batch of events into one plan and one transaction. It does no
// harm if events come twice, late or in another order: a row remembers the
// event that set it, and an older one changes nothing. A batch of posts that
// name nobody runs no SQL.
func (s *Service) handle(ctx context.Context, events []bus.Event) error {
	p := newPlan()
	for _, e := range events {
		if err := s.plan(ctx, p, e); err != nil {
			return err
		}
	}
	if err := s.planNews(ctx, p); err != nil {
		return err
	}
	p.settle()
	if p.empty() {
		return nil
	}
	changes, err := s.allowed(ctx, p)
	if err != nil {
		return err
	}
	if err := s.store(ctx, p, changes); err != nil {
		return err
	}
	return s.erase(ctx, p.erased)
}

func (s *Service) plan(ctx context.Context, p *plan, e bus.Event) error {
	switch e.Domain + "." + e.Kind {
	case "posts.created":
		return with(e, func(c posts.Created) error {
			planCreated(p, e, c)
			return nil
		})
	case "posts.edited":
		return with(e, func(c posts.Edited) error { return s.planEdited(ctx, p, e, c) })
	case "posts.deleted":
		return with(e, func(d posts.Deleted) error {
			if d.BoostOfID != 0 {
				p.unboost(e, d.BoostOfID, d.AccountID)
			} else {
				p.delete(d.ID)
			}
			return nil
		})
	case "posts.favourited":
		return with(e, func(f posts.Favourited) error {
			p.tell(e, Favourite, f.AuthorID, f.AccountID, f.PostID)
			return nil
		})
	case "posts.unfavourited":
		return with(e, func(f posts.Unfavourited) error {
			p.untell(e, Favourite, f.AuthorID, f.AccountID, f.PostID)
			return nil
		})
	case "posts.poll_ended":
		return with(e, func(f posts.PollEnded) error {
			return s.planPollEnded(ctx, p, e, f)
		})
	case "identity.revoked":
		return with(e, func(r identity.Revoked) error { return s.endPush(ctx, r.UserID, r.TokenID, e.At()) })
	case "identity.signed_out":
		return with(e, func(o identity.SignedOut) error { return s.UnsubscribePush(ctx, Holder{SessionID: o.SessionID}) })
	case "identity.registered":
		return with(e, func(r identity.Registered) error {
			if r.Trusted { // somebody of the staff has made them
				return nil
			}
			return s.tellStaff(ctx, p, e, SignedUp, r.UserID, 0)
		})
	case "moderation.reported":
		return with(e, func(r moderation.Reported) error { return s.tellStaff(ctx, p, e, Reported, r.AccountID, r.ReportID) })
	case "moderation.warned":
		return with(e, func(w moderation.Warned) error {
			// Which moderator it was is not told: it comes from oneself.
			p.set(change{register: register{w.AccountID, w.AccountID, Warned, w.WarningID}, event: e.ID, at: e.At(), live: true})
			return nil
		})
	}
	if e.Domain == "profiles" && e.Kind == (profiles.Erased{}).Kind() {
		return with(e, func(g profiles.Erased) error {
			p.erased = append(p.erased, g.AccountID)
			return nil
		})
	}
	if err := s.planCollections(ctx, p, e); err != nil {
		return err
	}
	return planFollows(p, e)
}

// tellStaff plans a notification of each who keeps the house.
func (s *Service) tellStaff(ctx context.Context, p *plan, e bus.Event, kind Type, from, subject ids.ID) error {
	staff, err := s.Identity.Staff(ctx)
	for _, account := range staff {
		p.tell(e, kind, account, from, subject)
	}
	return err
}

func planCreated(p *plan, e bus.Event, c posts.Created) {
	if c.BoostOfID != 0 {
		if c.BoostOfAccountID != c.AccountID {
			p.set(change{register: register{c.BoostOfAccountID, c.AccountID, Boost, c.BoostOfID}, event: e.ID, at: e.At(), live: true, via: c.ID})
		}
		return
	}
	for _, account := range c.Mentions {
		p.tell(e, Mention, account, c.AccountID, c.ID)
	}
	p.tell(e, Quote, c.QuoteOfAccountID, c.AccountID, c.ID)
	toOthers := c.InReplyToID != 0 && c.InReplyToAccountID != c.AccountID
	if c.Visibility != posts.Direct && !toOthers {
		p.news = append(p.news, news{e, c})
	}
}

func (s *Service) planEdited(ctx context.Context, p *plan, e bus.Event, c posts.Edited) error {
	for _, account := range c.Added {
		p.tell(e, Mention, account, c.AccountID, c.ID)
	}
	if err := s.planQuoters(ctx, p, e, c); err != nil {
		return err
	}
	for next := (page.Page{Limit: boostersRead}); ; {
		boosters, err := s.Posts.BoostedBy(ctx, c.AccountID, c.ID, next)
		if errs.Is(err, errs.NotFound) {
			return nil // the post is gone
		}
		if err != nil {
			return err
		}
		for _, b := range boosters {
			p.tell(e, PostEdited, b.Account.ID, c.AccountID, c.ID)
		}
		if len(boosters) < boostersRead {
			return nil
		}
		next.Max = boosters[len(boosters)-1].Cursor
	}
}

// planQuoters tells those who quote an edited post. What they are told of is
// their own post.
func (s *Service) planQuoters(ctx context.Context, p *plan, e bus.Event, c posts.Edited) error {
	for after := ids.ID(0); ; {
		quoters, err := s.Posts.Quoters(ctx, c.ID, after, boostersRead)
		if err != nil {
			return err
		}
		for _, q := range quoters {
			p.tell(e, QuotedUpdate, q.AccountID, c.AccountID, q.PostID)
		}
		if len(quoters) < boostersRead {
			return nil
		}
		after = quoters[len(quoters)-1].PostID
	}
}

// boostersRead is how many boosters or quoters of an edited post are read at once.
const boostersRead = 500

// planPollEnded tells those who have voted and the author, who hears of their
// own polls too.
func (s *Service) planPollEnded(ctx context.Context, p *plan, e bus.Event, c posts.PollEnded) error {
	voters, err := s.Posts.Voters(ctx, c.PollID)
	if err != nil {
		return err
	}
	for _, voter := range voters {
		p.tell(e, PollEnded, voter, c.AuthorID, c.PostID)
	}
	p.set(change{register: register{c.AuthorID, c.AuthorID, PollEnded, c.PostID}, event: e.ID, at: e.At(), live: true})
	return nil
}

func planFollows(p *plan, e bus.Event) error {
	switch e.Domain + "." + e.Kind {
	case "profiles.followed":
		return with(e, func(f profiles.Followed) error {
			p.tell(e, Follow, f.To, f.From, 0)
			return nil
		})
	case "profiles.unfollowed":
		return with(e, func(f profiles.Unfollowed) error {
			p.untell(e, Follow, f.To, f.From, 0)
			return nil
		})
	case "profiles.requested":
		return with(e, func(r profiles.Requested) error {
			p.tell(e, FollowRequest, r.To, r.From, 0)
			return nil
		})
	case "profiles.request_ended":
		return with(e, func(r profiles.RequestEnded) error {
			p.untell(e, FollowRequest, r.To, r.From, 0)
			return nil
		})
	case "profiles.graph_changed":
		return with(e, func(g profiles.GraphChanged) error {
			if g.Blocked {
				p.block(e, g.From, g.To)
			}
			return nil
		})
	}
	return nil
}

// with reads an event's data as what f takes.
func with[T any](e bus.Event, f func(T) error) error {
	v, err := bus.Decode[T](e)
	if err != nil {
		return err
	}
	return f(v)
}
