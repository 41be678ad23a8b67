package instance

import (
	"context"
	"reflect"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/markdown"
	"github.com/guildhall/guildhall/internal/text"
)

// Documents that there is one of, by their names.
const (
	privacyPolicy       = "privacy_policy"
	extendedDescription = "extended_description"
)

// SetPrivacyPolicy replaces the privacy policy; an empty text takes it away.
// Returns Invalid for one that is too long.
func (s *Service) SetPrivacyPolicy(ctx context.Context, by ids.ID, text string) error {
	return s.setDocument(ctx, by, privacyPolicy, text)
}

// SetExtendedDescription replaces the extended description; an empty text takes
// it away. Returns Invalid for one that is too long.
func (s *Service) SetExtendedDescription(ctx context.Context, by ids.ID, text string) error {
	return s.setDocument(ctx, by, extendedDescription, text)
}

func (s *Service) setDocument(ctx context.Context, by ids.ID, name, typed string) error {
	typed = text.Clean(typed)
	p := problems{}
	p.length("text", typed, true, s.config.MaxText)
	if err := p.error(); err != nil {
		return err
	}
	return s.changeHouse(ctx, by, name, func(tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, `INSERT INTO instance_documents (name, text, updated_at) VALUES ($1, $2, $3)
 ON CONFLICT (name) DO UPDATE SET text = $2, updated_at = $3`, name, typed, s.Now().UnixMilli())
		return err
	})
}

// changeHouse runs f in a transaction, tells of it, and brings what is in memory
// up to date.
func (s *Service) changeHouse(ctx context.Context, by ids.ID, what string, f func(tx *db.Tx) error) error {
	err := s.write(ctx, func(tx *db.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return s.tell(ctx, tx, HouseChanged{By: by, What: what})
	})
	if err != nil {
		return err
	}
	return s.reload(ctx)
}

// loadHouse reads into memory what the server says of itself; s.fresh is held.
func (s *Service) loadHouse(ctx context.Context) error {
	h := &House{}
	var err error
	if h.Rules, err = s.readRules(ctx); err != nil {
		return err
	}
	if h.Terms, err = s.readTerms(ctx); err != nil {
		return err
	}
	if h.PrivacyPolicy, err = s.readDocument(ctx, privacyPolicy); err != nil {
		return err
	}
	if h.ExtendedDescription, err = s.readDocument(ctx, extendedDescription); err != nil {
		return err
	}
	if !reflect.DeepEqual(h, s.house.Load()) {
		s.house.Store(h)
	}
	return nil
}

func (s *Service) readDocument(ctx context.Context, name string) (Document, error) {
	rows, err := db.All(ctx, s.DB, func(r *documentRow) []any { return []any{&r.text, &r.at} },
		"SELECT text, updated_at FROM instance_documents WHERE name = $1", name)
	if err != nil || len(rows) == 0 {
		return Document{}, err
	}
	d := Document{Text: rows[0].text, UpdatedAt: fromMillis(rows[0].at)}
	d.HTML, err = html(d.Text)
	return d, err
}

type documentRow struct {
	text string
	at   int64
}

// html reads a text as Markdown.
func html(typed string) (string, error) {
	made, err := markdown.Document([]byte(typed))
	return strings.TrimSpace(made), err
}
