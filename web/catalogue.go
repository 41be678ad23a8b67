package web

import (
	"embed"

	"github.com/guildhall/guildhall/internal/words"
)

//go:embed words
var wordFiles embed.FS

// catalogue is what the pages say in one language.
type catalogue struct{ *words.Catalogue }

// loadCatalogues returns the languages of the pages, the first one for whoever
// speaks none of them.
func loadCatalogues() []*catalogue {
	var all []*catalogue
	for _, c := range words.Load(wordFiles) {
		all = append(all, &catalogue{c})
	}
	return all
}
