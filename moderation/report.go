package moderation

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Bounds of a report.
const (
	commentMax = 1000 // characters
	attachMax  = 100  // posts, collections, and rules
)

// Draft is a report as it is made.
type Draft struct {
	TargetID  ids.ID
	Category  Category // empty: Violation with rules, Other without
	Comment   string
	StatusIDs []ids.ID
	RuleIDs   []ids.ID
	// Collections, as StatusIDs.
	CollectionIDs []ids.ID
}

// Report records what somebody tells the moderators about an account. Posts and
// collections that are not the account's, or that the reporter may not see, are
// left out: nobody learns from a report what exists. Returns NotFound if there is no such
// account; Invalid for oneself, for an unknown category and a comment that is
// too long.
func (s *Service) Report(ctx context.Context, reporter ids.ID, d Draft) (*Report, error) {
	if _, err := s.Profiles.Account(ctx, d.TargetID); err != nil {
		return nil, err
	}
	if d.Category == "" {
		d.Category = Other
		if len(d.RuleIDs) > 0 {
			d.Category = Violation
		}
	}
	d.Comment = strings.TrimSpace(d.Comment)
	switch {
	case d.TargetID == reporter:
		return nil, invalid("account_id", "ERR_INVALID", "is yourself")
	case !d.Category.valid():
		return nil, invalid("category", "ERR_INCLUSION", "is not one of spam, legal, violation, other")
	case utf8.RuneCountInString(d.Comment) > commentMax:
		return nil, invalid("comment", "ERR_TOO_LONG", "is too long (maximum is 1000 characters)")
	}
	posts, err := s.reportable(ctx, reporter, d)
	if err != nil {
		return nil, err
	}
	collections, err := s.reportableCollections(ctx, reporter, d)
	if err != nil {
		return nil, err
	}
	r := &Report{AccountID: reporter, TargetID: d.TargetID, Category: d.Category, Comment: d.Comment, StatusIDs: posts, CollectionIDs: collections}
	if d.Category == Violation {
		r.RuleIDs = distinct(d.RuleIDs)
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		r.ID = s.IDs.Global()
		r.CreatedAt = r.ID.Time()
		r.UpdatedAt = r.CreatedAt
		return s.insertReport(ctx, tx, r)
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// reportable returns those posts of a draft that are the target's and that the
// reporter may see.
func (s *Service) reportable(ctx context.Context, reporter ids.ID, d Draft) ([]ids.ID, error) {
	views, err := s.Posts.GetMany(ctx, reporter, distinct(d.StatusIDs))
	if err != nil {
		return nil, err
	}
	var out []ids.ID
	for _, v := range views {
		if v.AccountID == d.TargetID {
			out = append(out, v.ID)
		}
	}
	return out, nil
}

// reportableCollections is reportable for collections.
func (s *Service) reportableCollections(ctx context.Context, reporter ids.ID, d Draft) ([]ids.ID, error) {
	var out []ids.ID
	for _, id := range distinct(d.CollectionIDs) {
		c, err := s.Profiles.Collection(ctx, reporter, id)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return nil, err
		}
		if err == nil && c.AccountID == d.TargetID {
			out = append(out, id)
		}
	}
	return out, nil
}

// distinct returns the ids sorted, each once and not too many.
func distinct(list []ids.ID) []ids.ID {
	list = slices.Clone(list)
	slices.Sort(list)
	list = slices.Compact(list)
	return list[:min(len(list), attachMax)]
}

func (s *Service) insertReport(ctx context.Context, tx *db.Tx, r *Report) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO moderation_reports (id, account_id, target_id, category, comment, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, r.ID, r.AccountID, r.TargetID, string(r.Category), r.Comment, r.UpdatedAt.UnixMilli())
	if err != nil {
		return err
	}
	if err := attach(ctx, tx, "INSERT INTO moderation_report_statuses (report_id, status_id) VALUES ($1, $2)", r.ID, r.StatusIDs); err != nil {
		return err
	}
	if err := attach(ctx, tx, "INSERT INTO moderation_report_rules (report_id, rule_id) VALUES ($1, $2)", r.ID, r.RuleIDs); err != nil {
		return err
	}
	if err := attach(ctx, tx, "INSERT INTO moderation_report_collections (report_id, collection_id) VALUES ($1, $2)", r.ID, r.CollectionIDs); err != nil {
		return err
	}
	_, err = s.outbox.Add(ctx, tx, Reported{ReportID: r.ID, AccountID: r.AccountID, TargetID: r.TargetID})
	return err
}

// attach runs a statement for each of some ids.
func attach(ctx context.Context, tx *db.Tx, text string, to ids.ID, list []ids.ID) error {
	for _, id := range list {
		if _, err := db.Exec(ctx, tx, text, to, id); err != nil {
			return err
		}
	}
	return nil
}

// invalid is the error for one input that is not acceptable.
func invalid(input, code, text string) error {
	name := strings.ReplaceAll(input, "_", " ")
	return &errs.Error{Kind: errs.Invalid, Text: "Validation failed: " + strings.ToUpper(name[:1]) + name[1:] + " " + text,
		Fields: map[string][]errs.Field{input: {{Code: code, Text: text}}}}
}
