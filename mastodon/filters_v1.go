package mastodon

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// The first version of filters had one phrase each. It is a view of the same
// filters: each keyword is shown as a filter of its own, by its own id.

// filterEntityV1 is V1::Filter of the API.
type filterEntityV1 struct {
	ID           ids.ID   `json:"id"`
	Phrase       string   `json:"phrase"`
	Context      []string `json:"context"`
	WholeWord    bool     `json:"whole_word"`
	ExpiresAt    *string  `json:"expires_at"`
	Irreversible bool     `json:"irreversible"`
}

func newFilterEntityV1(f *posts.Filter, k *posts.FilterKeyword) filterEntityV1 {
	return filterEntityV1{k.ID, k.Keyword, contextNames(f.Contexts), k.WholeWord, timestamp(f.ExpiresAt), f.Action == posts.FilterHide}
}

// filterParamsV1 are what making and changing a filter take.
type filterParamsV1 struct {
	Phrase       *string  `param:"phrase"`
	Context      []string `param:"context"`
	Irreversible *bool    `param:"irreversible"`
	WholeWord    *bool    `param:"whole_word"`
	Expires      *string  `param:"expires_in"` // seconds; nothing: never
	Expiring     bool     `given:"expires_in"`
}

// draft returns what is to be changed of the filter that before was, nil for a
// new one, but for its keyword.
func (p *filterParamsV1) draft(before *posts.Filter) (d posts.FilterDraft, err error) {
	if d.Contexts, err = parseContexts(p.Context); err != nil {
		return d, err
	}
	if p.Expiring {
		if d.Expires, err = parseExpiry(p.Expires); err != nil {
			return d, err
		}
	}
	switch {
	case p.Irreversible == nil:
	case *p.Irreversible:
		d.Action = new(posts.FilterHide)
	case before == nil || before.Action == posts.FilterHide: // what blurs is reversible already
		d.Action = new(posts.FilterWarn)
	}
	return d, nil
}

// phraseTitle returns the title of a filter that has nothing but a phrase.
func phraseTitle(phrase string, most int) *string {
	n := 0
	for i := range phrase {
		if n++; n > most {
			phrase = phrase[:i]
			break
		}
	}
	return &phrase
}

// withKeyword returns the filter that has the keyword in the path.
func (s *server) withKeyword(c *Call) (*posts.Filter, *posts.FilterKeyword, error) {
	id, err := c.PathID("id")
	if err != nil {
		return nil, nil, err
	}
	k, err := s.Posts.Keyword(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return nil, nil, err
	}
	f, err := s.Posts.Filter(c.R.Context(), c.Viewer(), k.FilterID)
	return f, k, err
}

func (s *server) listFiltersV1(c *Call) error {
	all, err := s.Posts.Filters(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	list := []filterEntityV1{}
	for i := range all {
		for j := range all[i].Keywords {
			list = append(list, newFilterEntityV1(&all[i], &all[i].Keywords[j]))
		}
	}
	return c.JSON(http.StatusOK, list)
}

func (s *server) getFilterV1(c *Call) error {
	f, k, err := s.withKeyword(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newFilterEntityV1(f, k))
}

func (s *server) createFilterV1(c *Call) error {
	var in filterParamsV1
	if err := c.Decode(&in); err != nil {
		return err
	}
	d, err := in.draft(nil)
	if err != nil {
		return err
	}
	if in.Phrase == nil {
		return wrongType("phrase", "can't be blank")
	}
	if in.WholeWord == nil {
		in.WholeWord = new(false)
	}
	d.Title = phraseTitle(*in.Phrase, s.config.Posts.MaxTitle)
	d.Keywords = []posts.KeywordDraft{{Keyword: in.Phrase, WholeWord: in.WholeWord}}
	f, err := s.Posts.CreateFilter(c.R.Context(), c.Viewer(), d)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newFilterEntityV1(f, &f.Keywords[0]))
}

// updateFilterV1 changes a keyword and its filter. A filter with further keywords
// is not changed: that would change other filters of this view.
func (s *server) updateFilterV1(c *Call) error {
	before, k, err := s.withKeyword(c)
	if err != nil {
		return err
	}
	var in filterParamsV1
	if err := c.Decode(&in); err != nil {
		return err
	}
	d, err := in.draft(before)
	if err != nil {
		return err
	}
	alone := len(before.Keywords) == 1
	changes := d.Contexts != nil && *d.Contexts != before.Contexts || d.Action != nil && *d.Action != before.Action ||
		d.Expires != nil && (*d.Expires != 0 || !before.ExpiresAt.IsZero())
	if changes && !alone {
		return errs.New(errs.Invalid, "These parameters cannot be changed from this application because they apply to more than one filter keyword. Use a more recent application or the web interface.")
	}
	if in.Phrase != nil && alone && before.Title == *phraseTitle(k.Keyword, s.config.Posts.MaxTitle) {
		d.Title = phraseTitle(*in.Phrase, s.config.Posts.MaxTitle)
	}
	d.Keywords = []posts.KeywordDraft{{ID: k.ID, Keyword: in.Phrase, WholeWord: in.WholeWord}}
	f, err := s.Posts.UpdateFilter(c.R.Context(), c.Viewer(), before.ID, d)
	if err != nil {
		return err
	}
	for i := range f.Keywords {
		if f.Keywords[i].ID == k.ID {
			return c.JSON(http.StatusOK, newFilterEntityV1(f, &f.Keywords[i]))
		}
	}
	return errs.NotFoundRecord()
}

// deleteFilterV1 deletes a keyword, and its filter if that has nothing else.
func (s *server) deleteFilterV1(c *Call) error {
	f, k, err := s.withKeyword(c)
	if err != nil {
		return err
	}
	if len(f.Keywords) == 1 && len(f.Statuses) == 0 {
		return answerEmpty(c, s.Posts.DeleteFilter(c.R.Context(), c.Viewer(), f.ID))
	}
	return answerEmpty(c, s.Posts.DeleteKeyword(c.R.Context(), c.Viewer(), k.ID))
}
