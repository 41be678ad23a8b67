package identity

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// CreateInvite makes an invitation and returns its code, of which only a hash
// is kept. It is good for maxUses sign-ups (0: any number) until expires (zero:
// forever). Returns Invalid for a negative number.
func (s *Service) CreateInvite(ctx context.Context, by ids.ID, maxUses int, expires time.Time) (code string, err error) {
	if maxUses < 0 {
		return "", errs.New(errs.Invalid, "An invitation cannot have fewer than no uses")
	}
	var until int64
	if !expires.IsZero() {
		until = expires.UnixMilli()
	}
	code = newSecret()
	hash := hashSecret(code)
	_, err = db.Exec(ctx, s.db, `INSERT INTO identity_invites (id, hash, user_id, max_uses, uses, expires_at, created_at)
		VALUES ($1, $2, $3, $4, 0, $5, $6)`, s.ids.New(by), hash[:], by, maxUses, until, s.millis())
	if err != nil {
		return "", err
	}
	return code, nil
}

// Invite is an invitation. Its code is known to nobody but those who have it.
type Invite struct {
	ID        ids.ID
	By        ids.ID // who invites
	MaxUses   int    // 0: no bound
	Uses      int
	ExpiresAt time.Time // zero: never
	CreatedAt time.Time
}

// Good tells whether somebody can still sign up with the invitation.
func (i *Invite) Good(now time.Time) bool {
	return (i.MaxUses == 0 || i.Uses < i.MaxUses) && (i.ExpiresAt.IsZero() || now.Before(i.ExpiresAt))
}

// inviteRow is an invitation as stored.
type inviteRow struct {
	Invite
	expires, created int64
}

// Invites lists all invitations, the latest first.
func (s *Service) Invites(ctx context.Context, p page.Page) ([]Invite, error) {
	end, args := p.SQL("id", nil)
	rows, err := db.All(ctx, s.db, func(r *inviteRow) []any { return []any{&r.ID, &r.By, &r.MaxUses, &r.Uses, &r.expires, &r.created} },
		"SELECT id, user_id, max_uses, uses, expires_at, created_at FROM identity_invites WHERE id > 0"+end, args...)
	out := make([]Invite, len(rows))
	for i, r := range rows {
		r.CreatedAt = fromMillis(r.created)
		if r.expires != 0 {
			r.ExpiresAt = fromMillis(r.expires)
		}
		out[i] = r.Invite
	}
	return page.Sort(p, out), err
}

// EndInvite makes an invitation good for nobody any more. Returns NotFound if
// there is none.
func (s *Service) EndInvite(ctx context.Context, id ids.ID) error {
	n, err := db.Exec(ctx, s.db, "UPDATE identity_invites SET expires_at = $2 WHERE id = $1", id, s.millis())
	if err == nil && n == 0 {
		return errs.NotFoundRecord()
	}
	return err
}

// useInvite takes one use of an invitation. Where none is needed a bad code
// does no harm and gives 0; else it returns Invalid.
func (s *Service) useInvite(ctx context.Context, tx *db.Tx, code string) (ids.ID, error) {
	hash := hashSecret(code)
	id, err := db.Value[ids.ID](ctx, tx, `UPDATE identity_invites SET uses = uses + 1
		WHERE hash = $1 AND (max_uses = 0 OR uses < max_uses) AND (expires_at = 0 OR expires_at > $2) RETURNING id`, hash[:], s.millis())
	if !errs.Is(err, errs.NotFound) {
		return id, err
	}
	if s.cfg.Registrations != ByInvite {
		return 0, nil
	}
	return 0, refused(map[string][]errs.Field{"invite_code": {{Code: "ERR_INVALID", Text: "is not valid any more"}}})
}
