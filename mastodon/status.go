package mastodon

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"sync"

	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// A status is put together from parts that change at different times. Its
// content changes when it is edited and is kept as bytes (statusEntity); the
// author's JSON is kept by account.go; counters, poll and what the viewer has
// done are written anew each time (statusWriter).

// statusEntity is the part of Status of the API that only an edit changes.
type statusEntity struct {
	ID                 ids.ID          `json:"id"`
	CreatedAt          string          `json:"created_at"`
	EditedAt           *string         `json:"edited_at"`
	InReplyToID        *ids.ID         `json:"in_reply_to_id"`
	InReplyToAccountID *ids.ID         `json:"in_reply_to_account_id"`
	Sensitive          bool            `json:"sensitive"`
	SpoilerText        string          `json:"spoiler_text"`
	Visibility         string          `json:"visibility"`
	Language           *string         `json:"language"`
	URI                string          `json:"uri"`
	URL                string          `json:"url"`
	Content            string          `json:"content"`
	Application        *appEntity      `json:"application"`
	MediaAttachments   []mediaEntity   `json:"media_attachments"`
	Mentions           []mentionEntity `json:"mentions"`
	Tags               []tagLink       `json:"tags"`
	Emojis             []emojiEntity   `json:"emojis"`
	Card               *cardEntity     `json:"card"`
}

type appEntity struct {
	Name    string  `json:"name"`
	Website *string `json:"website"`
}

type mentionEntity struct {
	ID       ids.ID `json:"id"`
	Username string `json:"username"`
	URL      string `json:"url"`
	Acct     string `json:"acct"`
}

type tagLink struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// visibilities are the names in the API.
var visibilities = [...]string{posts.Public: "public", posts.Unlisted: "unlisted", posts.Followers: "private", posts.Direct: "direct"}

func parseVisibility(s string) (posts.Visibility, bool) {
	for v, name := range visibilities {
		if name == s {
			return posts.Visibility(v), true
		}
	}
	return 0, false
}

// statusEntity makes the entity of a post that author wrote.
func (s *server) statusEntity(ctx context.Context, v *posts.View, author *profiles.Account) (statusEntity, error) {
	p := v.Post
	e := statusEntity{
		ID: p.ID, CreatedAt: p.CreatedAt.UTC().Format(timeFormat), EditedAt: timestamp(p.EditedAt),
		InReplyToID: idOrNil(p.InReplyToID), InReplyToAccountID: idOrNil(p.InReplyToAccountID),
		Sensitive: p.Sensitive || author.State.Is(profiles.Sensitized), SpoilerText: p.Spoiler, Visibility: visibilities[p.Visibility], Language: orNil(p.Language),
		URI: p.URI, URL: s.config.BaseURL + "/@" + author.Acct() + "/" + p.ID.String(), Content: p.Content,
		MediaAttachments: make([]mediaEntity, len(p.Media)), Mentions: make([]mentionEntity, len(p.Mentions)), Tags: make([]tagLink, len(p.Tags)),
	}
	if e.URI == "" {
		e.URI = s.config.BaseURL + "/users/" + author.Username + "/statuses/" + p.ID.String()
	}
	written := []string{p.Spoiler, p.Content}
	for i := range p.Media {
		e.MediaAttachments[i] = s.mediaEntity(&p.Media[i])
		written = append(written, p.Media[i].Description)
	}
	if v.Poll != nil {
		written = append(written, v.Poll.Titles()...)
	}
	e.Emojis = s.emojisIn(s.Instance.Emojis(), written...)
	for i, m := range p.Mentions {
		e.Mentions[i] = mentionEntity{m.AccountID, m.Username, s.config.BaseURL + "/@" + m.Acct, m.Acct}
	}
	for i, name := range p.Tags {
		e.Tags[i] = tagLink{name, s.tagURL(name)}
	}
	if p.AppID != 0 && author.ShowApplication {
		app, err := s.Identity.App(ctx, p.AppID)
		if err != nil {
			return e, err
		}
		e.Application = &appEntity{app.Name, orNil(app.Website)}
	}
	return e, nil
}

func (s *server) tagURL(name string) string {
	return s.config.BaseURL + "/tags/" + url.PathEscape(name)
}

func idOrNil(id ids.ID) *ids.ID {
	if id == 0 {
		return nil
	}
	return &id
}

// statusCache keeps the unchanging parts of statuses. An entry is good as long
// as the post, its card, whom that credits and the custom emoji are those that it
// was made from.
type statusCache = otter.Cache[ids.ID, *renderedStatus]

type renderedStatus struct {
	post   *posts.Post
	card   *posts.Card
	credit credit
	marked bool // its media are sensitive whatever the author says
	app    bool // the author lets it say which app wrote it
	emojis *instance.Emojis
	tagged []ids.ID // collections that it links to
	json   []byte   // an object without its closing brace
}

func newStatusCache() *statusCache {
	return otter.Must(&otter.Options[ids.ID, *renderedStatus]{
		MaximumWeight: 96 << 20, StatsRecorder: stats.NewCounter(),
		Weigher: func(_ ids.ID, r *renderedStatus) uint32 { return uint32(len(r.json)) + 128 },
	})
}

func (s *server) renderStatus(ctx context.Context, v *posts.View, author *profiles.Account, by credit) (*renderedStatus, error) {
	marked, emojis := author.State.Is(profiles.Sensitized), s.Instance.Emojis()
	if r, ok := s.statuses.GetIfPresent(v.ID); ok && r.post == v.Post && r.card == v.Card && r.credit == by && r.marked == marked && r.app == author.ShowApplication && r.emojis == emojis {
		return r, nil
	}
	e, err := s.statusEntity(ctx, v, author)
	if err != nil {
		return nil, err
	}
	if e.Card, err = s.cardEntity(v.Card, by); err != nil {
		return nil, err
	}
	body, err := encode(e)
	if err != nil {
		return nil, err
	}
	body = body[:len(body)-1]
	r := &renderedStatus{v.Post, v.Card, by, marked, author.ShowApplication, emojis, s.collectionLinks(v.Content), body}
	s.statuses.Set(v.ID, r)
	return r, nil
}

// statusWriter writes statuses for one viewer.
type statusWriter struct {
	*server
	ctx      context.Context
	viewer   ids.ID // 0: anonymous
	accounts map[ids.ID]*profiles.Account
	stats    map[ids.ID]posts.AuthorStats
	filters  *posts.FilterSet  // of the viewer
	subjects map[ids.ID][]byte // what notifications are about that are about no post
	// Types of notifications that the client shows by itself, nil: not told.
	supported []notifications.Type
	buf       []byte
	quoted    bool // a status within a quote is being written
}

// writer returns a writer that knows the accounts of the views.
func (s *server) writer(ctx context.Context, viewer ids.ID, views ...*posts.View) (*statusWriter, error) {
	want := make([]ids.ID, 0, 2*len(views))
	add := func(v *posts.View) {
		want = append(want, v.AccountID)
		if v.Card != nil && v.Card.AuthorID != 0 {
			want = append(want, v.Card.AuthorID)
		}
	}
	for _, v := range views {
		add(v)
		content := v
		if v.Boost != nil {
			content = v.Boost
			add(content)
		}
		if content.Quote != nil && content.Quote.Of != nil {
			add(content.Quote.Of)
		}
	}
	w := &statusWriter{server: s, ctx: ctx, viewer: viewer}
	var err error
	if w.filters, err = s.Posts.FilterSet(ctx, viewer); err != nil {
		return nil, err
	}
	if w.accounts, err = s.Profiles.Accounts(ctx, want); err != nil {
		return nil, err
	}
	w.stats, err = s.Posts.AuthorStats(ctx, want)
	return w, err
}

// typicalStatus is how many bytes a status has, about.
const typicalStatus = 3 << 10

// buffers are used again for long answers: making them anew would keep the
// garbage collector busier than the handlers.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// grow gives the writer an empty buffer for about n statuses, and free takes it
// back once the answer is written.
func (w *statusWriter) grow(n int) (free func()) {
	kept := buffers.Get().(*[]byte)
	w.buf = slices.Grow((*kept)[:0], n*typicalStatus+64)
	return func() {
		const most = 1 << 20 // what few answers need is not kept
		if cap(w.buf) <= most {
			*kept = w.buf
			buffers.Put(kept)
		}
	}
}

// list writes an array of statuses. One whose author is gone is left out.
func (w *statusWriter) list(views []*posts.View) error {
	w.buf = append(w.buf, '[')
	first := true
	for _, v := range views {
		if !w.knows(v) {
			continue
		}
		if !first {
			w.buf = append(w.buf, ',')
		}
		first = false
		if err := w.status(v); err != nil {
			return err
		}
	}
	w.buf = append(w.buf, ']')
	return nil
}

// knows tells whether the accounts of a status can be read.
func (w *statusWriter) knows(v *posts.View) bool {
	return w.accounts[v.AccountID] != nil && (v.Boost == nil || w.accounts[v.Boost.AccountID] != nil)
}

// status writes one status.
func (w *statusWriter) status(v *posts.View) error {
	author := w.accounts[v.AccountID]
	if author == nil {
		return errNoAuthor
	}
	parts, err := w.renderStatus(w.ctx, v, author, creditOf(v.Card, w.accounts, w.stats))
	if err != nil {
		return err
	}
	account, err := w.renderAccount(author, w.stats[v.AccountID])
	if err != nil {
		return err
	}
	w.buf = append(w.buf, parts.json...)
	w.buf = append(append(w.buf, `,"account":`...), account...)
	shown := v
	if v.Boost != nil { // clients read counters and states of either
		shown = v.Boost
	}
	w.count(`,"replies_count":`, shown.Stats.Replies)
	w.count(`,"reblogs_count":`, shown.Stats.Boosts)
	w.count(`,"favourites_count":`, shown.Stats.Favourites)
	w.count(`,"quotes_count":`, shown.Stats.Quotes)
	w.quoteApproval(shown)
	if err := w.tagged(parts.tagged); err != nil {
		return err
	}
	w.buf = append(w.buf, `,"quote":`...)
	if err := w.quote(v.Quote); err != nil {
		return err
	}
	w.buf = append(w.buf, `,"poll":`...)
	if err := w.poll(shown); err != nil {
		return err
	}
	w.buf = append(w.buf, `,"reblog":`...)
	if v.Boost == nil {
		w.buf = append(w.buf, `null`...)
	} else if err := w.status(v.Boost); err != nil {
		return err
	}
	if err := w.state(v, shown); err != nil {
		return err
	}
	w.buf = append(w.buf, '}')
	return nil
}

// state writes what the viewer has done with a post, and which of their filters
// match it.
func (w *statusWriter) state(v, shown *posts.View) error {
	if w.viewer == 0 {
		return nil
	}
	w.flag(`,"favourited":`, shown.Viewer.Favourited)
	w.flag(`,"reblogged":`, shown.Viewer.Boosted)
	w.flag(`,"bookmarked":`, shown.Viewer.Bookmarked)
	w.flag(`,"muted":`, shown.Viewer.Muted)
	if v.AccountID == w.viewer && v.Boost == nil && v.Visibility != posts.Direct {
		w.flag(`,"pinned":`, v.Viewer.Pinned)
	}
	w.buf = append(w.buf, `,"filtered":`...)
	return w.filtered(v)
}

func (w *statusWriter) count(name string, n int) {
	w.buf = strconv.AppendInt(append(w.buf, name...), int64(n), 10)
}

func (w *statusWriter) flag(name string, v bool) {
	w.buf = strconv.AppendBool(append(w.buf, name...), v)
}

// statusJSON returns one status as the viewer sees it.
func (s *server) statusJSON(ctx context.Context, viewer ids.ID, v *posts.View) ([]byte, error) {
	w, err := s.writer(ctx, viewer, v)
	if err != nil {
		return nil, err
	}
	w.buf = make([]byte, 0, typicalStatus)
	err = w.status(v)
	return w.buf, err
}
