package identity

import (
	"context"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// listMax bounds how many sessions and how many tokens of a user are listed.
const listMax = 200

// Sessions returns the browsers that a user is signed in with, the one that was
// used last first, at most 200.
func (s *Service) Sessions(ctx context.Context, userID ids.ID) ([]Session, error) {
	rows, err := db.All(ctx, s.db, func(r *sessionRow) []any {
		return []any{&r.ID, &r.UserID, &r.created, &r.used, &r.Address, &r.UserAgent}
	}, `SELECT id, user_id, created_at, used_at, address, user_agent FROM identity_sessions
		WHERE user_id = $1 AND used_at > $2 ORDER BY used_at DESC, id DESC LIMIT $3`, userID, s.now().Add(-s.cfg.SessionTTL).UnixMilli(), listMax)
	list := make([]Session, len(rows))
	for i, r := range rows {
		r.CreatedAt, r.UsedAt = fromMillis(r.created), fromMillis(r.used)
		list[i] = r.Session
	}
	return list, err
}

// EndSession signs a user out of one browser. Returns NotFound if they have no
// session with this id.
func (s *Service) EndSession(ctx context.Context, userID, id ids.ID) error {
	n, err := s.endOne(ctx, "id = $1 AND user_id = $2", id, userID)
	if err == nil && n == 0 {
		err = errs.NotFoundRecord()
	}
	return err
}

// EndOtherSessions signs a user out of all browsers but one.
func (s *Service) EndOtherSessions(ctx context.Context, userID, but ids.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, "DELETE FROM identity_sessions WHERE user_id = $1 AND id <> $2", userID, but); err != nil {
			return err
		}
		return s.tellChanged(ctx, tx, userID)
	})
}

// Grants returns the tokens that apps have for a user, the newest first, at most
// 200.
func (s *Service) Grants(ctx context.Context, userID ids.ID) ([]Grant, error) {
	type row struct {
		Grant
		app     ids.ID
		scopes  string
		created int64
	}
	rows, err := db.All(ctx, s.db, func(r *row) []any { return []any{&r.TokenID, &r.app, &r.scopes, &r.created} },
		"SELECT id, app_id, scopes, created_at FROM identity_tokens WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2", userID, listMax)
	if err != nil {
		return nil, err
	}
	list := make([]Grant, len(rows))
	for i, r := range rows {
		if r.App, err = s.App(ctx, r.app); err != nil {
			return nil, err
		}
		r.Scopes, r.CreatedAt = strings.Fields(r.scopes), fromMillis(r.created)
		list[i] = r.Grant
	}
	return list, nil
}

// EndGrant takes an app's token away from it. Returns NotFound if the token is
// not one for this user.
func (s *Service) EndGrant(ctx context.Context, userID, tokenID ids.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "DELETE FROM identity_tokens WHERE id = $1 AND user_id = $2", tokenID, userID)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFoundRecord()
		}
		return s.tellRevoked(ctx, tx, Revoked{UserID: userID, TokenID: tokenID})
	})
}
