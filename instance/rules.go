package instance

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/text/language"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/text"
)

// RuleDraft is a rule to be added, or a change of one; nil leaves a thing as it
// is. A new rule without a position comes last.
type RuleDraft struct {
	Text, Hint   *string
	Position     *int
	Translations *[]Translation
}

// maxPosition bounds the place of a rule in the list.
const maxPosition = 1_000_000

// AddRule adds a rule. Returns Invalid with Fields for texts that are missing or
// too long, a language that is none, and for too many rules.
func (s *Service) AddRule(ctx context.Context, by ids.ID, d RuleDraft) (*Rule, error) {
	r := &Rule{}
	if err := s.setRule(r, d); err != nil {
		return nil, err
	}
	err := s.changeHouse(ctx, by, "rules", func(tx *db.Tx) error {
		there, err := db.Values[int](ctx, tx, "SELECT position FROM instance_rules WHERE id > 0 ORDER BY id LIMIT 1000")
		if err != nil {
			return err
		}
		if len(there) >= s.config.MaxRules {
			return errs.New(errs.Invalid, "Validation failed: There are too many rules")
		}
		if d.Position == nil && len(there) > 0 {
			r.Position = min(slices.Max(there)+1, maxPosition)
		}
		r.ID = s.IDs.Global()
		if _, err := db.Exec(ctx, tx, "INSERT INTO instance_rules (id, position, text, hint) VALUES ($1, $2, $3, $4)",
			r.ID, r.Position, r.Text, r.Hint); err != nil {
			return err
		}
		return setTranslations(ctx, tx, r)
	})
	return r, err
}

// ChangeRule changes a rule. Returns NotFound if there is none, and Invalid as
// AddRule.
func (s *Service) ChangeRule(ctx context.Context, by, id ids.ID, d RuleDraft) (*Rule, error) {
	rules, err := s.readRules(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(rules, func(r *Rule) bool { return r.ID == id })
	if i < 0 {
		return nil, errs.NotFoundRecord()
	}
	r := rules[i]
	if err := s.setRule(r, d); err != nil {
		return nil, err
	}
	err = s.changeHouse(ctx, by, "rules", func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "UPDATE instance_rules SET position = $2, text = $3, hint = $4 WHERE id = $1", id, r.Position, r.Text, r.Hint)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFoundRecord()
		}
		if _, err := db.Exec(ctx, tx, "DELETE FROM instance_rule_translations WHERE rule_id = $1", id); err != nil {
			return err
		}
		return setTranslations(ctx, tx, r)
	})
	return r, err
}

// RemoveRule removes a rule. Returns NotFound if there is none.
func (s *Service) RemoveRule(ctx context.Context, by, id ids.ID) error {
	return s.changeHouse(ctx, by, "rules", func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "DELETE FROM instance_rules WHERE id = $1", id)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFoundRecord()
		}
		return nil
	})
}

// setRule sets what the draft has of a rule.
func (s *Service) setRule(r *Rule, d RuleDraft) error {
	p := problems{}
	if d.Text != nil {
		r.Text = text.Line(*d.Text)
	}
	p.length("text", r.Text, false, s.config.MaxRule)
	if d.Hint != nil {
		r.Hint = text.Clean(*d.Hint)
		p.length("hint", r.Hint, true, s.config.MaxRule)
	}
	if d.Position != nil {
		r.Position = min(max(*d.Position, 0), maxPosition)
	}
	if d.Translations != nil {
		r.Translations = s.translations(*d.Translations, p)
	}
	return p.error()
}

func (s *Service) translations(given []Translation, p problems) []Translation {
	if len(given) > s.config.MaxTranslated {
		p.add("translations", "ERR_TOO_MANY", fmt.Sprintf("are too many (maximum is %d)", s.config.MaxTranslated))
		return nil
	}
	var list []Translation
	for _, t := range given {
		tag, err := language.Parse(t.Language)
		if err != nil {
			p.add("translations", "ERR_INVALID", "are in a language that is none")
			continue
		}
		t = Translation{Language: tag.String(), Text: text.Line(t.Text), Hint: text.Clean(t.Hint)}
		p.length("translations", t.Text, false, s.config.MaxRule)
		p.length("translations", t.Hint, true, s.config.MaxRule)
		if slices.ContainsFunc(list, func(other Translation) bool { return other.Language == t.Language }) {
			p.add("translations", "ERR_TAKEN", "have a language twice")
		}
		list = append(list, t)
	}
	return list
}

func setTranslations(ctx context.Context, tx *db.Tx, r *Rule) error {
	for _, t := range r.Translations {
		if _, err := db.Exec(ctx, tx, "INSERT INTO instance_rule_translations (rule_id, language, text, hint) VALUES ($1, $2, $3, $4)",
			r.ID, t.Language, t.Text, t.Hint); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) readRules(ctx context.Context) ([]*Rule, error) {
	rules, err := db.All(ctx, s.DB, func(r *Rule) []any { return []any{&r.ID, &r.Position, &r.Text, &r.Hint} },
		"SELECT id, position, text, hint FROM instance_rules ORDER BY position, id LIMIT $1", s.config.MaxRules)
	if err != nil {
		return nil, err
	}
	list := make([]*Rule, len(rules))
	for i := range rules {
		r := &rules[i]
		if r.Translations, err = db.All(ctx, s.DB, func(t *Translation) []any { return []any{&t.Language, &t.Text, &t.Hint} },
			"SELECT language, text, hint FROM instance_rule_translations WHERE rule_id = $1 ORDER BY language", r.ID); err != nil {
			return nil, err
		}
		list[i] = r
	}
	return list, nil
}
