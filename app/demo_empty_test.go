package app_test

import (
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/app"
	"github.com/guildhall/guildhall/identity"
)

// Whoever starts the demo with the settings of a real community must not find
// made-up members in it.
func TestDemoLeavesACommunityAlone(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	c := app.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", AdminListen: "off", RateLimits: "off", MaxCharacters: 500, MailFrom: "a@b.example"}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	err := app.Offline(t.Context(), c, log, func(a *app.App) error {
		_, err := a.Profiles.Register(t.Context(), identity.SignUp{Username: "ann", Email: "ann@example.org", Trusted: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = app.Demo(t.Context(), c, app.DemoOptions{Accounts: 2, Posts: 2, Log: log, Out: io.Discard})
	if err == nil || !strings.Contains(err.Error(), "needs an empty database") {
		t.Errorf("%v", err)
	}
}
