package posts

import (
	"context"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/text"
)

// FilterDraft is what a filter is to be like; nil leaves what it is.
type FilterDraft struct {
	Title    *string
	Contexts *FilterContexts
	Action   *FilterAction
	Expires  *time.Duration // from now; 0: never
	Keywords []KeywordDraft
}

// KeywordDraft is what is to become of a keyword.
type KeywordDraft struct {
	ID        ids.ID  // 0: a new one
	Keyword   *string // nil: as it is
	WholeWord *bool   // nil: as it is, true for a new one
	Delete    bool
}

// CreateFilter makes a filter. Returns Invalid for what breaks a limit.
func (s *Service) CreateFilter(ctx context.Context, account ids.ID, d FilterDraft) (*Filter, error) {
	var made *Filter
	err := s.changeFilters(ctx, account, func(c *filterChange) error {
		if len(c.all) >= s.config.MaxFilters {
			return errs.Newf(errs.Invalid, "Validation failed: You can't have more than %d filters", s.config.MaxFilters)
		}
		c.all = append(c.all, Filter{ID: s.IDs.New(account)})
		made = &c.all[len(c.all)-1]
		if err := c.set(made, d); err != nil {
			return err
		}
		if _, err := db.Exec(ctx, c.tx, "INSERT INTO posts_filters (id, account_id, title, contexts, action, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
			made.ID, account, made.Title, made.Contexts, made.Action, toMillis(made.ExpiresAt)); err != nil {
			return err
		}
		return c.setKeywords(ctx, made, d.Keywords)
	})
	return made, err
}

// UpdateFilter changes a filter. Returns NotFound if the account has none with
// this id, or if it has none of a keyword's, and Invalid for what breaks a limit.
func (s *Service) UpdateFilter(ctx context.Context, account, id ids.ID, d FilterDraft) (*Filter, error) {
	var changed *Filter
	err := s.changeFilters(ctx, account, func(c *filterChange) (err error) {
		if changed, err = filterOf(c.all, id); err != nil {
			return err
		}
		if err := c.set(changed, d); err != nil {
			return err
		}
		if _, err := db.Exec(ctx, c.tx, "UPDATE posts_filters SET title = $2, contexts = $3, action = $4, expires_at = $5 WHERE id = $1",
			id, changed.Title, changed.Contexts, changed.Action, toMillis(changed.ExpiresAt)); err != nil {
			return err
		}
		return c.setKeywords(ctx, changed, d.Keywords)
	})
	return changed, err
}

// DeleteFilter deletes a filter with all that is in it. Returns NotFound if the
// account has none with this id.
func (s *Service) DeleteFilter(ctx context.Context, account, id ids.ID) error {
	return s.changeFilters(ctx, account, func(c *filterChange) error {
		if _, err := filterOf(c.all, id); err != nil {
			return err
		}
		_, err := db.Exec(ctx, c.tx, "DELETE FROM posts_filters WHERE id = $1", id)
		return err
	})
}

// AddKeyword adds a keyword to a filter. Returns NotFound if the account has no
// filter with this id, and Invalid for what breaks a limit.
func (s *Service) AddKeyword(ctx context.Context, account, filter ids.ID, d KeywordDraft) (*FilterKeyword, error) {
	d.ID, d.Delete = 0, false
	return s.changeKeyword(ctx, account, d, func(c *filterChange) (*Filter, error) { return filterOf(c.all, filter) })
}

// UpdateKeyword changes a keyword. Returns NotFound if no filter of the account
// has one with this id, and Invalid for what breaks a limit.
func (s *Service) UpdateKeyword(ctx context.Context, account ids.ID, d KeywordDraft) (*FilterKeyword, error) {
	return s.changeKeyword(ctx, account, d, func(c *filterChange) (*Filter, error) {
		f, _, err := keywordOf(c.all, d.ID)
		return f, err
	})
}

// DeleteKeyword takes a keyword out of its filter. Returns NotFound if no filter
// of the account has one with this id.
func (s *Service) DeleteKeyword(ctx context.Context, account, id ids.ID) error {
	_, err := s.UpdateKeyword(ctx, account, KeywordDraft{ID: id, Delete: true})
	return err
}

func (s *Service) changeKeyword(ctx context.Context, account ids.ID, d KeywordDraft, in func(*filterChange) (*Filter, error)) (*FilterKeyword, error) {
	var changed *FilterKeyword
	err := s.changeFilters(ctx, account, func(c *filterChange) error {
		f, err := in(c)
		if err != nil {
			return err
		}
		if changed, err = c.setKeyword(ctx, f, d); err != nil {
			return err
		}
		return c.checkSize(f)
	})
	return changed, err
}

// AddFilterStatus makes a filter name a post; once more changes nothing. Returns
// NotFound if the account has no such filter or may not see the post.
func (s *Service) AddFilterStatus(ctx context.Context, account, filter, post ids.ID) (*FilterStatus, error) {
	if _, err := s.visibleTo(ctx, account, post); err != nil {
		return nil, err
	}
	var added *FilterStatus
	err := s.changeFilters(ctx, account, func(c *filterChange) error {
		f, err := filterOf(c.all, filter)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(f.Statuses, func(n FilterStatus) bool { return n.PostID == post }); i >= 0 {
			added = &f.Statuses[i]
			return nil
		}
		if len(f.Statuses) >= s.config.MaxFiltered {
			return errs.Newf(errs.Invalid, "Validation failed: A filter can't have more than %d posts", s.config.MaxFiltered)
		}
		added = &FilterStatus{ID: s.IDs.New(account), FilterID: filter, PostID: post}
		_, err = db.Exec(ctx, c.tx, "INSERT INTO posts_filters_statuses (id, filter_id, post_id) VALUES ($1, $2, $3)", added.ID, filter, post)
		return err
	})
	return added, err
}

// DeleteFilterStatus takes a post out of its filter, by the id that it has
// there. Returns NotFound if no filter of the account has it.
func (s *Service) DeleteFilterStatus(ctx context.Context, account, id ids.ID) error {
	return s.changeFilters(ctx, account, func(c *filterChange) error {
		if _, err := filterStatusOf(c.all, id); err != nil {
			return err
		}
		_, err := db.Exec(ctx, c.tx, "DELETE FROM posts_filters_statuses WHERE id = $1", id)
		return err
	})
}

// filterChange is a change of an account's filters, in its transaction.
type filterChange struct {
	s       *Service
	tx      *db.Tx
	account ids.ID
	all     []Filter
}

// changeFilters runs a change, one at a time for an account, and tells of it.
func (s *Service) changeFilters(ctx context.Context, account ids.ID, f func(*filterChange) error) error {
	return s.write(ctx, func(tx *db.Tx) error {
		// Lets one change at a time through for an account, so that limits hold.
		if _, err := db.Exec(ctx, tx, `INSERT INTO posts_authors (account_id) VALUES ($1)
			ON CONFLICT (account_id) DO UPDATE SET posts = posts_authors.posts`, account); err != nil {
			return err
		}
		all, err := readFilters(ctx, tx, account)
		if err != nil {
			return err
		}
		if err := f(&filterChange{s, tx, account, all}); err != nil {
			return err
		}
		tx.OnCommit(func() { s.forgetFilters(account) })
		_, err = s.outbox.Add(ctx, tx, FiltersChanged{AccountID: account})
		return err
	})
}

// set changes what a filter itself is like.
func (c *filterChange) set(f *Filter, d FilterDraft) error {
	if d.Title != nil {
		f.Title = text.Line(*d.Title)
	}
	if d.Contexts != nil {
		f.Contexts = *d.Contexts
	}
	if d.Action != nil {
		f.Action = *d.Action
	}
	if d.Expires != nil {
		f.ExpiresAt = time.Time{}
		if *d.Expires != 0 {
			f.ExpiresAt = c.s.Now().Add(*d.Expires).Truncate(time.Millisecond).UTC()
		}
	}
	most := c.s.config.MaxTitle
	switch {
	case f.Title == "":
		return invalidField("title", "ERR_BLANK", "can't be blank")
	case len(f.Title) > bytesPerChar*most || text.Characters(f.Title) > most:
		return invalidField("title", "ERR_TOO_LONG", "is too long")
	case f.Contexts == 0:
		return invalidField("context", "ERR_INVALID", "None or invalid context supplied")
	}
	return nil
}

func (c *filterChange) setKeywords(ctx context.Context, f *Filter, drafts []KeywordDraft) error {
	for _, d := range drafts {
		if _, err := c.setKeyword(ctx, f, d); err != nil {
			return err
		}
	}
	return c.checkSize(f)
}

// setKeyword makes, changes or deletes a keyword of a filter. checkSize must
// follow.
func (c *filterChange) setKeyword(ctx context.Context, f *Filter, d KeywordDraft) (*FilterKeyword, error) {
	i := slices.IndexFunc(f.Keywords, func(k FilterKeyword) bool { return k.ID == d.ID })
	if d.ID != 0 && i < 0 {
		return nil, errs.NotFoundRecord()
	}
	if d.Delete {
		if i >= 0 {
			f.Keywords = slices.Delete(f.Keywords, i, i+1)
		}
		_, err := db.Exec(ctx, c.tx, "DELETE FROM posts_filters_keywords WHERE id = $1", d.ID)
		return nil, err
	}
	save := "UPDATE posts_filters_keywords SET keyword = $3, whole_word = $4 WHERE id = $1 AND filter_id = $2"
	if i < 0 {
		save = "INSERT INTO posts_filters_keywords (id, filter_id, keyword, whole_word) VALUES ($1, $2, $3, $4)"
		i = len(f.Keywords)
		f.Keywords = append(f.Keywords, FilterKeyword{ID: c.s.IDs.New(c.account), FilterID: f.ID, WholeWord: true})
	}
	k := &f.Keywords[i]
	if err := c.s.setKeyword(k, d); err != nil {
		return nil, err
	}
	_, err := db.Exec(ctx, c.tx, save, k.ID, f.ID, k.Keyword, k.WholeWord)
	return k, err
}

func (s *Service) setKeyword(k *FilterKeyword, d KeywordDraft) error {
	if d.Keyword != nil {
		k.Keyword = text.Line(*d.Keyword)
	}
	if d.WholeWord != nil {
		k.WholeWord = *d.WholeWord
	}
	most := s.config.MaxKeyword
	switch {
	case k.Keyword == "":
		return invalidField("keyword", "ERR_BLANK", "can't be blank")
	case len(k.Keyword) > bytesPerChar*most || text.Characters(k.Keyword) > most:
		return invalidField("keyword", "ERR_TOO_LONG", "is too long")
	}
	return nil
}

// checkSize checks how much a filter has, and how much all of them have.
func (c *filterChange) checkSize(changed *Filter) error {
	if len(changed.Keywords) > c.s.config.MaxKeywords {
		return errs.Newf(errs.Invalid, "Validation failed: A filter can't have more than %d keywords", c.s.config.MaxKeywords)
	}
	bytes := 0
	for _, f := range c.all {
		for _, k := range f.Keywords {
			bytes += len(k.Keyword)
		}
	}
	if bytes > c.s.config.FilterBytes {
		return errs.Newf(errs.Invalid, "Validation failed: The keywords of all filters can't have more than %d bytes", c.s.config.FilterBytes)
	}
	return nil
}

// invalidField is an error about one field of what was sent.
func invalidField(name, code, what string) error {
	return &errs.Error{Kind: errs.Invalid, Text: "Validation failed: " + name + " " + what,
		Fields: map[string][]errs.Field{name: {{Code: code, Text: what}}}}
}
