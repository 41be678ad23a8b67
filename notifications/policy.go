package notifications

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Verdict is what becomes of a notification, by its name in the API.
type Verdict string

// The verdicts, from mild to strict.
const (
	Accept Verdict = "accept"
	Aside  Verdict = "filter" // put aside: see Requests
	Drop   Verdict = "drop"
)

func (v Verdict) strictness() int {
	switch v {
	case Drop:
		return 2
	case Aside:
		return 1
	}
	return 0
}

// Policy is what an account wants of those who are strangers to it.
type Policy struct {
	NotFollowing    Verdict // those whom the account does not follow
	NotFollowers    Verdict // those who do not follow the account
	NewAccounts     Verdict // those who came less than 30 days ago
	PrivateMentions Verdict // direct posts that nobody asked for
	LimitedAccounts Verdict // those whom moderators have limited
}

// DefaultPolicy is what accounts begin with. Direct posts are accepted, unlike
// with Mastodon: on a network of one community they are how its members write
// to each other, and nobody looks for them among requests.
func DefaultPolicy() Policy {
	return Policy{NotFollowing: Accept, NotFollowers: Accept, NewAccounts: Accept, PrivateMentions: Accept, LimitedAccounts: Aside}
}

// PolicyUpdate is a change of a policy; nil leaves a thing as it is.
type PolicyUpdate struct {
	NotFollowing, NotFollowers, NewAccounts, PrivateMentions, LimitedAccounts *Verdict
}

// Pending is what waits for an account to be accepted.
type Pending struct {
	Requests, Notifications int
}

// Policy returns an account's policy.
func (s *Service) Policy(ctx context.Context, account ids.ID) (Policy, error) {
	all, err := policiesOf(ctx, s.DB, []ids.ID{account})
	return all[account], err
}

// SetPolicy changes an account's policy and returns it as it is then. What has
// been put aside stays so. Returns Invalid for an unknown verdict.
func (s *Service) SetPolicy(ctx context.Context, account ids.ID, u PolicyUpdate) (Policy, error) {
	var p Policy
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		all, err := policiesOf(ctx, tx, []ids.ID{account})
		if err != nil {
			return err
		}
		p = all[account]
		if err := p.update(u); err != nil {
			return err
		}
		_, err = db.Exec(ctx, tx, `INSERT INTO notifications_policies
			(account_id, not_following, not_followers, new_accounts, private_mentions, limited_accounts) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (account_id) DO UPDATE SET not_following = excluded.not_following, not_followers = excluded.not_followers,
				new_accounts = excluded.new_accounts, private_mentions = excluded.private_mentions, limited_accounts = excluded.limited_accounts`,
			account, string(p.NotFollowing), string(p.NotFollowers), string(p.NewAccounts), string(p.PrivateMentions), string(p.LimitedAccounts))
		return err
	})
	return p, err
}

func (p *Policy) update(u PolicyUpdate) error {
	for _, c := range []struct {
		name string
		to   *Verdict
		what *Verdict
	}{
		{"for_not_following", &p.NotFollowing, u.NotFollowing}, {"for_not_followers", &p.NotFollowers, u.NotFollowers},
		{"for_new_accounts", &p.NewAccounts, u.NewAccounts}, {"for_private_mentions", &p.PrivateMentions, u.PrivateMentions},
		{"for_limited_accounts", &p.LimitedAccounts, u.LimitedAccounts},
	} {
		if c.what == nil {
			continue
		}
		if *c.what != Accept && *c.what != Aside && *c.what != Drop {
			return &errs.Error{Kind: errs.Invalid, Text: "Validation failed: " + c.name + " must be accept, filter or drop",
				Fields: map[string][]errs.Field{c.name: {{Code: "ERR_INCLUSION", Text: "must be accept, filter or drop"}}}}
		}
		*c.to = *c.what
	}
	return nil
}

type policyRow struct {
	account ids.ID
	Policy
}

func scanPolicy(r *policyRow) []any {
	return []any{&r.account, &r.NotFollowing, &r.NotFollowers, &r.NewAccounts, &r.PrivateMentions, &r.LimitedAccounts}
}

// policiesOf returns the policies of all given accounts.
func policiesOf(ctx context.Context, q db.Querier, accounts []ids.ID) (map[ids.ID]Policy, error) {
	out := make(map[ids.ID]Policy, len(accounts))
	for _, id := range accounts {
		out[id] = DefaultPolicy()
	}
	in, args := db.In(nil, accounts)
	rows, err := db.All(ctx, q, scanPolicy, `SELECT account_id, not_following, not_followers, new_accounts, private_mentions, limited_accounts
		FROM notifications_policies WHERE account_id IN `+in, args...)
	for _, r := range rows {
		out[r.account] = r.Policy
	}
	return out, err
}

// sendersMax bounds how many senders Pending counts.
const sendersMax = 100

// Pending counts what was put aside: senders up to a hundred, and how many
// notifications these have sent.
func (s *Service) Pending(ctx context.Context, account ids.ID) (Pending, error) {
	graph, err := s.Profiles.Graph(ctx, account)
	if err != nil {
		return Pending{}, err
	}
	type sender struct {
		id ids.ID
		n  int
	}
	rows, err := db.All(ctx, s.DB, func(r *sender) []any { return []any{&r.id, &r.n} },
		`SELECT from_id, COUNT(*) FROM notifications_notifications WHERE account_id = $1 AND live AND filtered GROUP BY from_id LIMIT $2`,
		account, sendersMax)
	var p Pending
	for _, r := range rows {
		if !silences(graph, r.id, s.Now()) {
			p.Requests++
			p.Notifications += r.n
		}
	}
	return p, err
}
