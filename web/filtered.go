package web

import (
	"slices"
	"strings"

	"github.com/guildhall/guildhall/posts"
)

// sift applies the reader's filters of a place to posts that are shown there:
// those that a filter hides are left out, others are covered, or their pictures.
func sift(cards []card, in posts.FilterContexts) []card {
	cards = slices.DeleteFunc(cards, func(c card) bool { return c.hidden(in) })
	for i := range cards {
		c := &cards[i]
		c.Filtered, c.Blurred = c.filters(in, posts.FilterWarn), c.filters(in, posts.FilterBlur)
		c.siftQuoted(in)
	}
	return cards
}

// siftQuoted does the same to what a post quotes. Within what is shown nothing
// is left out.
func (c *card) siftQuoted(in posts.FilterContexts) {
	if q := c.Quoted; q != nil {
		q.Filtered = joined(q.filters(in, posts.FilterHide), q.filters(in, posts.FilterWarn))
		q.Blurred = q.filters(in, posts.FilterBlur)
	}
}

// hidden tells whether a filter leaves the post out of a place.
func (c card) hidden(in posts.FilterContexts) bool { return c.filters(in, posts.FilterHide) != "" }

// filters names the reader's filters that do something to the post in a place,
// empty: none.
func (c card) filters(in posts.FilterContexts, do posts.FilterAction) string {
	var titles []string
	for _, m := range c.matches {
		if m.Action == do && m.Contexts&in != 0 {
			titles = append(titles, m.Title)
		}
	}
	return strings.Join(titles, ", ")
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}
