package main

import (
	"os"

	"github.com/guildhall/guildhall/app"
)

// deck is the group of commands about decks of interview questions.
type deck struct {
	Lint deckLint `cmd:"" help:"Check decks: print what is wrong with them as file:line: text."`
}

type deckLint struct {
	Folders []string `arg:"" optional:"" type:"existingdir" help:"Folders with decks; default: the decks of this program."`
}

// Run checks the decks. It needs no database.
func (d deckLint) Run() error { return app.LintDecks(d.Folders, os.Stdout) }
