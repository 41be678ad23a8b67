package identity

import (
	"context"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// userRow is a user as stored.
type userRow struct {
	User
	sealed  []byte
	hash    string
	created int64
}

const userColumns = `u.id, u.username, u.email, u.password_hash, u.role, u.locale, u.reason, u.app_id, u.created_at,
	u.confirmed, u.approved, u.disabled, u.suspended`

func scanUser(r *userRow) []any {
	return []any{&r.ID, &r.Username, &r.sealed, &r.hash, &r.Role, &r.Locale, &r.Reason, &r.AppID, &r.created,
		&r.Confirmed, &r.Approved, &r.Disabled, &r.Suspended}
}

// open finishes a row that was scanned.
func (s *Service) open(r *userRow) (*User, error) {
	email, err := s.keys.Open(r.sealed, emailContext(r.ID))
	if err != nil {
		return nil, err
	}
	r.Email, r.CreatedAt = string(email), fromMillis(r.created)
	u := r.User
	return &u, nil
}

// emailContext binds a sealed address to its user, so that it cannot be moved
// to another row.
func emailContext(id ids.ID) []byte { return []byte("identity_users.email:" + id.String()) }

// emailIndex returns the blind index of a normalized address.
func (s *Service) emailIndex(email string) []byte {
	return s.keys.Index([]byte(email), []byte("identity_users.email"))
}

// User returns a user, from the cache if possible. The value is shared and must
// not be changed. Returns NotFound if there is none.
func (s *Service) User(ctx context.Context, id ids.ID) (*User, error) {
	return lookup(ctx, s.cache, s.cache.users, id, func(ctx context.Context, g *generations) (cached[*User], error) {
		r, err := s.userRow(ctx, s.db, id)
		if err != nil {
			return cached[*User]{}, err
		}
		u, err := s.open(&r)
		if err != nil {
			return cached[*User]{}, err
		}
		return keep(s.cache, u, id, g, userFor), nil
	})
}

func (s *Service) userRow(ctx context.Context, q db.Querier, id ids.ID) (userRow, error) {
	return db.One(ctx, q, scanUser, "SELECT "+userColumns+" FROM identity_users u WHERE u.id = $1", id)
}

// UserByLogin returns the user with a username or an e-mail address, whatever
// its case. Returns NotFound if there is none.
func (s *Service) UserByLogin(ctx context.Context, login string) (*User, error) {
	r, err := s.rowByLogin(ctx, login)
	if err != nil {
		return nil, err
	}
	return s.open(&r)
}

func (s *Service) rowByLogin(ctx context.Context, login string) (userRow, error) {
	if strings.Contains(login, "@") {
		email, ok := normalizeEmail(login)
		if !ok {
			return userRow{}, errs.NotFoundRecord()
		}
		return db.One(ctx, s.db, scanUser, "SELECT "+userColumns+" FROM identity_users u WHERE u.email_index = $1", s.emailIndex(email))
	}
	name := strings.TrimSpace(login)
	if !usernamePattern.MatchString(name) {
		return userRow{}, errs.NotFoundRecord()
	}
	return db.One(ctx, s.db, scanUser, "SELECT "+userColumns+` FROM identity_usernames n
		JOIN identity_users u ON u.id = n.user_id WHERE n.name = $1`, strings.ToLower(name))
}

// weight is about what a cached user takes, in bytes.
func (u *User) weight() uint32 {
	return uint32(256 + len(u.Username) + len(u.Email) + len(u.Reason))
}

// counts is how many people may use the server, and how many of them did
// within 30 and 180 days.
type counts struct{ total, month, halfyear int }

// countFor is how long counts are good.
const countFor = time.Minute

// CountActive returns how many users there are and how many were seen in the
// last 30 and 180 days; the numbers may be a minute old.
func (s *Service) CountActive(ctx context.Context) (total, activeMonth, activeHalfyear int, err error) {
	now := s.now()
	s.mu.Lock()
	c, good := s.counted, now.Sub(s.countAge) < countFor
	s.mu.Unlock()
	if !good {
		if c, err = s.count(ctx, now); err != nil {
			return 0, 0, 0, err
		}
		s.mu.Lock()
		s.counted, s.countAge = c, now
		s.mu.Unlock()
	}
	return c.total, c.month, c.halfyear, nil
}

func (s *Service) count(ctx context.Context, now time.Time) (c counts, err error) {
	c.total, err = db.Value[int](ctx, s.db,
		"SELECT COUNT(*) FROM identity_users WHERE id > 0 AND confirmed AND approved AND NOT disabled AND NOT suspended")
	if err != nil {
		return c, err
	}
	const seen = "SELECT COUNT(*) FROM identity_activity WHERE seen_at > $1"
	if c.month, err = db.Value[int](ctx, s.db, seen, now.AddDate(0, 0, -30).UnixMilli()); err != nil {
		return c, err
	}
	c.halfyear, err = db.Value[int](ctx, s.db, seen, now.AddDate(0, 0, -180).UnixMilli())
	return c, err
}
