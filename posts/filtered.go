package posts

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/maypok86/otter/v2"
)

// FilterSet is all of an account's filters, ready to be held against posts. It
// is shared and must not be changed. The zero value matches nothing.
type FilterSet struct {
	owner   ids.ID
	filters []Filter
	named   map[ids.ID][]int // filters by the posts that they name, as indexes
	plain   wordFinder
	whole   wordFinder // in texts whose word boundaries are marked
}

// wordFinder finds keywords and knows whose they are.
type wordFinder struct {
	*keywords // nil: none
	words     []wordOf
}

// wordOf is a keyword, by the indexes of its filter and of its place there.
type wordOf struct{ filter, keyword int }

// FilterMatch is a filter that matches a post, and by what.
type FilterMatch struct {
	*Filter
	Keywords []string
	Statuses []ids.ID
}

// noFilters is the set of those who have none, which are most.
var noFilters = &FilterSet{}

// FilterSet returns an account's filters to hold against posts. It comes from
// memory mostly. Account 0 has none.
func (s *Service) FilterSet(ctx context.Context, account ids.ID) (*FilterSet, error) {
	if account <= 0 {
		return noFilters, nil
	}
	if f, ok := s.filters.GetIfPresent(account); ok {
		return f, nil
	}
	return s.filters.Get(ctx, account, otter.LoaderFunc[ids.ID, *FilterSet](func(ctx context.Context, account ids.ID) (*FilterSet, error) {
		all, err := readFilters(ctx, s.DB, account)
		if err != nil || len(all) == 0 {
			return noFilters, err
		}
		return newFilterSet(account, all), nil
	}))
}

// forgetFilters has an account's filters read again.
func (s *Service) forgetFilters(account ids.ID) { s.filters.Invalidate(account) }

func newFilterSet(owner ids.ID, all []Filter) *FilterSet {
	f := &FilterSet{owner: owner, filters: all, named: map[ids.ID][]int{}}
	for i := range all {
		for j, k := range all[i].Keywords {
			if word := fold(k.Keyword); k.WholeWord {
				f.whole.add(bounded(word), wordOf{i, j})
			} else {
				f.plain.add([]byte(word), wordOf{i, j})
			}
		}
		for _, n := range all[i].Statuses {
			f.named[n.PostID] = append(f.named[n.PostID], i)
		}
	}
	for _, w := range []wordFinder{f.plain, f.whole} {
		if w.keywords != nil {
			w.link()
		}
	}
	return f
}

func (w *wordFinder) add(word []byte, of wordOf) {
	if w.keywords == nil {
		w.keywords = newKeywords()
	}
	w.keywords.add(word)
	w.words = append(w.words, of)
}

// size is about how many bytes the set takes.
func (f *FilterSet) size() int {
	n := 128
	for i := range f.filters {
		n += 256 + len(f.filters[i].Title) + 128*len(f.filters[i].Statuses)
	}
	for _, w := range []wordFinder{f.plain, f.whole} {
		if w.keywords != nil {
			n += w.keywords.size() + 128*len(w.words)
		}
	}
	return n
}

// Match returns the filters that match a post, a boost by what it boosts, in
// the order in which they were made. The account's own posts match nothing.
func (f *FilterSet) Match(v *View, now time.Time) []FilterMatch {
	if len(f.filters) == 0 {
		return nil
	}
	shown := v
	if v.Boost != nil {
		shown = v.Boost
	}
	if shown.AccountID == f.owner {
		return nil
	}
	words := f.wordsIn(shown)
	if len(words) == 0 && f.named[shown.ID] == nil && f.named[v.ID] == nil {
		return nil
	}
	var out []FilterMatch
	for i := range f.filters {
		m := FilterMatch{Filter: &f.filters[i]}
		for ; len(words) > 0 && words[0].filter == i; words = words[1:] {
			m.Keywords = append(m.Keywords, m.Filter.Keywords[words[0].keyword].Keyword)
		}
		if slices.Contains(f.named[shown.ID], i) {
			m.Statuses = append(m.Statuses, shown.ID)
		}
		if v != shown && slices.Contains(f.named[v.ID], i) {
			m.Statuses = append(m.Statuses, v.ID)
		}
		if len(m.Keywords)+len(m.Statuses) > 0 && (m.ExpiresAt.IsZero() || m.ExpiresAt.After(now)) {
			out = append(out, m)
		}
	}
	return out
}

// wordsIn returns the keywords that are in a post, in the order of the filters.
func (f *FilterSet) wordsIn(v *View) []wordOf {
	if f.plain.keywords == nil && f.whole.keywords == nil {
		return nil
	}
	var plain, whole [][]byte
	for _, text := range readable(v) {
		text = fold(text)
		if f.plain.keywords != nil {
			plain = append(plain, []byte(text))
		}
		if f.whole.keywords != nil {
			whole = append(whole, bounded(text))
		}
	}
	var out []wordOf
	if f.plain.keywords != nil {
		f.plain.find(plain, func(word int32) { out = append(out, f.plain.words[word]) })
	}
	if f.whole.keywords != nil {
		f.whole.find(whole, func(word int32) { out = append(out, f.whole.words[word]) })
	}
	slices.SortFunc(out, func(a, b wordOf) int { return cmp.Or(a.filter-b.filter, a.keyword-b.keyword) })
	return out
}

// readable returns everything in a post that can be read, apart from each other
// as they stand apart.
func readable(v *View) []string {
	out := make([]string, 0, 8)
	for _, text := range []string{v.Text, v.Spoiler} {
		if text != "" {
			out = append(out, text)
		}
	}
	if v.Poll != nil {
		for _, o := range v.Poll.Options {
			out = append(out, o.Title)
		}
	}
	for i := range v.Media {
		if text := v.Media[i].Description; text != "" {
			out = append(out, text)
		}
	}
	for _, tag := range v.Tags {
		out = append(out, "#"+tag)
	}
	return out
}
