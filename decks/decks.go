// Package decks is the bundled interview questions: Markdown files that people
// read and change by pull request, carried inside of the program. How a deck is
// written is in docs/decks.md, what reads it in practice/deck. Text only.
package decks

import "embed"

// Files holds roles.yaml, topics.yaml and a folder for each deck.
//
//go:embed roles.yaml topics.yaml */deck.yaml */cards/*.md
var Files embed.FS
