// Package page is how lists are read in parts: by the id that a part starts or
// ends at, never by counting rows. It knows the three cursors of the Mastodon
// API and their SQL, and nothing of what is listed.
package page

import (
	"fmt"
	"slices"

	"github.com/guildhall/guildhall/internal/ids"
)

// Page asks for one part of a list that is sorted by id, newest first.
type Page struct {
	Max   ids.ID // only ids below; 0: no bound
	Since ids.ID // only ids above, the newest of them; 0: no bound
	Min   ids.ID // only ids above, the ones next to it; 0: no bound
	Limit int    // most items, already bounded by the edge
}

// SQL returns the end of a statement that has a WHERE clause already, and args
// with the bounds appended: " AND id < $3 ORDER BY id DESC LIMIT $4". The rows
// of a Min page come oldest first: give them to Sort.
func (p Page) SQL(column string, args []any) (string, []any) {
	text := ""
	bound := func(op string, id ids.ID) {
		if id != 0 {
			args = append(args, id)
			text += fmt.Sprintf(" AND %s %s $%d", column, op, len(args))
		}
	}
	bound("<", p.Max)
	order := "DESC"
	if p.Min != 0 {
		bound(">", p.Min)
		order = "ASC"
	} else {
		bound(">", p.Since)
	}
	args = append(args, p.Limit)
	return text + fmt.Sprintf(" ORDER BY %s %s LIMIT $%d", column, order, len(args)), args
}

// Holds tells whether an id is within the bounds.
func (p Page) Holds(id ids.ID) bool {
	return (p.Max == 0 || id < p.Max) && id > max(p.Since, p.Min)
}

// Sort puts the rows that SQL's statement gave into the list's order.
func Sort[T any](p Page, rows []T) []T {
	if p.Min != 0 {
		slices.Reverse(rows)
	}
	return rows
}
