package app

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Offline opens the services over the databases alone, for f.
func Offline(ctx context.Context, c Config, log *slog.Logger, f func(*App) error) error {
	a, err := Open(ctx, c, Options{Log: log, Offline: true})
	if err != nil {
		return err
	}
	return errors.Join(f(a), a.Close())
}

// CreateUser makes a user who is confirmed and approved. The password is in's
// first line, or made up and printed if in is a terminal or empty.
func (a *App) CreateUser(ctx context.Context, name, email, role string, in, out *os.File) error {
	password, made, err := passwordFrom(in)
	if err != nil {
		return err
	}
	u, err := a.Profiles.Register(ctx, identity.SignUp{Username: name, Email: email, Password: password, Locale: "en",
		Agreed: true, Trusted: true, Role: identity.Role(role)})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "created %s (%s)\n", u.Username, u.Role)
	return tell(out, password, made)
}

// ListUsers prints a line for each user.
func (a *App) ListUsers(ctx context.Context, out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tROLE\tSTATE\tSINCE\tEMAIL")
	for after := ids.ID(0); ; {
		users, err := a.Identity.Users(ctx, after, 500)
		if err != nil {
			return err
		}
		if len(users) == 0 {
			break
		}
		for _, u := range users {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", u.Username, u.Role, state(u), u.CreatedAt.UTC().Format(time.DateOnly), u.Email)
			after = u.ID
		}
	}
	return w.Flush()
}

func state(u *identity.User) string {
	switch {
	case u.Suspended:
		return "suspended"
	case u.Disabled:
		return "disabled"
	case !u.Confirmed:
		return "unconfirmed"
	case !u.Approved:
		return "waits for approval"
	}
	return "active"
}

// SetPassword gives a user another password, read or made up as in CreateUser.
func (a *App) SetPassword(ctx context.Context, name string, in, out *os.File) error {
	u, err := a.named(ctx, name)
	if err != nil {
		return err
	}
	password, made, err := passwordFrom(in)
	if err != nil {
		return err
	}
	if err := a.Identity.SetPassword(ctx, u.ID, password); err != nil {
		return err
	}
	fmt.Fprintf(out, "changed the password of %s; all sessions and tokens have ended\n", u.Username)
	return tell(out, password, made)
}

// named returns the user of a name, or says which there is not.
func (a *App) named(ctx context.Context, name string) (*identity.User, error) {
	u, err := a.Identity.UserByLogin(ctx, name)
	if errs.Is(err, errs.NotFound) {
		return nil, fmt.Errorf("there is no user %q", name)
	}
	return u, err
}

// SetRole gives a user another role.
func (a *App) SetRole(ctx context.Context, name, role string) error {
	return a.audited(ctx, name, "change_role", role, func(ctx context.Context, id ids.ID) error { return a.Identity.SetRole(ctx, id, identity.Role(role)) })
}

// IssueToken returns a new access token of a user.
func (a *App) IssueToken(ctx context.Context, name, scopes string) (string, error) {
	u, err := a.named(ctx, name)
	if err != nil {
		return "", err
	}
	return a.Identity.IssueToken(ctx, u.ID, "Command line", scopes)
}

func tell(out io.Writer, password string, made bool) error {
	if !made {
		return nil
	}
	_, err := fmt.Fprintf(out, "password: %s\n", password)
	return err
}

// passwordFrom reads a password from what is piped in, or makes one up.
func passwordFrom(in *os.File) (password string, made bool, err error) {
	info, err := in.Stat()
	if err == nil && info.Mode()&os.ModeCharDevice == 0 {
		line, err := bufio.NewReader(io.LimitReader(in, 1024)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", false, err
		}
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			return line, false, nil
		}
	}
	raw := make([]byte, 15)
	rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw), true, nil
}
