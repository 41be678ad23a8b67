package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// filterPlaces are where a filter can be at work.
var filterPlaces = []struct {
	is         posts.FilterContexts
	name, text string
}{
	{posts.FilterHome, "home", "Home and lists"},
	{posts.FilterNotifications, "notifications", "Notifications"},
	{posts.FilterPublic, "public", "Public timelines"},
	{posts.FilterThread, "thread", "Conversations"},
	{posts.FilterAccount, "account", "Profiles"},
}

// filterActions are what becomes of a post that a filter matches, by their
// number.
var filterActions = []string{posts.FilterWarn: "Cover it, with the filter's name", posts.FilterHide: "Leave it out", posts.FilterBlur: "Cover its pictures"}

func actionChoices(ctx context.Context) []choice {
	var list []choice
	for i, text := range filterActions {
		list = append(list, choice{strconv.Itoa(i), t(ctx, text)})
	}
	return list
}

// expiryChoices are for how long a filter is at work, in seconds.
func expiryChoices(ctx context.Context, isNew bool) []choice {
	list := []choice{{"0", t(ctx, "For good")}, {"3600", t(ctx, "An hour")}, {"86400", t(ctx, "A day")}, {"604800", t(ctx, "A week")}, {"2592000", t(ctx, "30 days")}}
	if !isNew {
		list = append([]choice{{"", t(ctx, "As it is")}}, list...)
	}
	return list
}

// emptyKeywords is how many empty lines for keywords the form has.
const emptyKeywords = 3

// filterFormData is what the form of a filter shows.
type filterFormData struct {
	Filter   posts.Filter // ID 0: a new one
	Expires  string       // as chosen
	Problem  string       // what is wrong as a whole
	Problems map[string][]errs.Field
}

func (c *call) filterList() error {
	all, err := c.Posts.Filters(c.r.Context(), c.user.ID)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, filtersPage(c.settingsFrame("Filters"), all, c.isSaved()))
}

func (c *call) newFilter() error {
	f := posts.Filter{Contexts: posts.FilterHome | posts.FilterPublic | posts.FilterNotifications}
	return c.showFilter(http.StatusOK, filterFormData{Filter: f, Expires: "0"})
}

func (c *call) showFilter(status int, d filterFormData) error {
	title := "New filter"
	if d.Filter.ID != 0 {
		title = "Change the filter"
	}
	return c.show(status, filterPage(c.settingsFrame(title), d))
}

func (c *call) editFilter() error {
	f, err := c.ownFilter()
	if err != nil {
		return err
	}
	return c.showFilter(http.StatusOK, filterFormData{Filter: *f})
}

// ownFilter returns the filter that the address names.
func (c *call) ownFilter() (*posts.Filter, error) {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return nil, errNoPage()
	}
	return c.Posts.Filter(c.r.Context(), c.user.ID, id)
}

func (c *call) createFilter() error {
	d, typed, err := c.filterDraft(0)
	if err != nil {
		return err
	}
	_, err = c.Posts.CreateFilter(c.r.Context(), c.user.ID, d)
	return c.keptFilter(err, typed)
}

func (c *call) updateFilter() error {
	f, err := c.ownFilter()
	if err != nil {
		return err
	}
	d, typed, err := c.filterDraft(f.ID)
	if err != nil {
		return err
	}
	_, err = c.Posts.UpdateFilter(c.r.Context(), c.user.ID, f.ID, d)
	return c.keptFilter(err, typed)
}

func (c *call) deleteFilter() error { return c.end(c.Posts.DeleteFilter, filterSettingsPath) }

// keptFilter answers a form that made or changed a filter.
func (c *call) keptFilter(err error, typed filterFormData) error {
	if why := refusal(err); why != nil {
		typed.Problems = why.Fields
		switch {
		case typed.Problems["context"] != nil:
			typed.Problem = c.words().Text("Choose where it is at work.")
		case typed.Problems["title"] == nil:
			typed.Problem = c.words().sentence(strings.TrimPrefix(why.Text, "Validation failed: "))
		}
		return c.showFilter(http.StatusUnprocessableEntity, typed)
	}
	if err != nil {
		return err
	}
	return c.saved(filterSettingsPath)
}

// filterDraft reads the form: what is to be done, and what was typed. Returns
// Malformed for what the form cannot send.
func (c *call) filterDraft(id ids.ID) (d posts.FilterDraft, typed filterFormData, err error) {
	f := posts.Filter{ID: id, Title: c.field("title")}
	for _, p := range filterPlaces {
		if *c.ticked("in_" + p.name) {
			f.Contexts |= p.is
		}
	}
	action, err := strconv.Atoi(c.field("action"))
	if err != nil || action < 0 || action >= len(filterActions) {
		return d, typed, errs.New(errs.Malformed, "The form could not be read.")
	}
	f.Action = posts.FilterAction(action)
	d = posts.FilterDraft{Title: &f.Title, Contexts: &f.Contexts, Action: &f.Action}
	typed.Expires = c.field("expires")
	if typed.Expires != "" {
		seconds, err := strconv.ParseInt(typed.Expires, 10, 32)
		if err != nil || seconds < 0 {
			return d, typed, errs.New(errs.Malformed, "The form could not be read.")
		}
		after := time.Duration(seconds) * time.Second
		d.Expires = &after
	}
	d.Keywords, f.Keywords = c.keywordDrafts()
	typed.Filter = f
	return d, typed, nil
}

// keywordDrafts reads the lines with keywords. One that was emptied goes.
func (c *call) keywordDrafts() (drafts []posts.KeywordDraft, typed []posts.FilterKeyword) {
	form := c.r.PostForm
	for i, text := range form["keyword"] {
		var id ids.ID
		if i < len(form["keyword_id"]) {
			id, _ = ids.Parse(form["keyword_id"][i]) // 0, a new one, for what is no id
		}
		whole := *c.ticked("whole" + strconv.Itoa(i))
		text = strings.TrimSpace(text)
		switch {
		case text != "":
			drafts = append(drafts, posts.KeywordDraft{ID: id, Keyword: &text, WholeWord: &whole})
			typed = append(typed, posts.FilterKeyword{ID: id, Keyword: text, WholeWord: whole})
		case id != 0:
			drafts = append(drafts, posts.KeywordDraft{ID: id, Delete: true})
		}
	}
	return drafts, typed
}

// lines are the keywords of the form, with some empty ones.
func (d filterFormData) lines() []posts.FilterKeyword {
	list := append([]posts.FilterKeyword{}, d.Filter.Keywords...)
	for range emptyKeywords {
		list = append(list, posts.FilterKeyword{WholeWord: true})
	}
	return list
}

// filterGist says in a line what a filter does.
func filterGist(ctx context.Context, f *posts.Filter) string {
	var words []string
	for _, k := range f.Keywords {
		words = append(words, k.Keyword)
	}
	text := t(ctx, filterActions[f.Action])
	if len(words) > 0 {
		text = cut(strings.Join(words, ", "), 120) + " · " + text
	}
	switch now := readerOf(ctx).now; {
	case f.ExpiresAt.IsZero():
	case f.ExpiresAt.After(now):
		text += " · " + left(ctx, f.ExpiresAt.Sub(now))
	default:
		text += " · " + t(ctx, "has ended")
	}
	return text
}
