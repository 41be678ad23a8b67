package identity

import (
	"context"

	"github.com/guildhall/guildhall/internal/days"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// seen records in tx that a user is here, and counts them, once a day.
func (s *Service) seen(ctx context.Context, tx *db.Tx, userID ids.ID) error {
	type row struct {
		seen, created int64
		locale        string
	}
	u, err := db.One(ctx, tx, func(r *row) []any { return []any{&r.seen, &r.created, &r.locale} },
		`SELECT COALESCE(a.seen_at, 0), u.created_at, u.locale FROM identity_users u
		LEFT JOIN identity_activity a ON a.user_id = u.id WHERE u.id = $1`, userID)
	if errs.Is(err, errs.NotFound) { // removed a moment ago
		return nil
	}
	if err != nil {
		return err
	}
	now := s.now()
	today := days.Of(now)
	n, err := db.Exec(ctx, tx, `INSERT INTO identity_activity (user_id, seen_at, locale) VALUES ($1, $2, $3)
		ON CONFLICT (user_id) DO UPDATE SET seen_at = excluded.seen_at, locale = excluded.locale WHERE identity_activity.seen_at < $4`,
		userID, now.UnixMilli(), u.locale, today.Start().UnixMilli())
	if err != nil || n == 0 { // counted today
		return err
	}
	return countActive(ctx, tx, days.Of(fromMillis(u.created)), days.Of(fromMillis(u.seen)), today)
}

// countActive counts a user who joined on a day, was active on another and is
// so again.
func countActive(ctx context.Context, tx *db.Tx, joined, prior, today days.Day) error {
	if _, err := db.Exec(ctx, tx, `INSERT INTO identity_active (day, prior_day, users) VALUES ($1, $2, 1)
		ON CONFLICT (day, prior_day) DO UPDATE SET users = identity_active.users + 1`, today, prior); err != nil {
		return err
	}
	const retained = `INSERT INTO identity_retained (monthly, joined_day, active_day, users) VALUES ($1, $2, $3, 1)
		ON CONFLICT (monthly, joined_day, active_day) DO UPDATE SET users = identity_retained.users + 1`
	if _, err := db.Exec(ctx, tx, retained, false, joined, today); err != nil || prior >= today.Month() {
		return err
	}
	_, err := db.Exec(ctx, tx, retained, true, joined.Month(), today.Month())
	return err
}

// countJoined counts a new user.
func countJoined(ctx context.Context, tx *db.Tx, u *User) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO identity_joined (day, app_id, users) VALUES ($1, $2, 1)
		ON CONFLICT (day, app_id) DO UPDATE SET users = identity_joined.users + 1`, days.Of(u.CreatedAt), u.AppID)
	return err
}

// Active returns how many users were active on each day of a span, and how many
// different ones that were.
func (s *Service) Active(ctx context.Context, span days.Span) (daily days.Counts, people int, err error) {
	type row struct {
		day          days.Day
		users, fresh int
	}
	rows, err := db.All(ctx, s.db, func(r *row) []any { return []any{&r.day, &r.users, &r.fresh} },
		`SELECT day, CAST(SUM(users) AS BIGINT), CAST(SUM(CASE WHEN prior_day < $1 THEN users ELSE 0 END) AS BIGINT)
		FROM identity_active WHERE day >= $1 AND day <= $2 GROUP BY day`, span.First, span.Last)
	daily = days.Counts{}
	for _, r := range rows {
		daily[r.day] = r.users
		people += r.fresh
	}
	return daily, people, err
}

// Joined returns how many users joined on each day of a span; those who have
// left since count.
func (s *Service) Joined(ctx context.Context, span days.Span) (days.Counts, error) {
	type row struct {
		day   days.Day
		users int
	}
	rows, err := db.All(ctx, s.db, func(r *row) []any { return []any{&r.day, &r.users} },
		"SELECT day, CAST(SUM(users) AS BIGINT) FROM identity_joined WHERE day >= $1 AND day <= $2 GROUP BY day", span.First, span.Last)
	daily := days.Counts{}
	for _, r := range rows {
		daily[r.day] = r.users
	}
	return daily, err
}

// Source is how many users apps of a name have signed up.
type Source struct {
	App   string // empty: the web pages
	Users int
}

// Sources returns by which apps users joined in a span, the most used first.
func (s *Service) Sources(ctx context.Context, span days.Span, limit int) ([]Source, error) {
	return db.All(ctx, s.db, func(r *Source) []any { return []any{&r.App, &r.Users} },
		`SELECT COALESCE(a.name, ''), CAST(SUM(j.users) AS BIGINT) FROM identity_joined j LEFT JOIN identity_apps a ON a.id = j.app_id
		WHERE j.day >= $1 AND j.day <= $2 GROUP BY COALESCE(a.name, '') ORDER BY 2 DESC, 1 LIMIT $3`, span.First, span.Last, limit)
}

// LocaleUse is how many users have a language.
type LocaleUse struct {
	Locale string // BCP 47
	Users  int
}

// Locales returns which languages they have who were seen last in a span, the
// most frequent first.
func (s *Service) Locales(ctx context.Context, span days.Span, limit int) ([]LocaleUse, error) {
	from, before := span.Times()
	return db.All(ctx, s.db, func(r *LocaleUse) []any { return []any{&r.Locale, &r.Users} },
		`SELECT locale, COUNT(*) FROM identity_activity WHERE seen_at >= $1 AND seen_at < $2
		GROUP BY locale ORDER BY 2 DESC, 1 LIMIT $3`, from.UnixMilli(), before.UnixMilli(), limit)
}

// Retained is how many of those who joined on a day were active on another. Of
// months, both are first days.
type Retained struct {
	Joined, Active days.Day
	Users          int
}

// Retention returns who of those who joined on some days was active on these and
// those between. Monthly, joined are the first days of months. They must not be
// more than a few hundred, in order.
func (s *Service) Retention(ctx context.Context, monthly bool, joined []days.Day) ([]Retained, error) {
	if len(joined) == 0 {
		return nil, nil
	}
	in, args := db.In([]any{monthly, joined[0], joined[len(joined)-1]}, joined)
	return db.All(ctx, s.db, func(r *Retained) []any { return []any{&r.Joined, &r.Active, &r.Users} },
		`SELECT joined_day, active_day, users FROM identity_retained
		WHERE monthly = $1 AND active_day >= $2 AND active_day <= $3 AND joined_day IN `+in, args...)
}
