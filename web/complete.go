package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

const (
	completions = 6   // that are offered
	completeMax = 100 // bytes of what was typed
)

// completeData are what a word could become.
type completeData struct {
	People []*profiles.Account
	Tags   []posts.Tag
	Emojis []*instance.Emoji
}

// complete offers what a word that somebody is typing could become: @people,
// #tags, :emoji:.
func (c *call) complete() error {
	q, ctx := c.query("q"), c.r.Context()
	var d completeData
	if len(q) < 2 || len(q) > completeMax {
		return c.show(http.StatusOK, completionList(d))
	}
	var err error
	switch word := q[1:]; q[0] {
	case '@':
		d.People, err = c.Profiles.Search(ctx, c.user.ID, word, completions, 0, false)
	case '#':
		d.Tags, err = c.Posts.SearchTags(ctx, c.user.ID, word, completions, 0)
	case ':':
		d.Emojis = emojiLike(c.Instance.Emojis().List, strings.ToLower(word))
	}
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, completionList(d))
}

// emojiLike returns emoji that are offered and have a word in their shortcodes,
// those that begin with it first.
func emojiLike(all []*instance.Emoji, word string) []*instance.Emoji {
	at := func(e *instance.Emoji) int { return strings.Index(strings.ToLower(e.Shortcode), word) }
	var found []*instance.Emoji
	for _, e := range all {
		if e.Visible && at(e) >= 0 {
			found = append(found, e)
		}
	}
	slices.SortStableFunc(found, func(a, b *instance.Emoji) int {
		return cmp.Or(cmp.Compare(min(at(a), 1), min(at(b), 1)), strings.Compare(a.Shortcode, b.Shortcode))
	})
	return found[:min(len(found), completions)]
}
