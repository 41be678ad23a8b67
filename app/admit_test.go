package app_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/app"
	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
)

func TestWhoMayComeIn(t *testing.T) {
	ctx := context.Background()
	c := app.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", AdminListen: "off", Registrations: "approval", RateLimits: "off", MaxCharacters: 500, MailFrom: "a@b.example"}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	err := app.Offline(ctx, c, slog.New(slog.DiscardHandler), func(a *app.App) error {
		for _, name := range []string{"ann", "bob"} {
			_, err := a.Profiles.Register(ctx, identity.SignUp{Username: name, Email: name + "@example.org", Password: "long enough for it", Agreed: true, Reason: "why not"})
			if err != nil {
				return err
			}
		}
		state := func(name string) string {
			u, err := a.Identity.UserByLogin(ctx, name)
			switch {
			case errs.Is(err, errs.NotFound):
				return "gone"
			case err != nil:
				t.Fatal(err)
			case u.Disabled:
				return "disabled"
			case u.Approved:
				return "approved"
			}
			return "waits"
		}
		for _, step := range []struct {
			do   func() error
			name string
			want string
		}{
			{func() error { return nil }, "ann", "waits"},
			{func() error { return a.ApproveUser(ctx, "ann") }, "ann", "approved"},
			{func() error { return a.DisableUser(ctx, "ann", true) }, "ann", "disabled"},
			{func() error { return a.DisableUser(ctx, "ann", false) }, "ann", "approved"},
			{func() error { return a.RejectUser(ctx, "bob") }, "bob", "gone"},
		} {
			if err := step.do(); err != nil {
				return err
			}
			if got := state(step.name); got != step.want {
				t.Errorf("%s %s, want %s", step.name, got, step.want)
			}
		}
		if err := a.ApproveUser(ctx, "nobody"); err == nil || !strings.Contains(err.Error(), `no user "nobody"`) {
			t.Errorf("approving nobody: %v", err)
		}
		var out bytes.Buffer
		if err := a.Invite(ctx, "ann", 1, time.Hour, &out); err != nil {
			return err
		}
		if !strings.HasPrefix(out.String(), c.BaseURL+"/auth/sign_up?invite=") {
			t.Errorf("invitation %q", out.String())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
