package mastodon

import (
	"context"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// accountEntity is Account of the API.
type accountEntity struct {
	ID                ids.ID        `json:"id"`
	Username          string        `json:"username"`
	Acct              string        `json:"acct"`
	DisplayName       string        `json:"display_name"`
	Locked            bool          `json:"locked"`
	Bot               bool          `json:"bot"`
	Discoverable      bool          `json:"discoverable"`
	Indexable         bool          `json:"indexable"`
	Group             bool          `json:"group"`
	CreatedAt         string        `json:"created_at"` // the day only
	Note              string        `json:"note"`
	URL               string        `json:"url"`
	URI               string        `json:"uri"`
	Avatar            string        `json:"avatar"`
	AvatarStatic      string        `json:"avatar_static"`
	AvatarDescription string        `json:"avatar_description"`
	Header            string        `json:"header"`
	HeaderStatic      string        `json:"header_static"`
	HeaderDescription string        `json:"header_description"`
	FollowersCount    int           `json:"followers_count"`
	FollowingCount    int           `json:"following_count"`
	StatusesCount     int           `json:"statuses_count"`
	LastStatusAt      *string       `json:"last_status_at"` // the day
	HideCollections   bool          `json:"hide_collections"`
	NoIndex           bool          `json:"noindex"`
	Emojis            []emojiEntity `json:"emojis"`
	Roles             []struct{}    `json:"roles"`
	Fields            []fieldEntity `json:"fields"`
	Suspended         bool          `json:"suspended,omitempty"`
	Limited           bool          `json:"limited,omitempty"`
	ShowMedia         bool          `json:"show_media"`
	ShowMediaReplies  bool          `json:"show_media_replies"`
	ShowFeatured      bool          `json:"show_featured"`
	FeatureApproval   featurePolicy `json:"feature_approval"`
}

// featurePolicy is FeatureApproval of the API: who may put the account into a
// collection. It says nothing of blocks, which nobody is told of, so that it is
// the same for all who ask.
type featurePolicy struct {
	Automatic   []string `json:"automatic" enum:"public"`
	Manual      []string `json:"manual"`
	CurrentUser string   `json:"current_user" enum:"automatic,denied"`
}

// featurePolicyOf returns the policy of an account: who wants to be found may
// be featured by everybody.
func featurePolicyOf(a *profiles.Account) featurePolicy {
	if !a.Discoverable {
		return featurePolicy{[]string{}, []string{}, "denied"}
	}
	return featurePolicy{[]string{"public"}, []string{}, "automatic"}
}

type fieldEntity struct {
	Name       string  `json:"name"`
	Value      string  `json:"value"`
	VerifiedAt *string `json:"verified_at"`
}

// Times on the wire.
const (
	timeFormat = "2006-01-02T15:04:05.000Z"
	dayFormat  = "2006-01-02"
)

// timestamp formats a time, and nil for none.
func timestamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(timeFormat)
	return &s
}

func (s *server) accountEntity(a *profiles.Account, stats posts.AuthorStats) accountEntity {
	if a.State.Is(profiles.Suspended) { // nothing is shown but whose it was
		a, stats = &profiles.Account{ID: a.ID, Username: a.Username, Domain: a.Domain, CreatedAt: a.CreatedAt, State: a.State}, posts.AuthorStats{}
	}
	e := accountEntity{
		ID: a.ID, Username: a.Username, Acct: a.Acct(), DisplayName: a.DisplayName,
		Locked: a.Locked, Bot: a.Bot, Discoverable: a.Discoverable, Indexable: a.Indexable,
		CreatedAt: a.CreatedAt.UTC().Format(dayFormat) + "T00:00:00.000Z",
		Note:      a.NoteHTML,
		URL:       s.config.BaseURL + "/@" + a.Acct(),
		URI:       s.config.BaseURL + "/users/" + a.Username,
		Avatar:    s.pictureURL(a.Avatar, "/avatars/default.png"), AvatarDescription: a.AvatarAlt,
		Header: s.pictureURL(a.Header, "/headers/default.png"), HeaderDescription: a.HeaderAlt,
		FollowersCount: a.Followers, FollowingCount: a.Following, StatusesCount: stats.Posts,
		HideCollections: a.HideCollections, NoIndex: !a.Indexable,
		Roles: []struct{}{}, Fields: make([]fieldEntity, len(a.Fields)),
		Suspended: a.State.Is(profiles.Suspended), Limited: a.State.Is(profiles.Silenced),
		ShowMedia: a.ShowMedia, ShowMediaReplies: a.ShowMediaReplies, ShowFeatured: a.ShowFeatured, FeatureApproval: featurePolicyOf(a),
	}
	e.AvatarStatic, e.HeaderStatic = e.Avatar, e.Header
	if !stats.LastAt.IsZero() {
		day := stats.LastAt.UTC().Format(dayFormat)
		e.LastStatusAt = &day
	}
	written := []string{a.DisplayName, a.Note}
	for i, f := range a.Fields {
		e.Fields[i] = fieldEntity{f.Name, f.ValueHTML, timestamp(f.VerifiedAt)}
		written = append(written, f.Name, f.Value)
	}
	e.Emojis = s.emojisIn(s.Instance.Emojis(), written...)
	return e
}

// mediaURL returns the address of a blob.
func (s *server) mediaURL(key string) string { return s.config.BaseURL + "/media/" + key }

// AvatarURL returns the address of an account's picture, given its key, on the
// server at base.
func AvatarURL(base, key string) string {
	return (&server{config: Config{BaseURL: base}}).pictureURL(key, "/avatars/default.png")
}

func (s *server) pictureURL(key, standard string) string {
	if key == "" {
		return s.config.BaseURL + standard
	}
	return s.mediaURL(key)
}

// rendered is an account's JSON and what it was made from. It is good as long
// as these are the same, so nothing needs to say that it is not.
type rendered struct {
	account *profiles.Account
	stats   posts.AuthorStats
	emojis  *instance.Emojis
	json    []byte
}

// renderCache keeps the JSON of accounts.
type renderCache = otter.Cache[ids.ID, *rendered]

func newRenderCache() *renderCache {
	return otter.Must(&otter.Options[ids.ID, *rendered]{
		MaximumWeight: 64 << 20, StatsRecorder: stats.NewCounter(),
		Weigher: func(_ ids.ID, r *rendered) uint32 { return uint32(len(r.json)) + 128 },
	})
}

// accountJSON returns an account as JSON; it must not be changed. It returns
// NotFound if there is none.
func (s *server) accountJSON(ctx context.Context, id ids.ID) ([]byte, error) {
	all, err := s.accountsJSON(ctx, []ids.ID{id})
	if err != nil {
		return nil, err
	}
	body, ok := all[id]
	if !ok {
		return nil, errs.NotFoundRecord()
	}
	return body, nil
}

// accountsJSON returns those of the accounts that exist.
func (s *server) accountsJSON(ctx context.Context, want []ids.ID) (map[ids.ID][]byte, error) {
	accounts, err := s.Profiles.Accounts(ctx, want)
	if err != nil {
		return nil, err
	}
	stats, err := s.Posts.AuthorStats(ctx, want)
	if err != nil {
		return nil, err
	}
	all := make(map[ids.ID][]byte, len(accounts))
	for id, a := range accounts {
		if all[id], err = s.renderAccount(a, stats[id]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// accountList returns accounts as JSON in their order.
func (s *server) accountList(ctx context.Context, accounts []*profiles.Account) ([][]byte, error) {
	want := make([]ids.ID, len(accounts))
	for i, a := range accounts {
		want[i] = a.ID
	}
	stats, err := s.Posts.AuthorStats(ctx, want)
	if err != nil {
		return nil, err
	}
	items := make([][]byte, len(accounts))
	for i, a := range accounts {
		if items[i], err = s.renderAccount(a, stats[a.ID]); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func (s *server) renderAccount(a *profiles.Account, stats posts.AuthorStats) ([]byte, error) {
	emojis := s.Instance.Emojis()
	if r, ok := s.rendered.GetIfPresent(a.ID); ok && r.account == a && r.stats == stats && r.emojis == emojis {
		return r.json, nil
	}
	body, err := encode(s.accountEntity(a, stats))
	if err != nil {
		return nil, err
	}
	s.rendered.Set(a.ID, &rendered{a, stats, emojis, body})
	return body, nil
}
