package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/guildhall/guildhall/app"
)

type serve struct{}

// Run serves until it is told to end.
func (serve) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	a, err := app.Open(ctx, *c, app.Options{Log: log})
	if err != nil {
		return unlessTold(ctx, err)
	}
	err = a.Serve(ctx, func(ctx context.Context) error { return a.Welcome(ctx, os.Stdout) })
	if closing := a.Close(); err == nil {
		err = closing
	}
	return err
}

type demo struct {
	Accounts int    `default:"42" help:"How many members."`
	Posts    int    `default:"620" help:"How many posts."`
	Tokens   string `placeholder:"FILE" help:"Write the address and an access token of every member, for a load generator."`
}

// Run makes the community in a temporary folder, serves it, and removes it. Its
// members are made up: nothing of theirs may reach a mail server or the queues
// of a real community.
func (d demo) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	dir, err := os.MkdirTemp("", "guildhall-demo-")
	if err != nil {
		return err
	}
	c.Data, c.SMTPAddress, c.NATSURL = dir, "", ""
	err = app.Demo(ctx, *c, app.DemoOptions{Accounts: d.Accounts, Posts: d.Posts, TokensFile: d.Tokens, Log: log, Out: os.Stdout})
	if removing := os.RemoveAll(dir); err == nil {
		err = removing
	}
	return unlessTold(ctx, err)
}

// unlessTold returns what went wrong, which is nothing if the program was told
// to end while it started.
func unlessTold(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

type version struct{}

// Run prints the version.
func (version) Run() error {
	fmt.Println("guildhall", app.Version)
	return nil
}
