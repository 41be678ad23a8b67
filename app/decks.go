package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/guildhall/guildhall/decks"
	"github.com/guildhall/guildhall/practice/deck"
)

// LintDecks checks the decks in folders, or those of this program if there is no
// folder. It writes a line for each problem, as compilers do, and one for each
// deck that has none. The error says how many problems there are.
func LintDecks(folders []string, out io.Writer) error {
	terms, err := deck.ReadTerms(decks.Files)
	if err != nil {
		return err
	}
	problems := 0
	if len(folders) == 0 {
		if problems, err = lint(decks.Files, "decks", terms, out); err != nil {
			return err
		}
	}
	for _, folder := range folders {
		n, err := lintFolder(folder, terms, out)
		if err != nil {
			return err
		}
		problems += n
	}
	if problems > 0 {
		return fmt.Errorf("%d problems", problems)
	}
	return nil
}

func lintFolder(folder string, terms *deck.Terms, out io.Writer) (problems int, err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	return lint(root.FS(), folder, terms, out)
}

// lint checks all decks in a folder, at any depth.
func lint(fsys fs.FS, folder string, terms *deck.Terms, out io.Writer) (problems int, err error) {
	dirs, err := deck.Dirs(fsys)
	if err != nil {
		return 0, err
	}
	if len(dirs) == 0 {
		dirs = []string{"."} // which says what is missing
	}
	for _, dir := range dirs {
		d, err := deck.Read(fsys, dir, terms)
		var found deck.Problems
		if err != nil && !errors.As(err, &found) {
			return 0, err
		}
		for _, p := range found {
			p.File = filepath.Join(folder, dir, p.File)
			if _, err := fmt.Fprintln(out, p); err != nil {
				return 0, err
			}
		}
		problems += len(found)
		if found == nil {
			if _, err := fmt.Fprintf(out, "%s: %d cards, no problems\n", filepath.Join(folder, dir), len(d.Cards)); err != nil {
				return 0, err
			}
		}
	}
	return problems, nil
}
