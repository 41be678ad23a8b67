package moderation

import (
	"context"
	"fmt"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Assign makes a moderator look after a report, 0: nobody. Returns NotFound if
// there is no such report.
func (s *Service) Assign(ctx context.Context, by Actor, id, to ids.ID) (*Report, error) {
	word := "assign_to_self"
	if to == 0 {
		word = "unassign"
	}
	return s.changeReport(ctx, by, id, word, "assigned_id = $3", to)
}

// Resolve marks a report as dealt with. Returns NotFound if there is none.
func (s *Service) Resolve(ctx context.Context, by Actor, id ids.ID) (*Report, error) {
	return s.changeReport(ctx, by, id, "resolve", "resolved_at = $2, resolved_id = $3", by.ID)
}

// Reopen takes Resolve back. Returns NotFound if there is no such report.
func (s *Service) Reopen(ctx context.Context, by Actor, id ids.ID) (*Report, error) {
	return s.changeReport(ctx, by, id, "reopen", "resolved_at = 0, resolved_id = $3", ids.ID(0))
}

// Classify changes what a report is about; nil leaves a thing as it is. Returns
// NotFound if there is no such report; Invalid for an unknown category.
func (s *Service) Classify(ctx context.Context, by Actor, id ids.ID, category *Category, rules *[]ids.ID) (*Report, error) {
	old, err := s.ReportByID(ctx, id)
	if err != nil {
		return nil, err
	}
	if category == nil {
		category = &old.Category
	}
	if !category.valid() {
		return nil, invalid("category", "ERR_INCLUSION", "is not one of spam, legal, violation, other")
	}
	broken := old.RuleIDs
	if rules != nil {
		broken = distinct(*rules)
	}
	if *category != Violation {
		broken = nil
	}
	return s.withReport(ctx, by, id, "update", fmt.Sprint("category: ", *category), func(tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, "UPDATE moderation_reports SET category = $2, updated_at = $3 WHERE id = $1", id, string(*category), s.Now().UnixMilli()); err != nil {
			return err
		}
		if slices.Equal(broken, old.RuleIDs) {
			return nil
		}
		if _, err := db.Exec(ctx, tx, "DELETE FROM moderation_report_rules WHERE report_id = $1", id); err != nil {
			return err
		}
		return attach(ctx, tx, "INSERT INTO moderation_report_rules (report_id, rule_id) VALUES ($1, $2)", id, broken)
	})
}

// changeReport sets a column of a report to who.
func (s *Service) changeReport(ctx context.Context, by Actor, id ids.ID, word, set string, who ids.ID) (*Report, error) {
	return s.withReport(ctx, by, id, word, "", func(tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, "UPDATE moderation_reports SET updated_at = $2, "+set+" WHERE id = $1", id, s.Now().UnixMilli(), who)
		return err
	})
}

// withReport runs f about a report that is there, logs it, and returns the report.
func (s *Service) withReport(ctx context.Context, by Actor, id ids.ID, word, details string, f func(tx *db.Tx) error) (*Report, error) {
	var r *Report
	err := s.write(ctx, func(tx *db.Tx) error {
		if _, err := s.report(ctx, tx, id); err != nil {
			return err
		}
		if err := f(tx); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, Entry{Action: word, Kind: "report", TargetID: id, Target: "#" + id.String(), Details: details}); err != nil {
			return err
		}
		var err error
		r, err = s.report(ctx, tx, id)
		return err
	})
	return r, err
}
