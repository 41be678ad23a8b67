package practice

import (
	"context"
	"fmt"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

const (
	// messengerClaim is how long a node has to make the account that speaks for
	// the house before another one tries.
	messengerClaim = time.Minute
	// messengerNames is how many names are tried: members may have taken some.
	messengerNames = 20
)

// messengerID returns the account that speaks for the house; 0 if it has never
// spoken.
func (s *Service) messengerID(ctx context.Context) (ids.ID, error) {
	list, err := db.Values[ids.ID](ctx, s.DB, "SELECT account FROM practice_messenger WHERE id = 1")
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}

// messenger returns the account that speaks for the house, made when it speaks
// for the first time, or after moderators have erased it. Returns Unavailable
// while another node makes it.
func (s *Service) messenger(ctx context.Context) (ids.ID, error) {
	id, err := s.messengerID(ctx)
	if err != nil {
		return 0, err
	}
	if id != 0 {
		if _, err = s.Profiles.Account(ctx, id); !errs.Is(err, errs.NotFound) {
			return id, err
		}
	}
	now := s.Now()
	claimed, err := db.Exec(ctx, s.DB, `INSERT INTO practice_messenger (id, account, claimed_at) VALUES (1, 0, $1)
		ON CONFLICT (id) DO UPDATE SET account = 0, claimed_at = excluded.claimed_at
		WHERE practice_messenger.account = $3 AND practice_messenger.claimed_at <= $2`, now.UnixMilli(), now.Add(-messengerClaim).UnixMilli(), id)
	if err != nil {
		return 0, err
	}
	if claimed == 0 {
		return 0, errs.New(errs.Unavailable, "The account that sends messages is being made")
	}
	if id, err = s.makeMessenger(ctx); err != nil {
		return 0, err
	}
	_, err = db.Exec(ctx, s.DB, "UPDATE practice_messenger SET account = $1 WHERE id = 1", id)
	return id, err
}

// makeMessenger makes an account without a password under the first name that
// is free.
func (s *Service) makeMessenger(ctx context.Context) (ids.ID, error) {
	var u *identity.User
	var err error
	for n := 1; n <= messengerNames; n++ {
		name := "practice"
		if n > 1 {
			name = fmt.Sprintf("practice_%d", n)
		}
		u, err = s.Profiles.Register(ctx, identity.SignUp{Username: name, Email: name + "@guildhall.invalid", Trusted: true})
		if !errs.Is(err, errs.Invalid) {
			break
		}
	}
	if err != nil {
		return 0, err
	}
	display, note, bot, no := "Practice", "I tell you about reviews, interviews and cards that are due. Nobody reads what you write to me.", true, false
	_, err = s.Profiles.Update(ctx, u.ID, profiles.Update{DisplayName: &display, Note: &note, Bot: &bot, Discoverable: &no})
	return u.ID, err
}
