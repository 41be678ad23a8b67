package posts_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
)

func (d *desk) ask(author ids.ID, multiple bool, options ...string) *posts.View {
	d.Helper()
	return d.post(author, posts.Draft{Text: "?", Poll: &posts.PollDraft{Options: options, ExpiresIn: time.Hour, Multiple: multiple}})
}

func votes(p *posts.Poll) []int {
	out := []int{p.Voters}
	for _, o := range p.Options {
		out = append(out, o.Votes)
	}
	return out
}

func TestVote(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob, cat := d.person("ada"), d.person("bob"), d.person("cat")
		p := d.ask(ada, true, "x", "y", "z")
		d.get(bob, p.ID)
		d.told()
		poll, state, err := d.Vote(d.ctx, bob, p.PollID, []int{2, 0, 2})
		if err != nil {
			t.Fatal(err)
		}
		if got := votes(poll); !slices.Equal(got, []int{1, 1, 0, 1}) || !state.Voted || !slices.Equal(state.Votes, []int{0, 2}) {
			t.Errorf("votes %v, state %+v", got, state)
		}
		d.tells(posts.Marked{PostID: p.ID, AccountID: bob, Voted: true})
		single := d.ask(ada, false, "x", "y")
		d.told()
		for _, c := range []struct {
			voter   ids.ID
			poll    ids.ID
			choices []int
			want    string
		}{
			{bob, p.PollID, []int{1}, "already voted"},
			{ada, p.PollID, []int{1}, "own polls"},
			{cat, p.PollID, nil, "does not exist"},
			{cat, p.PollID, []int{3}, "does not exist"},
			{cat, p.PollID, []int{0, -1}, "does not exist"},
			{cat, single.PollID, []int{0, 1}, "Only one"},
		} {
			_, _, err := d.Vote(d.ctx, c.voter, c.poll, c.choices)
			d.fails(err, errs.Invalid, c.want)
		}
		k.Clock.Advance(time.Hour)
		_, _, err = d.Vote(d.ctx, cat, p.PollID, []int{0})
		d.fails(err, errs.Invalid, "already ended")
		d.tells()
		stored, _, err := newReader(d).Poll(d.ctx, bob, p.PollID)
		if err != nil || !slices.Equal(votes(stored), []int{1, 1, 0, 1}) {
			t.Errorf("stored %v, %v", stored, err)
		}
	})
}

func TestVoteAtOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		p := d.ask(ada, false, "x", "y")
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() {
				if _, _, err := d.Vote(d.ctx, bob, p.PollID, []int{i % 2}); err != nil && !errs.Is(err, errs.Invalid) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		poll, state, err := newReader(d).Poll(d.ctx, bob, p.PollID)
		if err != nil || poll.Voters != 1 || poll.Options[0].Votes+poll.Options[1].Votes != 1 || len(state.Votes) != 1 {
			t.Errorf("poll %+v, state %+v, %v", poll, state, err)
		}
	})
}

func TestPollsEnd(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada := d.person("ada")
		p := d.ask(ada, false, "x", "y")
		k.Clock.Advance(59 * time.Minute)
		later := d.ask(ada, false, "x", "y")
		d.told()
		k.Clock.Advance(time.Minute)
		if err := d.Start(d.ctx); err != nil {
			t.Fatal(err)
		}
		testkit.Eventually(t, func() bool {
			return d.number("SELECT COUNT(*) FROM posts_outbox WHERE id > $1", d.last) > 0
		})
		d.tells(posts.PollEnded{PostID: p.ID, PollID: p.PollID, AuthorID: ada})
		if n := d.number("SELECT COUNT(*) FROM posts_polls WHERE id = $1 AND ended", later.PollID); n != 0 {
			t.Errorf("the later poll has ended")
		}
	})
}
