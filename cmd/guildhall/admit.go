package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/guildhall/guildhall/app"
)

type userApprove struct {
	Name string `arg:"" help:"Username."`
}

// Run lets the user in; the running server tells them by mail.
func (u userApprove) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.ApproveUser(ctx, u.Name) })
}

type userReject struct {
	Name string `arg:"" help:"Username."`
}

// Run removes the user; their name stays taken.
func (u userReject) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.RejectUser(ctx, u.Name) })
}

type userDisable struct {
	Name string `arg:"" help:"Username."`
}

// Run disables the user; their sessions end.
func (u userDisable) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.DisableUser(ctx, u.Name, true) })
}

type userEnable struct {
	Name string `arg:"" help:"Username."`
}

// Run enables the user.
func (u userEnable) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.DisableUser(ctx, u.Name, false) })
}

type userInvite struct {
	By   string        `arg:"" help:"Username of who invites."`
	Uses int           `default:"1" help:"How many people may use it."`
	For  time.Duration `default:"168h" help:"How long it is good."`
}

// Run prints the address to sign up at.
func (u userInvite) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.Invite(ctx, u.By, u.Uses, u.For, os.Stdout) })
}
