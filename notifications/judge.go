package notifications

import (
	"context"
	"slices"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// newFor is how long an account counts as new.
const newFor = 30 * 24 * time.Hour

// judged tells whether a policy decides about notifications of a type. What one
// has asked for, and what the house itself has to say, comes in any case.
func (t Type) judged() bool {
	switch t {
	case PollEnded, PostEdited, QuotedUpdate, CollectionUpdate, SignedUp, Reported, Severed, Warned:
		return false
	}
	return true
}

// judge is what it takes to apply one reader's policy.
type judge struct {
	reader    ids.ID
	policy    Policy
	graph     *profiles.Graph
	accounts  map[ids.ID]*profiles.Account // senders
	states    profiles.States
	followers map[ids.ID]bool // senders who follow the reader, if the policy asks
	permitted map[ids.ID]bool
	views     map[ids.ID]*posts.View // the posts, and those that direct ones answer
	now       time.Time
}

// applyPolicy drops what the reader's policy drops, and marks what it puts aside.
func (s *Service) applyPolicy(ctx context.Context, reader ids.ID, policy Policy, graph *profiles.Graph, changes []change, views map[ids.ID]*posts.View) ([]change, error) {
	var from []ids.ID
	for _, c := range changes {
		if c.from != reader && c.kind.judged() && !slices.Contains(from, c.from) {
			from = append(from, c.from)
		}
	}
	if len(from) == 0 {
		return changes, nil
	}
	j := &judge{reader: reader, policy: policy, graph: graph, views: views, now: s.Now()}
	var err error
	if j.accounts, err = s.Profiles.Accounts(ctx, from); err != nil {
		return nil, err
	}
	if j.states, err = s.Profiles.States(ctx); err != nil {
		return nil, err
	}
	if policy == DefaultPolicy() && !slices.ContainsFunc(from, j.limited) {
		return changes, nil
	}
	if err := s.prepare(ctx, j, from, changes); err != nil {
		return nil, err
	}
	changes = slices.DeleteFunc(changes, func(c change) bool { return j.verdict(c) == Drop })
	for i := range changes {
		changes[i].filtered = j.verdict(changes[i]) == Aside
	}
	return changes, nil
}

// prepare reads what the policy asks about.
func (s *Service) prepare(ctx context.Context, j *judge, from []ids.ID, changes []change) error {
	in, args := db.In([]any{j.reader}, from)
	permitted, err := db.Values[ids.ID](ctx, s.DB, "SELECT from_id FROM notifications_permissions WHERE account_id = $1 AND from_id IN "+in, args...)
	if err != nil {
		return err
	}
	j.permitted, j.followers = map[ids.ID]bool{}, map[ids.ID]bool{}
	for _, id := range permitted {
		j.permitted[id] = true
	}
	for _, id := range from { // who keeps the house is always heard
		u, err := s.Identity.User(ctx, id)
		if err == nil && u.Role != identity.RoleUser && u.Role != "" {
			j.permitted[id] = true
		}
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
	}
	if j.policy.NotFollowers != Accept {
		relations, err := s.Profiles.Relationships(ctx, j.reader, from)
		if err != nil {
			return err
		}
		for _, r := range relations {
			j.followers[r.ID] = r.FollowedBy
		}
	}
	if j.policy.PrivateMentions == Accept {
		return nil
	}
	var answered []ids.ID
	for _, c := range changes {
		if v := j.views[c.post]; c.kind == Mention && v != nil && v.Visibility == posts.Direct && v.InReplyToID != 0 {
			answered = append(answered, v.InReplyToID, v.ThreadID)
		}
	}
	if len(answered) == 0 {
		return nil
	}
	found, err := s.Posts.GetMany(ctx, j.reader, answered)
	for _, v := range found {
		j.views[v.ID] = v
	}
	return err
}

// verdict returns the strictest of what the policy says about a notification.
func (j *judge) verdict(c change) Verdict {
	if c.from == j.reader || !c.kind.judged() || j.permitted[c.from] {
		return Accept
	}
	_, following := j.graph.Following[c.from]
	v := Accept
	also := func(applies bool, said Verdict) {
		if applies && said.strictness() > v.strictness() {
			v = said
		}
	}
	account := j.accounts[c.from]
	also(!following, j.policy.NotFollowing)
	also(!j.followers[c.from], j.policy.NotFollowers)
	also(!following && account != nil && j.now.Sub(account.CreatedAt) < newFor, j.policy.NewAccounts)
	also(!following && j.limited(c.from), j.policy.LimitedAccounts)
	also(!following && j.unasked(c), j.policy.PrivateMentions)
	return v
}

func (j *judge) limited(id ids.ID) bool { return j.states.Is(id, profiles.Silenced) }

// unasked tells whether a notification is of a direct post that answers none of
// the reader's direct posts to its author.
func (j *judge) unasked(c change) bool {
	v := j.views[c.post]
	if c.kind != Mention || v == nil || v.Visibility != posts.Direct {
		return false
	}
	for _, id := range []ids.ID{v.InReplyToID, v.ThreadID} {
		if before := j.views[id]; before != nil && before.AccountID == j.reader && before.Visibility == posts.Direct &&
			slices.ContainsFunc(before.Mentions, func(m posts.Mention) bool { return m.AccountID == c.from }) {
			return false
		}
	}
	return true
}
