package identity

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
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
