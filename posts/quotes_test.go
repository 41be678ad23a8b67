package posts_test

import (
	"slices"
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// says posts a text as the author, with what adjust sets.
func (d *desk) says(author ids.ID, text string, adjust func(*posts.Draft)) (*posts.View, error) {
	draft := posts.Draft{Text: text}
	if adjust != nil {
		adjust(&draft)
	}
	return d.Create(d.ctx, author, draft)
}

func quoting(of ids.ID, v posts.Visibility) func(*posts.Draft) {
	return func(d *posts.Draft) { d.QuoteOfID, d.Visibility = of, &v }
}

// Who may quote what, by the post's visibility and its author's policy.
func TestWhoMayQuote(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, fan, other := d.person("ada"), d.person("fan"), d.person("other")
		d.follow(fan, ada)
		for _, c := range []struct {
			visibility posts.Visibility
			policy     posts.QuotePolicy
			may        []ids.ID
		}{
			{posts.Public, posts.QuotableByAll, []ids.ID{ada, fan, other}},
			{posts.Unlisted, posts.QuotableByFollowers, []ids.ID{ada, fan}},
			{posts.Public, posts.QuotableByNobody, []ids.ID{ada}},
			{posts.Followers, posts.QuotableByAll, []ids.ID{ada}},
			{posts.Direct, posts.QuotableByAll, nil},
		} {
			p, err := d.says(ada, "@fan @other", func(x *posts.Draft) { x.Visibility, x.QuotePolicy = &c.visibility, &c.policy })
			if err != nil {
				t.Fatal(err)
			}
			for _, by := range []ids.ID{ada, fan, other} {
				may := slices.Contains(c.may, by)
				if seen := d.get(by, p.ID); seen.MayQuote != may {
					t.Errorf("%d %d by %d: told %v", c.visibility, c.policy, by, seen.MayQuote)
				}
				v, err := d.says(by, "", quoting(p.ID, posts.Public))
				if may != (err == nil) || err != nil && !errs.Is(err, errs.NotFound) {
					t.Errorf("%d %d by %d: %v", c.visibility, c.policy, by, err)
				}
				if err == nil && c.visibility == posts.Followers && v.Visibility != posts.Followers {
					t.Error("a private post is shown to more than it was written for")
				}
			}
		}
	})
}

func TestQuote(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob, cyd := d.person("ada"), d.person("bob"), d.person("cyd")
		one, err := d.says(ada, "one", nil)
		if err != nil {
			t.Fatal(err)
		}
		boost, err := d.Boost(d.ctx, cyd, one.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		two, err := d.says(bob, "two", quoting(boost.ID, posts.Public)) // a boost stands for what it boosts
		if err != nil {
			t.Fatal(err)
		}
		three, err := d.says(cyd, "three", quoting(two.ID, posts.Unlisted))
		if err != nil {
			t.Fatal(err)
		}
		hidden, err := d.says(bob, "hidden", quoting(one.ID, posts.Followers))
		if err != nil {
			t.Fatal(err)
		}
		check := func(state posts.QuoteState, quotes int) {
			t.Helper()
			for _, s := range []*posts.Service{d.Service, newReader(d)} {
				v, err := s.Get(d.ctx, cyd, three.ID)
				if err != nil {
					t.Fatal(err)
				}
				inner := v.Quote.Of.Quote
				if v.Quote.Of.ID != two.ID || inner.State != state || inner.Of != nil || (inner.ID == one.ID) != (state == posts.QuoteAccepted || state == posts.QuoteMuted) {
					t.Errorf("quoted: %+v, within: %+v, want %d", v.Quote, inner, state)
				}
				if state == posts.QuoteDeleted {
					continue
				}
				if v, err := s.Get(d.ctx, ada, one.ID); err != nil || v.Stats.Quotes != quotes {
					t.Errorf("%d quotes, want %d (%v)", v.Stats.Quotes, quotes, err)
				}
			}
		}
		check(posts.QuoteAccepted, 1) // the private one is not counted
		if _, err := d.who.Mute(d.ctx, cyd, ada, false, 0); err != nil {
			t.Fatal(err)
		}
		check(posts.QuoteMuted, 1)
		if _, err := d.who.Block(d.ctx, cyd, ada); err != nil {
			t.Fatal(err)
		}
		check(posts.QuoteBlocked, 1)
		if _, err := d.who.Unblock(d.ctx, cyd, ada); err != nil {
			t.Fatal(err)
		}
		if _, err := d.who.Unmute(d.ctx, cyd, ada); err != nil {
			t.Fatal(err)
		}
		if _, err := d.who.Block(d.ctx, ada, cyd); err != nil {
			t.Fatal(err)
		}
		check(posts.QuoteUnauthorized, 1)
		if _, err := d.who.Unblock(d.ctx, ada, cyd); err != nil {
			t.Fatal(err)
		}
		quotes := func(by ids.ID) []ids.ID {
			t.Helper()
			views, err := d.Quotes(d.ctx, by, one.ID, page.Page{Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			var list []ids.ID
			for _, v := range views {
				list = append(list, v.ID)
			}
			return list
		}
		if got := quotes(ada); !slices.Equal(got, []ids.ID{two.ID}) {
			t.Errorf("seen by ada: %v", got)
		}
		if got := quotes(bob); !slices.Equal(got, []ids.ID{hidden.ID, two.ID}) {
			t.Errorf("seen by bob: %v", got)
		}
		if _, err := d.Revoke(d.ctx, bob, one.ID, two.ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("another's quote: %v", err)
		}
		for _, quoting := range []ids.ID{hidden.ID, three.ID, one.ID, 12} {
			if _, err := d.Revoke(d.ctx, ada, one.ID, quoting); !errs.Is(err, errs.NotFound) {
				t.Errorf("revoke %d: %v", quoting, err)
			}
		}
		for range 2 { // once more changes nothing
			if v, err := d.Revoke(d.ctx, ada, one.ID, two.ID); err != nil || v.Quote.State != posts.QuoteRevoked || v.Quote.Of != nil {
				t.Fatalf("%v %v", v, err)
			}
			check(posts.QuoteRevoked, 0)
		}
		if got := quotes(ada); len(got) != 0 {
			t.Errorf("revoked: %v", got)
		}
		gone, err := d.Delete(d.ctx, bob, two.ID)
		if err != nil || gone.Quote.Of == nil || gone.Quote.Of.ID != one.ID {
			t.Errorf("a deleted post gives its quote back: %+v, %v", gone.Quote, err)
		}
		if v := d.get(ada, one.ID); v.Stats.Quotes != 0 {
			t.Errorf("counted down twice: %d", v.Stats.Quotes)
		}
		if v := d.get(cyd, three.ID); v.Quote.State != posts.QuoteDeleted || v.Quote.ID != 0 || v.Quote.Of != nil {
			t.Errorf("%+v", v.Quote)
		}
	})
}

// LO-12: an edit keeps the quote and its policy, and counts no quote again.
func TestLO12EditKeepsQuote(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		one, err := d.says(ada, "one", nil)
		if err != nil {
			t.Fatal(err)
		}
		policy := posts.QuotableByFollowers
		two, err := d.says(bob, "two", func(x *posts.Draft) { x.QuoteOfID, x.QuotePolicy = one.ID, &policy })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Edit(d.ctx, bob, two.ID, posts.Draft{Text: "", QuoteOfID: 99}); err != nil {
			t.Fatal(err)
		}
		v := d.get(bob, two.ID)
		if v.Text != "" || v.EditedAt.IsZero() || v.Quote.Of.ID != one.ID || v.QuotePolicy != policy || v.Quote.Of.Stats.Quotes != 1 {
			t.Errorf("%+v %+v", v.Post, v.Quote)
		}
		none := posts.QuotableByNobody
		if v, err = d.Edit(d.ctx, bob, two.ID, posts.Draft{Text: "", QuotePolicy: &none}); err != nil || v.QuotePolicy != none {
			t.Errorf("%+v %v", v, err)
		}
		if edits, err := d.History(d.ctx, bob, two.ID); err != nil || len(edits) != 2 {
			t.Errorf("%d versions, %v", len(edits), err)
		}
		if _, err := d.Edit(d.ctx, bob, two.ID, posts.Draft{Text: "", QuotePolicy: &policy}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.SetQuotePolicy(d.ctx, ada, two.ID, none); !errs.Is(err, errs.NotFound) {
			t.Errorf("another's post: %v", err)
		}
		// A default of the account, and what never can be quoted.
		name := "nobody"
		if _, err := d.who.Update(d.ctx, ada, profiles.Update{QuotePolicy: &name}); err != nil {
			t.Fatal(err)
		}
		if v, err := d.says(ada, "three", nil); err != nil || v.QuotePolicy != none {
			t.Errorf("%+v %v", v, err)
		}
		private, err := d.says(ada, "four", quoting(0, posts.Followers))
		if err != nil {
			t.Fatal(err)
		}
		if v, err := d.SetQuotePolicy(d.ctx, ada, private.ID, posts.QuotableByAll); err != nil || v.QuotePolicy != none {
			t.Errorf("%+v %v", v, err)
		}
		// A direct post quotes only those whom it reaches.
		if _, err := d.says(ada, "secret", quoting(two.ID, posts.Direct)); err == nil {
			t.Error("quoted behind the author's back")
		}
	})
}
