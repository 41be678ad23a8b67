package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/guildhall/guildhall/app"
)

// deck is the group of commands about decks of interview questions. Those that
// keep something work on the database directly, also while the server runs.
type deck struct {
	Lint   deckLint   `cmd:"" help:"Check decks: print what is wrong with them as file:line: text."`
	Import deckImport `cmd:"" help:"Take decks from a folder, a .tar.gz or the https address of one."`
	Update deckUpdate `cmd:"" help:"Take a deck again from where it came from."`
	List   deckList   `cmd:"" help:"List the decks."`
}

type deckLint struct {
	Folders []string `arg:"" optional:"" type:"existingdir" help:"Folders with decks; default: the decks of this program."`
}

// Run checks the decks. It needs no database.
func (d deckLint) Run() error { return app.LintDecks(d.Folders, os.Stdout) }

// deckTaking are the options of commands that take decks.
type deckTaking struct {
	Revision string `help:"The commit that it is at, to be kept; default: the hash of what is read."`
	Yes      bool   `help:"Take it without asking."`
}

func (t deckTaking) options() app.DeckImport {
	return app.DeckImport{Revision: t.Revision, Yes: t.Yes, In: os.Stdin, Out: os.Stdout}
}

type deckImport struct {
	Source     string `arg:"" help:"Folder, .tar.gz or https address. The address is yours: it may lead to a machine of your own network."`
	deckTaking `embed:""`
}

// Run shows what would change, asks, and takes the decks.
func (d deckImport) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	o := d.options()
	o.Source = d.Source
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.ImportDecks(ctx, o) })
}

type deckUpdate struct {
	ID         string `arg:"" help:"The deck's id."`
	deckTaking `embed:""`
}

// Run shows what would change, asks, and takes the deck.
func (d deckUpdate) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.UpdateDeck(ctx, d.ID, d.options()) })
}

type deckList struct{}

// Run prints a line for each deck.
func (deckList) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.ListDecks(ctx, os.Stdout) })
}
