package app_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/guildhall/guildhall/app"
)

// Only who serves may throw a damaged search index away: a command may run
// beside a server that uses it.
func TestDamagedSearchIndex(t *testing.T) {
	ctx := context.Background()
	c := app.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", AdminListen: "off", Registrations: "open", RateLimits: "off", MaxCharacters: 500, MailFrom: "a@b.example"}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	file, damage := filepath.Join(c.Data, "search.db"), bytes.Repeat([]byte("no database "), 1000)
	if err := os.WriteFile(file, damage, 0o600); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	if err := app.Offline(ctx, c, log, func(*app.App) error { return nil }); err == nil {
		t.Error("a command opened a damaged file")
	}
	if left, err := os.ReadFile(file); err != nil || !bytes.Equal(left, damage) {
		t.Errorf("a command changed the file: %v", err)
	}
	a, err := app.Open(ctx, c, app.Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}
