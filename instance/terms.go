package instance

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/text"
)

// maxTerms bounds how many terms of service are kept.
const maxTerms = 1000

// AddTerms adds terms of service that hold from a day on, 2026-01-31, until those
// of a later day. Returns Invalid with Fields for a text that is missing or too
// long, and for a day that is none, is past, or has terms already.
func (s *Service) AddTerms(ctx context.Context, by ids.ID, effective, typed string) (*Terms, error) {
	t := &Terms{Effective: effective, Text: text.Clean(typed)}
	p := problems{}
	p.length("text", t.Text, false, s.config.MaxText)
	if _, err := time.Parse(time.DateOnly, effective); err != nil || effective < s.today() {
		p.add("effective_date", "ERR_INVALID", "must be today or a day to come, like 2026-01-31")
	}
	if err := p.error(); err != nil {
		return nil, err
	}
	var err error
	if t.HTML, err = html(t.Text); err != nil {
		return nil, err
	}
	err = s.changeHouse(ctx, by, "terms_of_service", func(tx *db.Tx) error {
		t.ID = s.IDs.Global()
		n, err := db.Exec(ctx, tx, "INSERT INTO instance_terms (id, effective, text) VALUES ($1, $2, $3) ON CONFLICT (effective) DO NOTHING",
			t.ID, t.Effective, t.Text)
		if err != nil {
			return err
		}
		if n == 0 {
			p.add("effective_date", "ERR_TAKEN", "has terms of service already")
		}
		return p.error()
	})
	return t, err
}

// RemoveTerms removes terms of service that do not hold yet. Returns NotFound if
// there are none, and Invalid for those that hold or have held.
func (s *Service) RemoveTerms(ctx context.Context, by, id ids.ID) error {
	return s.changeHouse(ctx, by, "terms_of_service", func(tx *db.Tx) error {
		day, err := db.Value[string](ctx, tx, "SELECT effective FROM instance_terms WHERE id = $1", id)
		if err != nil {
			return err
		}
		if day <= s.today() {
			return errs.New(errs.Invalid, "Validation failed: Terms of service that hold cannot be removed, only followed by others")
		}
		_, err = db.Exec(ctx, tx, "DELETE FROM instance_terms WHERE id = $1", id)
		return err
	})
}

// TermsOn returns the terms of service that hold from exactly a day on; for an
// empty day those that hold now, or the first that will. next is the day from
// which others hold, empty for none. Returns NotFound if there are none.
func (s *Service) TermsOn(day string) (t *Terms, next string, err error) {
	all, now := s.House().Terms, s.today()
	at := -1
	for i, t := range all {
		if day == t.Effective || day == "" && (at < 0 || t.Effective <= now) {
			at = i
		}
	}
	if at < 0 {
		return nil, "", errs.NotFoundRecord()
	}
	if at+1 < len(all) {
		next = all[at+1].Effective
	}
	return all[at], next, nil
}

// Holds tells whether terms of service are in force.
func (s *Service) Holds(t *Terms) bool { return t.Effective <= s.today() }

func (s *Service) today() string { return s.Now().UTC().Format(time.DateOnly) }

func (s *Service) readTerms(ctx context.Context) ([]*Terms, error) {
	rows, err := db.All(ctx, s.DB, func(t *Terms) []any { return []any{&t.ID, &t.Effective, &t.Text} },
		"SELECT id, effective, text FROM instance_terms ORDER BY effective LIMIT $1", maxTerms)
	if err != nil {
		return nil, err
	}
	list := make([]*Terms, len(rows))
	for i := range rows {
		if rows[i].HTML, err = html(rows[i].Text); err != nil {
			return nil, err
		}
		list[i] = &rows[i]
	}
	return list, nil
}
