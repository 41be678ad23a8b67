package main

import (
	"context"
	"os"

	"github.com/guildhall/guildhall/app"
)

type practice struct {
	Role    string `default:"back-end" help:"What you prepare for: back-end, full-stack, platform or data."`
	Level   string `default:"mid" help:"junior, mid, senior or staff."`
	Minutes int    `default:"25" help:"How long the session is, 5 to 120."`
	File    string `name:"file" placeholder:"FILE" help:"Where answers and ratings are kept; default: guildhall/practice.json in your folder of settings."`
	Due     bool   `help:"List the cards whose review is due, and no more."`
}

// Run goes through a session on this terminal. It needs no server.
func (p practice) Run(ctx context.Context) error {
	return app.PracticeOffline(ctx, app.PracticeOptions{Role: p.Role, Level: p.Level, Minutes: p.Minutes, File: p.File, Due: p.Due, In: os.Stdin, Out: os.Stdout})
}
