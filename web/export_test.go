package web

import "strings"

// Pages are the patterns of all pages.
func Pages() []string {
	var patterns []string
	for _, r := range routes() {
		if pattern, ok := strings.CutPrefix(r.pattern, "GET "); ok {
			patterns = append(patterns, pattern)
		}
	}
	return patterns
}
