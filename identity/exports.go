package identity

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

const (
	exportEvery = 6 * 24 * time.Hour // between two archives of a user
	exportFor   = 7 * 24 * time.Hour // that an archive is kept
	exportTries = 5                  // before it is given up
	exportClaim = 5 * time.Minute    // how long a node may be silent that works on one
	exportPause = time.Minute        // before a failed one is tried again
)

// Export is an archive of all that is held about a user, made by and by; the
// room archive makes it.
type Export struct {
	ID, UserID  ids.ID
	RequestedAt time.Time
	FinishedAt  time.Time // zero: not yet
	ExpiresAt   time.Time // the file goes then
	File        string    // blob key
	Size        int64     // bytes
	Failed      bool      // given up
}

// exportRow is an export as stored.
type exportRow struct {
	Export
	requested, finished, expires int64
	attempts                     int
	claimed                      int64
}

const exportColumns = "id, user_id, requested_at, finished_at, expires_at, file, size, attempts, claimed_until"

func scanExport(r *exportRow) []any {
	return []any{&r.ID, &r.UserID, &r.requested, &r.finished, &r.expires, &r.File, &r.Size, &r.attempts, &r.claimed}
}

func (s *Service) madeExport(r *exportRow) Export {
	r.RequestedAt, r.ExpiresAt = fromMillis(r.requested), fromMillis(r.expires)
	if r.finished != 0 {
		r.FinishedAt = fromMillis(r.finished)
	}
	r.Failed = r.finished == 0 && r.attempts >= exportTries && r.claimed < s.millis()
	return r.Export
}

// RequestExport has an archive made for a user. Returns Invalid with Fields if
// the password is wrong ("current_password"); Conflict if the last one was
// asked for less than six days ago; TooMany after too many tries.
func (s *Service) RequestExport(ctx context.Context, userID ids.ID, password string) error {
	row, err := s.checkOwn(ctx, userID, password)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.stillHas(ctx, tx, &row); err != nil { // and waits for another request of theirs
			return err
		}
		all, err := s.exports(ctx, tx, userID)
		if err != nil {
			return err
		}
		if NextExport(all).After(s.now()) {
			return errs.New(errs.Conflict, "You have asked for an archive less than six days ago")
		}
		_, err = db.Exec(ctx, tx, `INSERT INTO identity_exports (id, user_id, requested_at, attempts, claimed_until, finished_at, expires_at, file, size)
			VALUES ($1, $2, $3, 0, 0, 0, $4, '', 0)`, s.ids.New(userID), userID, s.millis(), s.now().Add(exportFor).UnixMilli())
		return err
	})
}

// NextExport returns from when on the owner of some exports may ask for another
// one, zero for at once.
func NextExport(all []Export) time.Time {
	var next time.Time
	for _, e := range all {
		if at := e.RequestedAt.Add(exportEvery); !e.Failed && at.After(next) {
			next = at
		}
	}
	return next
}

// Exports returns the archives of a user that are kept or in the making, the
// latest first.
func (s *Service) Exports(ctx context.Context, userID ids.ID) ([]Export, error) {
	return s.exports(ctx, s.db, userID)
}

func (s *Service) exports(ctx context.Context, q db.Querier, userID ids.ID) ([]Export, error) {
	rows, err := db.All(ctx, q, scanExport, "SELECT "+exportColumns+" FROM identity_exports WHERE user_id = $1 AND expires_at > $2 ORDER BY id DESC LIMIT 20", userID, s.millis())
	list := make([]Export, len(rows))
	for i := range rows {
		list[i] = s.madeExport(&rows[i])
	}
	return list, err
}

// ReadyExport returns an archive of a user that can be fetched. Returns NotFound
// if it is somebody else's, is not ready or has expired.
func (s *Service) ReadyExport(ctx context.Context, userID, id ids.ID) (*Export, error) {
	r, err := db.One(ctx, s.db, scanExport, "SELECT "+exportColumns+" FROM identity_exports WHERE id = $1 AND user_id = $2 AND finished_at <> 0 AND expires_at > $3",
		id, userID, s.millis())
	if err != nil {
		return nil, err
	}
	e := s.madeExport(&r)
	return &e, nil
}

// ClaimExport gives an archive that waits to the caller, who has five minutes to
// finish it or to say with HoldExport that it needs more. Returns nil if none
// waits.
func (s *Service) ClaimExport(ctx context.Context) (*Export, error) {
	var claimed []exportRow
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		claimed, err = db.All(ctx, tx, scanExport, `UPDATE identity_exports SET claimed_until = $1, attempts = attempts + 1 WHERE id =
			(SELECT id FROM identity_exports WHERE finished_at = 0 AND user_id <> 0 AND claimed_until < $2 AND attempts < $3 ORDER BY id LIMIT 1)
			AND claimed_until < $2 RETURNING `+exportColumns, s.now().Add(exportClaim).UnixMilli(), s.millis(), exportTries)
		return err
	})
	if err != nil || len(claimed) == 0 {
		return nil, err
	}
	e := s.madeExport(&claimed[0])
	return &e, nil
}

// HoldExport says that an archive is still worked on.
func (s *Service) HoldExport(ctx context.Context, id ids.ID) error {
	_, err := db.Exec(ctx, s.db, "UPDATE identity_exports SET claimed_until = $2 WHERE id = $1", id, s.now().Add(exportClaim).UnixMilli())
	return err
}

// RetryExport says that an archive could not be made this time.
func (s *Service) RetryExport(ctx context.Context, id ids.ID) error {
	_, err := db.Exec(ctx, s.db, "UPDATE identity_exports SET claimed_until = $2 WHERE id = $1 AND finished_at = 0", id, s.now().Add(exportPause).UnixMilli())
	return err
}

// FinishExport says where an archive is, and has its user told. If the user has
// gone meanwhile, the file is among ExpiredExports.
func (s *Service) FinishExport(ctx context.Context, id ids.ID, file string, size int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		owner, err := db.Values[ids.ID](ctx, tx, `UPDATE identity_exports SET file = $2, size = $3, finished_at = $4,
			expires_at = CASE WHEN user_id = 0 THEN 0 ELSE CAST($5 AS BIGINT) END WHERE id = $1 RETURNING user_id`, id, file, size, s.millis(), s.now().Add(exportFor).UnixMilli())
		if err != nil {
			return err
		}
		if len(owner) == 0 {
			return errs.NotFoundRecord()
		}
		if owner[0] == 0 {
			return nil
		}
		_, err = s.outbox.Add(ctx, tx, ExportReady{UserID: owner[0]})
		return err
	})
}

// ExpiredExports returns archives whose files are to be deleted: too old, or of
// users who have gone. ForgetExport follows for each.
func (s *Service) ExpiredExports(ctx context.Context) ([]Export, error) {
	// One that is being made just now is left to its maker.
	rows, err := db.All(ctx, s.db, scanExport, "SELECT "+exportColumns+" FROM identity_exports WHERE expires_at <= $1 AND claimed_until <= $1 ORDER BY expires_at LIMIT 100", s.millis())
	list := make([]Export, len(rows))
	for i := range rows {
		list[i] = s.madeExport(&rows[i])
	}
	return list, err
}

// ForgetExport removes the record of an archive whose file is gone.
func (s *Service) ForgetExport(ctx context.Context, id ids.ID) error {
	_, err := db.Exec(ctx, s.db, "DELETE FROM identity_exports WHERE id = $1", id)
	return err
}
