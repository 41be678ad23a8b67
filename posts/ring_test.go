package posts

import (
	"context"
	"slices"
	"testing"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"pgregory.net/rapid"
)

// table is a timeline in the database: all ids, newest first.
type table []ids.ID

func (tb table) read(_ context.Context, p page.Page) ([]item, error) {
	var out []item
	list := slices.Clone(tb)
	if p.Min != 0 {
		slices.Reverse(list)
	}
	for _, id := range list {
		if p.Holds(id) && len(out) < p.Limit {
			out = append(out, item{id: id})
		}
	}
	return out, nil
}

// A ring, whatever it has heard, in any order and more than once, and the table
// below it give together what the table alone would.
func TestRingReadsLikeItsTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tb table
		r := newRing(rapid.IntRange(1, 8).Draw(t, "size"))
		insert := func(id ids.ID) {
			if at, ok := slices.BinarySearchFunc(tb, id, func(a, b ids.ID) int { return int(b - a) }); !ok {
				tb = slices.Insert(tb, at, id)
			}
		}
		var loading []item
		filling := false
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			id := ids.ID(rapid.IntRange(1, 40).Draw(t, "id"))
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0, 1:
				insert(id)
				r.push(item{id: id})
			case 2:
				tb = slices.DeleteFunc(tb, func(x ids.ID) bool { return x == id })
				r.remove(id)
			case 3:
				if slices.Contains(tb, id) {
					r.push(item{id: id}) // the event comes again
				}
			case 4:
				r.begin()
				loading, _ = tb.read(context.Background(), page.Page{Limit: r.size})
				filling = true
			case 5:
				if filling {
					r.fill(loading, len(loading) < r.size)
					filling = false
				} else {
					r.empty()
				}
			}
			if filling {
				continue
			}
			near := func(name string) ids.ID { // 0, or around the floor, where mistakes are made
				if r.floor > 40 || rapid.Bool().Draw(t, name+" anywhere") {
					return ids.ID(rapid.IntRange(0, 41).Draw(t, name))
				}
				return max(0, r.floor+ids.ID(rapid.IntRange(-3, 3).Draw(t, name)))
			}
			p := page.Page{Limit: rapid.IntRange(1, 10).Draw(t, "limit"), Max: near("max")}
			if bound := near("bound"); rapid.Bool().Draw(t, "min") {
				p.Min = bound
			} else {
				p.Since = bound
			}
			want, _ := tb.read(context.Background(), p)
			got, err := r.fetch(context.Background(), p, tb.read)
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("%+v: got %v, want %v (%v)", p, got, want, r.items)
			}
		}
	})
}
