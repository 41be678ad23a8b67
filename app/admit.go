package app

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
)

// ApproveUser lets a user in who waits for approval.
func (a *App) ApproveUser(ctx context.Context, name string) error {
	return a.withUser(ctx, name, a.Identity.Approve)
}

// RejectUser removes a user who waits for approval.
func (a *App) RejectUser(ctx context.Context, name string) error {
	return a.withUser(ctx, name, a.Identity.Reject)
}

// DisableUser keeps a user out, or lets them in again.
func (a *App) DisableUser(ctx context.Context, name string, disabled bool) error {
	action := "enable"
	if disabled {
		action = "disable"
	}
	return a.audited(ctx, name, action, "", func(ctx context.Context, id ids.ID) error { return a.Identity.Disable(ctx, id, disabled) })
}

func (a *App) withUser(ctx context.Context, name string, do func(context.Context, ids.ID) error) error {
	u, err := a.named(ctx, name)
	if err != nil {
		return err
	}
	return do(ctx, u.ID)
}

// Invite prints an address at which so many people can sign up for some time.
func (a *App) Invite(ctx context.Context, by string, uses int, good time.Duration, out io.Writer) error {
	return a.withUser(ctx, by, func(ctx context.Context, id ids.ID) error {
		code, err := a.Identity.CreateInvite(ctx, id, uses, a.now().Add(good))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s/auth/sign_up?invite=%s\n", a.config.BaseURL, url.QueryEscape(code))
		return err
	})
}
