package app

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/guildhall/guildhall/decks"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/terminal"
)

// PracticeOptions say what is practised on the terminal.
type PracticeOptions struct {
	Role, Level string
	Minutes     int
	File        string // of the log; empty: practice.json in the user's own folder of settings
	Due         bool   // only list what is due
	In, Out     *os.File
}

// PracticeOffline runs a session with the decks of this program, or lists what is
// due. It needs neither a server nor its databases.
func PracticeOffline(ctx context.Context, o PracticeOptions) error {
	if o.File == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return err
		}
		o.File = filepath.Join(dir, "guildhall", "practice.json")
	}
	t := terminal.Options{Decks: decks.Files, File: o.File, Plan: practice.Plan{Role: o.Role, Level: o.Level, Minutes: o.Minutes}, In: o.In, Out: o.Out, Now: time.Now}
	if o.Due {
		return terminal.Due(t)
	}
	return terminal.Run(ctx, t)
}
