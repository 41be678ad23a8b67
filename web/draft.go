package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/guildhall/guildhall/posts"
)

// draftData is what the composer shows.
type draftData struct {
	Text, Spoiler string
	Visibility    string // of visibilities
	QuotePolicy   string // of quoteChoices
	Language      string
	Sensitive     bool
	Pictures      []picture
	Poll          pollFields
	At            dueTime          // when it is to be published
	ReplyTo       *card            // nil: answers nothing
	Quotes        *card            // nil: quotes nothing
	Edits         *card            // the post that is edited, nil: none
	Changes       *posts.Scheduled // the waiting post that is changed, nil: none
	Key           string           // so that a form that is sent twice makes one post
	Problems      problems
	Done          string // what became of the post before, empty: nothing to say
	Limits        posts.Config
	Open          bool // the cursor goes there
	face
}

// problems are what is wrong with a draft, by the field: text, file, poll, at,
// or empty for the whole of it.
type problems map[string]string

// visibilities are who may see a post, by the name that forms and the API have
// for it.
var visibilities = []struct {
	name, text, hint string
	is               posts.Visibility
}{
	{"public", "Public", "Everybody, in all timelines", posts.Public},
	{"unlisted", "Quiet", "Everybody, but in no public timeline", posts.Unlisted},
	{"private", "Followers", "Only who follows you", posts.Followers},
	{"direct", "Direct", "Only who is mentioned", posts.Direct},
}

// quotePolicies are the names of the policies in forms and in the API.
var quotePolicies = []string{posts.QuotableByAll: "public", posts.QuotableByFollowers: "followers", posts.QuotableByNobody: "nobody"}

// draft returns an empty composer, or one for an answer.
func (c *call) draft(replyTo *card) (draftData, error) {
	_, face, err := c.self()
	if err != nil {
		return draftData{}, err
	}
	me, err := c.Profiles.Account(c.r.Context(), c.user.ID)
	if err != nil {
		return draftData{}, err
	}
	d := draftData{Key: rand.Text(), Limits: c.config.Posts, face: face, ReplyTo: replyTo, Visibility: me.Privacy, Sensitive: me.Sensitive,
		QuotePolicy: cmp.Or(me.QuotePolicy, quotePolicies[0]), Poll: c.pollOf(nil), Language: cmp.Or(me.Language, c.words().Tag.String())}
	if replyTo != nil {
		d.Text = c.mentions(replyTo)
		d.Spoiler = replyTo.Post.Spoiler
		d.narrow(replyTo.Post.Visibility)
	}
	return d, nil
}

// narrow makes the draft's visibility no wider than another one.
func (d *draftData) narrow(to posts.Visibility) {
	for _, v := range visibilities {
		if v.is == to && v.is > visibilityOf(d.Visibility) {
			d.Visibility = v.name
		}
	}
}

// visibilityOf returns the visibility of a name, Public for one that is none.
func visibilityOf(name string) posts.Visibility {
	for _, v := range visibilities {
		if v.name == name {
			return v.is
		}
	}
	return posts.Public
}

// mentions is how an answer begins: with all who take part in the conversation.
func (c *call) mentions(to *card) string {
	var b strings.Builder
	if to.Author.ID != c.user.ID {
		b.WriteString("@" + to.Author.Username + " ")
	}
	for _, m := range to.Post.Mentions {
		if m.AccountID != c.user.ID && m.AccountID != to.Author.ID {
			b.WriteString("@" + m.Username + " ")
		}
	}
	return b.String()
}

// read takes what was typed: the fields that are there.
func (d *draftData) read(v url.Values) {
	for name, to := range map[string]*string{"text": &d.Text, "spoiler": &d.Spoiler, "language": &d.Language, "visibility": &d.Visibility,
		"quote_policy": &d.QuotePolicy, "key": &d.Key} {
		if v.Has(name) {
			*to = v.Get(name)
		}
	}
	if v.Has("whole") { // a box without a tick is in no form
		d.Sensitive = v.Has("sensitive")
	}
	if v.Has("option") {
		d.Poll.read(v)
	}
	if v.Has("at") {
		d.At = readDue(v)
	}
}

// wrong tells whether there is a mistake.
func (d draftData) wrong() bool {
	return len(d.Problems) > 0 || slices.ContainsFunc(d.Pictures, func(p picture) bool { return p.Problem != "" })
}

// title is that of the composer's page.
func (d draftData) title() string {
	switch {
	case d.Edits != nil:
		return "Edit post"
	case d.Changes != nil:
		return "Change a scheduled post"
	}
	return "Write"
}

// action is where the composer's form leads to.
func (d draftData) action() string {
	switch {
	case d.Edits != nil:
		return d.Edits.URL + "/edit"
	case d.Changes != nil:
		return scheduledPath + "/" + d.Changes.ID.String()
	}
	return composePath
}

// storage names the draft that a browser keeps: one for each place where
// something is written.
func (d draftData) storage(ctx context.Context) string {
	place := d.id()
	switch {
	case d.Edits != nil:
		place = "edit:" + place
	case d.Changes != nil:
		place = "scheduled:" + place
	case d.Quotes != nil:
		place = "quote:" + place
	}
	return readerOf(ctx).user.ID.String() + ":" + place
}

// knowsLanguage tells whether the composer lists the draft's language.
func (d draftData) knowsLanguage() bool {
	for _, l := range written {
		if l.Value == d.Language {
			return true
		}
	}
	return d.Language == ""
}

// id sets the fields of several composers of a page apart.
func (d draftData) id() string {
	switch {
	case d.Edits != nil:
		return d.Edits.Post.ID.String()
	case d.Changes != nil:
		return d.Changes.ID.String()
	case d.ReplyTo != nil:
		return d.ReplyTo.Post.ID.String()
	case d.Quotes != nil:
		return d.Quotes.Post.ID.String()
	}
	return ""
}

// described ties a field to what is wrong with it.
func (d draftData) described(field string) templ.Attributes {
	return described(field+d.id(), d.Problems[field])
}

// prompt is what stands where nothing was written yet.
func (d draftData) prompt(ctx context.Context) string {
	switch {
	case d.ReplyTo != nil:
		return t(ctx, "Your answer")
	case d.Quotes != nil:
		return t(ctx, "What do you say to it?")
	}
	return t(ctx, "What did you learn today?")
}
