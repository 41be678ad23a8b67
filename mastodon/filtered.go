package mastodon

import (
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// filterResult is FilterResult of the API.
type filterResult struct {
	Filter   filterSummary `json:"filter"`
	Keywords []string      `json:"keyword_matches"`
	Statuses []ids.ID      `json:"status_matches"`
}

// filterSummary is Filter of the API without what is in it.
type filterSummary struct {
	ID        ids.ID   `json:"id"`
	Title     string   `json:"title"`
	Context   []string `json:"context"`
	ExpiresAt *string  `json:"expires_at"`
	Action    string   `json:"filter_action"`
}

// filterContexts are the names in the API, in the order of the bits.
var filterContexts = [...]string{"home", "notifications", "public", "thread", "account"}

// filterActions are the names in the API.
var filterActions = [...]string{posts.FilterWarn: "warn", posts.FilterHide: "hide", posts.FilterBlur: "blur"}

func newFilterSummary(f *posts.Filter) filterSummary {
	return filterSummary{ID: f.ID, Title: f.Title, Context: contextNames(f.Contexts), ExpiresAt: timestamp(f.ExpiresAt), Action: filterActions[f.Action]}
}

func contextNames(in posts.FilterContexts) []string {
	names := make([]string, 0, len(filterContexts))
	for i, name := range filterContexts {
		if in&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// filtered writes the viewer's filters that match a post, whatever their
// contexts are: clients know where they show it.
func (w *statusWriter) filtered(v *posts.View) error {
	found := w.filters.Match(v, w.Now())
	if len(found) == 0 {
		w.buf = append(w.buf, `[]`...)
		return nil
	}
	results := make([]filterResult, len(found))
	for i, m := range found {
		results[i] = filterResult{newFilterSummary(m.Filter), append([]string{}, m.Keywords...), append([]ids.ID{}, m.Statuses...)}
	}
	body, err := encode(results)
	w.buf = append(w.buf, body...)
	return err
}
