package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/guildhall/guildhall/app"
)

// emoji is the group of commands about custom emoji. They work on the databases
// directly, also while the server runs.
type emoji struct {
	Add    emojiAdd    `cmd:"" help:"Add a custom emoji."`
	Remove emojiRemove `cmd:"" help:"Remove a custom emoji."`
	List   emojiList   `cmd:"" help:"List the custom emoji."`
}

type emojiAdd struct {
	Shortcode string `arg:"" help:"What people write between colons: letters, digits and underscores."`
	File      string `arg:"" type:"existingfile" help:"PNG, GIF or WebP image, 256 KiB at most."`
	Category  string `help:"Where it stands when emoji are picked."`
}

// Run adds the emoji; a running server shows it within seconds.
func (e emojiAdd) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.AddEmoji(ctx, e.Shortcode, e.File, e.Category) })
}

type emojiRemove struct {
	Shortcode string `arg:"" help:"Shortcode."`
}

// Run removes the emoji.
func (e emojiRemove) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.RemoveEmoji(ctx, e.Shortcode) })
}

type emojiList struct{}

// Run prints a line for each emoji.
func (emojiList) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.ListEmojis(ctx, os.Stdout) })
}
