package moderation

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// ReportFilter narrows the list of reports; zero values do not.
type ReportFilter struct {
	Resolved  bool // those that were dealt with, instead of the open ones
	AccountID ids.ID
	TargetID  ids.ID
}

// reportRow is a report as stored.
type reportRow struct {
	Report
	updated, resolved int64
}

const reportColumns = "id, account_id, target_id, category, comment, updated_at, assigned_id, resolved_id, resolved_at"

func scanReport(r *reportRow) []any {
	return []any{&r.ID, &r.AccountID, &r.TargetID, &r.Category, &r.Comment, &r.updated, &r.AssignedID, &r.ResolvedID, &r.resolved}
}

// Reports lists reports, newest first.
func (s *Service) Reports(ctx context.Context, f ReportFilter, p page.Page) ([]*Report, error) {
	text := "SELECT " + reportColumns + " FROM moderation_reports WHERE resolved_at = 0"
	if f.Resolved {
		text = "SELECT " + reportColumns + " FROM moderation_reports WHERE resolved_at <> 0"
	}
	var args []any
	switch {
	case f.AccountID != 0 && f.TargetID != 0:
		text, args = text+" AND account_id = $1 AND target_id = $2", []any{f.AccountID, f.TargetID}
	case f.AccountID != 0:
		text, args = text+" AND account_id = $1", []any{f.AccountID}
	case f.TargetID != 0:
		text, args = text+" AND target_id = $1", []any{f.TargetID}
	}
	end, args := p.SQL("id", args)
	rows, err := db.All(ctx, s.DB, scanReport, text+end, args...)
	if err != nil {
		return nil, err
	}
	return s.wholeReports(ctx, s.DB, page.Sort(p, rows))
}

// ReportByID returns a report. Returns NotFound if there is none.
func (s *Service) ReportByID(ctx context.Context, id ids.ID) (*Report, error) {
	return s.report(ctx, s.DB, id)
}

func (s *Service) report(ctx context.Context, q db.Querier, id ids.ID) (*Report, error) {
	row, err := db.One(ctx, q, scanReport, "SELECT "+reportColumns+" FROM moderation_reports WHERE id = $1", id)
	if err != nil {
		return nil, err
	}
	all, err := s.wholeReports(ctx, q, []reportRow{row})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// wholeReports adds what other tables hold of reports.
func (s *Service) wholeReports(ctx context.Context, q db.Querier, rows []reportRow) ([]*Report, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	list := make([]ids.ID, len(rows))
	for i := range rows {
		list[i] = rows[i].ID
	}
	posts, err := attached(ctx, q, "SELECT report_id, status_id FROM moderation_report_statuses WHERE report_id IN ", list)
	if err != nil {
		return nil, err
	}
	rules, err := attached(ctx, q, "SELECT report_id, rule_id FROM moderation_report_rules WHERE report_id IN ", list)
	if err != nil {
		return nil, err
	}
	collections, err := attached(ctx, q, "SELECT report_id, collection_id FROM moderation_report_collections WHERE report_id IN ", list)
	if err != nil {
		return nil, err
	}
	out := make([]*Report, len(rows))
	for i := range rows {
		r := &rows[i].Report
		r.CreatedAt, r.UpdatedAt, r.ResolvedAt = r.ID.Time(), fromMillis(rows[i].updated), fromMillis(rows[i].resolved)
		r.StatusIDs, r.RuleIDs, r.CollectionIDs = posts[r.ID], rules[r.ID], collections[r.ID]
		out[i] = r
	}
	return out, nil
}

// attached reads what hangs on some rows, by a statement that ends with IN.
func attached(ctx context.Context, q db.Querier, text string, list []ids.ID) (map[ids.ID][]ids.ID, error) {
	type row struct{ of, id ids.ID }
	in, args := db.In(nil, list)
	rows, err := db.All(ctx, q, func(r *row) []any { return []any{&r.of, &r.id} }, text+in+" ORDER BY 1, 2", args...)
	out := map[ids.ID][]ids.ID{}
	for _, r := range rows {
		out[r.of] = append(out[r.of], r.id)
	}
	return out, err
}

// fromMillis returns the time of a column of Unix milliseconds; 0 is the zero time.
func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
