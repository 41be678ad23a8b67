package mastodon

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// filterEntity is Filter of the API.
type filterEntity struct {
	filterSummary
	Keywords []keywordEntity      `json:"keywords"`
	Statuses []filterStatusEntity `json:"statuses"`
}

// keywordEntity is FilterKeyword of the API.
type keywordEntity struct {
	ID        ids.ID `json:"id"`
	Keyword   string `json:"keyword"`
	WholeWord bool   `json:"whole_word"`
}

// filterStatusEntity is FilterStatus of the API.
type filterStatusEntity struct {
	ID       ids.ID `json:"id"`
	StatusID ids.ID `json:"status_id"`
}

func newFilterEntity(f *posts.Filter) filterEntity {
	return filterEntity{newFilterSummary(f), newKeywordEntities(f), newFilterStatusEntities(f)}
}

func newKeywordEntities(f *posts.Filter) []keywordEntity {
	list := make([]keywordEntity, len(f.Keywords))
	for i := range f.Keywords {
		list[i] = newKeywordEntity(&f.Keywords[i])
	}
	return list
}

func newKeywordEntity(k *posts.FilterKeyword) keywordEntity {
	return keywordEntity{k.ID, k.Keyword, k.WholeWord}
}

func newFilterStatusEntities(f *posts.Filter) []filterStatusEntity {
	list := make([]filterStatusEntity, len(f.Statuses))
	for i, n := range f.Statuses {
		list[i] = filterStatusEntity{n.ID, n.PostID}
	}
	return list
}

// filterParams are what making and changing a filter take.
type filterParams struct {
	Title    *string         `param:"title"`
	Context  []string        `param:"context"`
	Action   *string         `param:"filter_action"`
	Expires  *string         `param:"expires_in"` // seconds; nothing: never
	Expiring bool            `given:"expires_in"`
	Keywords []keywordParams `param:"keywords_attributes"`
}

// keywordParams are a keyword of a filter.
type keywordParams struct {
	ID        ids.ID  `param:"id"`
	Keyword   *string `param:"keyword"`
	WholeWord *bool   `param:"whole_word"`
	Destroy   bool    `param:"_destroy"`
}

func (p *filterParams) draft() (d posts.FilterDraft, err error) {
	d.Title = p.Title
	if d.Contexts, err = parseContexts(p.Context); err != nil {
		return d, err
	}
	if p.Action != nil {
		i := slices.Index(filterActions[:], *p.Action)
		if i < 0 {
			return d, wrongType("filter_action", "is not included in the list")
		}
		d.Action = new(posts.FilterAction(i))
	}
	if p.Expiring {
		if d.Expires, err = parseExpiry(p.Expires); err != nil {
			return d, err
		}
	}
	for _, k := range p.Keywords {
		if k.ID == 0 && (k.Destroy || k.Keyword == nil) {
			continue // an empty line of a form
		}
		d.Keywords = append(d.Keywords, posts.KeywordDraft{ID: k.ID, Keyword: k.Keyword, WholeWord: k.WholeWord, Delete: k.Destroy})
	}
	return d, nil
}

// parseContexts returns nil for nil.
func parseContexts(names []string) (*posts.FilterContexts, error) {
	if names == nil {
		return nil, nil
	}
	var all posts.FilterContexts
	for _, name := range names {
		i := slices.Index(filterContexts[:], name)
		if i < 0 {
			return nil, wrongType("context", "None or invalid context supplied")
		}
		all |= 1 << i
	}
	return &all, nil
}

// parseExpiry reads a number of seconds, of which none and 0 mean never.
func parseExpiry(text *string) (*time.Duration, error) {
	if text == nil || *text == "" {
		return new(time.Duration), nil
	}
	const most = 100 * 365 * 24 * 3600
	n, err := strconv.ParseInt(*text, 10, 64)
	if err != nil || n < 0 || n > most {
		return nil, wrongType("expires_in", "must be a number of seconds")
	}
	return new(time.Duration(n) * time.Second), nil
}

func (s *server) listFilters(c *Call) error {
	all, err := s.Posts.Filters(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	list := make([]filterEntity, len(all))
	for i := range all {
		list[i] = newFilterEntity(&all[i])
	}
	return c.JSON(http.StatusOK, list)
}

// filterIn returns the filter whose id is a part of the path.
func (s *server) filterIn(c *Call, name string) (*posts.Filter, error) {
	id, err := c.PathID(name)
	if err != nil {
		return nil, err
	}
	return s.Posts.Filter(c.R.Context(), c.Viewer(), id)
}

func (s *server) getFilter(c *Call) error {
	f, err := s.filterIn(c, "id")
	return answerFilter(c, f, err)
}

func answerFilter(c *Call, f *posts.Filter, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newFilterEntity(f))
}

func (c *Call) filterDraft() (posts.FilterDraft, error) {
	var in filterParams
	if err := c.Decode(&in); err != nil {
		return posts.FilterDraft{}, err
	}
	return in.draft()
}

func (s *server) createFilter(c *Call) error {
	d, err := c.filterDraft()
	if err != nil {
		return err
	}
	f, err := s.Posts.CreateFilter(c.R.Context(), c.Viewer(), d)
	return answerFilter(c, f, err)
}

func (s *server) updateFilter(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	d, err := c.filterDraft()
	if err != nil {
		return err
	}
	f, err := s.Posts.UpdateFilter(c.R.Context(), c.Viewer(), id, d)
	return answerFilter(c, f, err)
}

func (s *server) deleteFilter(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return answerEmpty(c, s.Posts.DeleteFilter(c.R.Context(), c.Viewer(), id))
}

func answerEmpty(c *Call, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}

func (s *server) listKeywords(c *Call) error {
	f, err := s.filterIn(c, "filter_id")
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newKeywordEntities(f))
}

func (s *server) getKeyword(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	k, err := s.Posts.Keyword(c.R.Context(), c.Viewer(), id)
	return answerKeyword(c, k, err)
}

func answerKeyword(c *Call, k *posts.FilterKeyword, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newKeywordEntity(k))
}

// oneKeywordParams are a keyword by itself.
type oneKeywordParams struct {
	Keyword   *string `param:"keyword"`
	WholeWord *bool   `param:"whole_word"`
}

func (s *server) addKeyword(c *Call) error {
	id, err := c.PathID("filter_id")
	if err != nil {
		return err
	}
	var in oneKeywordParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	k, err := s.Posts.AddKeyword(c.R.Context(), c.Viewer(), id, posts.KeywordDraft{Keyword: in.Keyword, WholeWord: in.WholeWord})
	return answerKeyword(c, k, err)
}

func (s *server) updateKeyword(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in oneKeywordParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	k, err := s.Posts.UpdateKeyword(c.R.Context(), c.Viewer(), posts.KeywordDraft{ID: id, Keyword: in.Keyword, WholeWord: in.WholeWord})
	return answerKeyword(c, k, err)
}

func (s *server) deleteKeyword(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return answerEmpty(c, s.Posts.DeleteKeyword(c.R.Context(), c.Viewer(), id))
}

func (s *server) listFilterStatuses(c *Call) error {
	f, err := s.filterIn(c, "filter_id")
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newFilterStatusEntities(f))
}

func (s *server) getFilterStatus(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	n, err := s.Posts.FilterStatus(c.R.Context(), c.Viewer(), id)
	return answerFilterStatus(c, n, err)
}

func answerFilterStatus(c *Call, n *posts.FilterStatus, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, filterStatusEntity{n.ID, n.PostID})
}

// filterStatusParams name a post.
type filterStatusParams struct {
	StatusID ids.ID `param:"status_id"`
}

func (s *server) addFilterStatus(c *Call) error {
	id, err := c.PathID("filter_id")
	if err != nil {
		return err
	}
	var in filterStatusParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	n, err := s.Posts.AddFilterStatus(c.R.Context(), c.Viewer(), id, in.StatusID)
	return answerFilterStatus(c, n, err)
}

func (s *server) deleteFilterStatus(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return answerEmpty(c, s.Posts.DeleteFilterStatus(c.R.Context(), c.Viewer(), id))
}
