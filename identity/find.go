package identity

import (
	"context"
	"fmt"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/page"
)

// Filter narrows a list of users; zero values do not.
type Filter struct {
	Status  Status
	Roles   []Role
	Inviter ids.ID // those who came with an invitation of this user
}

// Status is how far a user has come in.
type Status string

// The statuses.
const (
	StatusActive    Status = "active"
	StatusPending   Status = "pending" // waits for approval
	StatusDisabled  Status = "disabled"
	StatusSuspended Status = "suspended"
)

// conditions are the statuses as SQL.
var conditions = map[Status]string{
	StatusActive:    " AND u.confirmed AND u.approved AND NOT u.disabled AND NOT u.suspended",
	StatusPending:   " AND NOT u.approved",
	StatusDisabled:  " AND u.disabled",
	StatusSuspended: " AND u.suspended",
}

// Matches tells whether a user is in a status.
func (s Status) Matches(u *User) bool {
	switch s {
	case StatusActive:
		return u.Active()
	case StatusPending:
		return !u.Approved
	case StatusDisabled:
		return u.Disabled
	case StatusSuspended:
		return u.Suspended
	}
	return true
}

// Find lists users, the newest first.
func (s *Service) Find(ctx context.Context, f Filter, p page.Page) ([]*User, error) {
	text, args := "SELECT "+userColumns+" FROM identity_users u WHERE u.id > 0"+conditions[f.Status], []any(nil)
	if len(f.Roles) > 0 {
		var names []string
		for _, r := range f.Roles {
			names = append(names, string(r))
		}
		var in string
		in, args = db.In(args, names)
		text += " AND u.role IN " + in
		if !strings.Contains(strings.Join(names, " "), string(RoleUser)) {
			text += " AND u.role <> 'user'" // the index has these alone
		}
	}
	if f.Inviter != 0 {
		args = append(args, f.Inviter)
		text += fmt.Sprintf(" AND u.invite_id <> 0 AND u.invite_id IN (SELECT id FROM identity_invites WHERE user_id = $%d)", len(args))
	}
	end, args := p.SQL("u.id", args)
	rows, err := db.All(ctx, s.db, scanUser, text+end, args...)
	if err != nil {
		return nil, err
	}
	return s.openAll(page.Sort(p, rows))
}

// UsersByID returns those of the users that exist.
func (s *Service) UsersByID(ctx context.Context, list []ids.ID) (map[ids.ID]*User, error) {
	out := make(map[ids.ID]*User, len(list))
	if len(list) == 0 {
		return out, nil
	}
	in, args := db.In(nil, list)
	rows, err := db.All(ctx, s.db, scanUser, "SELECT "+userColumns+" FROM identity_users u WHERE u.id IN "+in, args...)
	if err != nil {
		return nil, err
	}
	users, err := s.openAll(rows)
	for _, u := range users {
		out[u.ID] = u
	}
	return out, err
}

func (s *Service) openAll(rows []userRow) ([]*User, error) {
	users := make([]*User, len(rows))
	for i := range rows {
		var err error
		if users[i], err = s.open(&rows[i]); err != nil {
			return nil, err
		}
	}
	return users, nil
}

// Inviters returns who has invited users, of those who were.
func (s *Service) Inviters(ctx context.Context, list []ids.ID) (map[ids.ID]ids.ID, error) {
	out := map[ids.ID]ids.ID{}
	if len(list) == 0 {
		return out, nil
	}
	type row struct{ user, inviter ids.ID }
	in, args := db.In(nil, list)
	rows, err := db.All(ctx, s.db, func(r *row) []any { return []any{&r.user, &r.inviter} },
		"SELECT u.id, i.user_id FROM identity_users u JOIN identity_invites i ON i.id = u.invite_id WHERE u.id IN "+in, args...)
	for _, r := range rows {
		out[r.user] = r.inviter
	}
	return out, err
}

// Remove deletes a user for good; the username stays taken. A user who is not
// there is no error.
func (s *Service) Remove(ctx context.Context, id ids.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return s.remove(ctx, tx, id, "DELETE FROM identity_users WHERE id = $1") })
}

// remove runs a statement that deletes a user, and then deletes what hangs on
// them. Nothing happens if it deletes nobody.
func (s *Service) remove(ctx context.Context, tx *db.Tx, id ids.ID, text string) error {
	n, err := db.Exec(ctx, tx, text, id)
	if err != nil || n == 0 {
		return err
	}
	for _, text := range []string{"DELETE FROM identity_links WHERE user_id = $1", "DELETE FROM identity_activity WHERE user_id = $1",
		"DELETE FROM identity_addresses WHERE user_id = $1", "DELETE FROM identity_invites WHERE user_id = $1",
		"DELETE FROM identity_imports WHERE user_id = $1",
		"UPDATE identity_exports SET user_id = 0, expires_at = 0 WHERE user_id = $1"} { // their files are deleted by who made them
		if _, err := db.Exec(ctx, tx, text, id); err != nil {
			return err
		}
	}
	if err := s.endAll(ctx, tx, id); err != nil { // also makes every node forget the user
		return err
	}
	_, err = s.outbox.Add(ctx, tx, Removed{UserID: id})
	return err
}

// Notify sends a mail to a user, which compose writes in their language (BCP 47).
// Returns NotFound if there is no such user, and the mail server's failures.
func (s *Service) Notify(ctx context.Context, id ids.ID, compose func(locale string) mail.Message) error {
	u, err := s.User(ctx, id)
	if err != nil {
		return err
	}
	return s.send(ctx, u, compose(u.Locale))
}
