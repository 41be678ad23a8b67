package identity

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

const (
	importKept  = 30 * 24 * time.Hour // how long it is told what became of one
	importShown = 5                   // the latest are told
	importTries = 5                   // without a line done before it is given up
	importClaim = 2 * time.Minute     // how long a node may be silent that works on one
)

// Import is a list that a user brings along, done by and by; the room archive
// does it.
type Import struct {
	ID, UserID   ids.ID
	List         string
	Overwrite    bool
	Body         []byte // the file; only of one that is claimed
	Lines        int
	At           int    // how many of them are done
	Report       string // what the room archive says of them
	RequestedAt  time.Time
	FinishedAt   time.Time // zero: not yet
	PausedUntil  time.Time // zero: it does not wait
	Failed       bool      // given up
	tries        int
	asked, ended int64
	claimed      int64
	paused       bool
}

const importColumns = "id, user_id, list, overwrite, lines, at_line, report, requested_at, attempts, claimed_until, paused, finished_at"

func scanImport(m *Import) []any {
	return []any{&m.ID, &m.UserID, &m.List, &m.Overwrite, &m.Lines, &m.At, &m.Report, &m.asked, &m.tries, &m.claimed, &m.paused, &m.ended}
}

func (s *Service) madeImport(m *Import) {
	m.RequestedAt = fromMillis(m.asked)
	if m.ended != 0 {
		m.FinishedAt = fromMillis(m.ended)
	} else if m.paused {
		m.PausedUntil = fromMillis(m.claimed)
	}
	m.Failed = m.ended == 0 && m.tries >= importTries && m.claimed < s.millis()
}

// RequestImport has a list done for a user: its List, Overwrite, Body and Lines,
// and Report to begin with. Returns Conflict if the last one is not finished.
func (s *Service) RequestImport(ctx context.Context, userID ids.ID, m Import) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, "DELETE FROM identity_imports WHERE user_id = $1 AND requested_at < $2", userID, s.now().Add(-importKept).UnixMilli()); err != nil {
			return err
		}
		open, err := db.Values[ids.ID](ctx, tx, "SELECT id FROM identity_imports WHERE user_id = $1 AND finished_at = 0 AND attempts < $2", userID, importTries)
		if err != nil {
			return err
		}
		if len(open) > 0 {
			return errs.New(errs.Conflict, "Your last import is not finished yet")
		}
		_, err = db.Exec(ctx, tx, `INSERT INTO identity_imports (id, user_id, list, overwrite, body, lines, at_line, report, requested_at, attempts, claimed_until, paused, finished_at)
			VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, 0, 0, FALSE, 0)`, s.ids.New(userID), userID, m.List, m.Overwrite, m.Body, m.Lines, m.Report, s.millis())
		return err
	})
}

// Imports returns the latest lists that a user has brought along, the last one
// first.
func (s *Service) Imports(ctx context.Context, userID ids.ID) ([]Import, error) {
	list, err := db.All(ctx, s.db, scanImport, "SELECT "+importColumns+" FROM identity_imports WHERE user_id = $1 ORDER BY id DESC LIMIT $2", userID, importShown)
	for i := range list {
		s.madeImport(&list[i])
	}
	return list, err
}

// ClaimImport gives a list that waits to the caller, who tells with KeepImport
// every other minute how far it is. Returns nil if none waits.
func (s *Service) ClaimImport(ctx context.Context) (*Import, error) {
	var claimed []Import
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		claimed, err = db.All(ctx, tx, func(m *Import) []any { return append(scanImport(m), &m.Body) },
			`UPDATE identity_imports SET claimed_until = $1, attempts = attempts + 1, paused = FALSE WHERE id =
			(SELECT id FROM identity_imports WHERE finished_at = 0 AND claimed_until < $2 AND attempts < $3 ORDER BY id LIMIT 1)
			AND claimed_until < $2 RETURNING `+importColumns+", body", s.now().Add(importClaim).UnixMilli(), s.millis(), importTries)
		return err
	})
	if err != nil || len(claimed) == 0 {
		return nil, err
	}
	s.madeImport(&claimed[0])
	return &claimed[0], nil
}

// KeepImport records how far a list is and what became of its lines; it is still
// worked on.
func (s *Service) KeepImport(ctx context.Context, m *Import) error {
	_, err := db.Exec(ctx, s.db, "UPDATE identity_imports SET at_line = $2, report = $3, attempts = 1, claimed_until = $4 WHERE id = $1 AND finished_at = 0",
		m.ID, m.At, m.Report, s.now().Add(importClaim).UnixMilli())
	return err
}

// PauseImport is KeepImport for a list that is to go on at some time.
func (s *Service) PauseImport(ctx context.Context, m *Import, until time.Time) error {
	_, err := db.Exec(ctx, s.db, "UPDATE identity_imports SET at_line = $2, report = $3, attempts = 0, paused = TRUE, claimed_until = $4 WHERE id = $1 AND finished_at = 0",
		m.ID, m.At, m.Report, until.UnixMilli())
	return err
}

// FinishImport records that a list is done; its file is forgotten.
func (s *Service) FinishImport(ctx context.Context, m *Import) error {
	_, err := db.Exec(ctx, s.db, "UPDATE identity_imports SET at_line = lines, report = $2, body = $3, finished_at = $4 WHERE id = $1",
		m.ID, m.Report, []byte{}, s.millis())
	return err
}
