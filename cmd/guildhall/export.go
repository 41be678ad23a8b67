package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/guildhall/guildhall/app"
)

type export struct {
	Name   string `arg:"" help:"Username."`
	Output string `short:"o" placeholder:"FILE" help:"File to write, which must not exist; default: a name made of the user's and the day."`
}

// Run writes the archive, also while the server runs.
func (e export) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.Export(ctx, e.Name, e.Output, os.Stdout) })
}
