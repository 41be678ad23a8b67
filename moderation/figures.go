package moderation

import (
	"context"

	"github.com/guildhall/guildhall/internal/days"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Opened returns how many reports came on each day of a span.
func (s *Service) Opened(ctx context.Context, span days.Span) (days.Counts, error) {
	from, before := span.Times()
	list, err := db.Values[ids.ID](ctx, s.DB, "SELECT id FROM moderation_reports WHERE id >= $1 AND id < $2", ids.At(from), ids.At(before))
	daily := days.Counts{}
	for _, id := range list {
		daily[days.Of(id.Time())]++
	}
	return daily, err
}

// Resolved returns how many of the reports that are resolved were so on each day
// of a span.
func (s *Service) Resolved(ctx context.Context, span days.Span) (days.Counts, error) {
	type row struct {
		day     days.Day
		reports int
	}
	from, before := span.Times()
	rows, err := db.All(ctx, s.DB, func(r *row) []any { return []any{&r.day, &r.reports} },
		`SELECT resolved_at / 86400000, COUNT(*) FROM moderation_reports
		WHERE resolved_at <> 0 AND resolved_at >= $1 AND resolved_at < $2 GROUP BY resolved_at / 86400000`, from.UnixMilli(), before.UnixMilli())
	daily := days.Counts{}
	for _, r := range rows {
		daily[r.day] = r.reports
	}
	return daily, err
}
