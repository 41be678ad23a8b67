// Package notifications is what people are told: notifications, where they have
// read up to, and live streams. It hears what the other rooms tell (consume.go)
// and never tells them anything. How a message looks on the wire belongs to
// the edges.
package notifications

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/observe"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/seal"
	"github.com/guildhall/guildhall/internal/webpush"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// Type is what a notification is about, by its name in the API.
type Type string

// The types.
const (
	Mention           Type = "mention"
	NewPost           Type = "status"
	Boost             Type = "reblog"
	Follow            Type = "follow"
	FollowRequest     Type = "follow_request"
	Favourite         Type = "favourite"
	PollEnded         Type = "poll"
	PostEdited        Type = "update"
	Quote             Type = "quote"
	QuotedUpdate      Type = "quoted_update" // about one's own post: what it quotes was edited
	SignedUp          Type = "admin.sign_up"
	Reported          Type = "admin.report"
	Warned            Type = "moderation_warning"
	Severed           Type = "severed_relationships"
	AddedToCollection Type = "added_to_collection"
	CollectionUpdate  Type = "collection_update"
)

// Types returns all types.
func Types() []Type {
	return []Type{Mention, NewPost, Boost, Follow, FollowRequest, Favourite, PollEnded, PostEdited, Quote, QuotedUpdate,
		SignedUp, Reported, Warned, Severed, AddedToCollection, CollectionUpdate}
}

// Groupable returns the types that are shown as one if they are about the same.
func Groupable() []Type { return []Type{Favourite, Follow, Boost, SignedUp} }

// aboutPost tells whether notifications of a type are about a post, if they are
// about something.
func (t Type) aboutPost() bool {
	switch t {
	case Reported, Warned, Severed, AddedToCollection, CollectionUpdate:
		return false
	}
	return true
}

// Notification tells an account that another one did something.
type Notification struct {
	ID        ids.ID    `json:"id"`
	AccountID ids.ID    `json:"account_id"` // who is told
	FromID    ids.ID    `json:"from_id"`    // who did it
	Type      Type      `json:"type"`
	PostID    ids.ID    `json:"post_id"`              // 0: none
	SubjectID ids.ID    `json:"subject_id,omitempty"` // the report, warning or collection that it is about, 0: none
	GroupKey  string    `json:"group_key"`            // equal for those that are shown as one
	CreatedAt time.Time `json:"created_at"`
	// Filtered says that the account's policy has put it aside.
	Filtered bool `json:"-"`
	// View is the post as AccountID sees it, nil if there is none.
	View *posts.View `json:"-"`
}

// Group is notifications that are shown as one.
type Group struct {
	Key       string
	Type      Type
	PostID    ids.ID
	SubjectID ids.ID // as of a Notification
	Count     int
	NewestID  ids.ID
	MaxID     ids.ID // newest and oldest id of the group on this page
	MinID     ids.ID
	LatestAt  time.Time
	SampleIDs []ids.ID    // accounts, newest first, eight at most
	View      *posts.View // the post as the reader sees it, nil if there is none
}

// Filter says which notifications are wanted.
type Filter struct {
	Types   []Type // empty: all
	Exclude []Type
	FromID  ids.ID // 0: from anybody
	Aside   bool   // also those that the account's policy has put aside
}

// Marker is where an account has read up to in a timeline.
type Marker struct {
	Timeline   string // "home" or "notifications"
	LastReadID ids.ID
	Version    int
	UpdatedAt  time.Time
}

// Config bounds what the room takes.
type Config struct {
	CacheBytes        uint64 // for the newest notifications of accounts that read
	NotifierBytes     uint64 // for who wants to be told of an author's posts
	FeedQueue         int    // messages that wait for one socket before it is closed
	StreamsPerAccount int
	StreamsOfNobody   int           // all those without an account together
	EventQueue        int           // events that wait to be sent to the sockets of this node
	PushPoll          time.Duration // how often it is looked what is to be pushed again
}

// DefaultConfig returns what fits one machine.
func DefaultConfig() Config {
	return Config{CacheBytes: 32 << 20, NotifierBytes: 8 << 20, FeedQueue: 256, StreamsPerAccount: 20, StreamsOfNobody: 1000, EventQueue: 8192,
		PushPoll: 5 * time.Second}
}

// Profiles is what this room needs of the room profiles.
type Profiles interface {
	Accounts(ctx context.Context, want []ids.ID) (map[ids.ID]*profiles.Account, error)
	Graph(ctx context.Context, viewer ids.ID) (*profiles.Graph, error)
	Notifiers(ctx context.Context, id ids.ID) ([]ids.ID, error)
	States(ctx context.Context) (profiles.States, error)
	Relationships(ctx context.Context, viewer ids.ID, list []ids.ID) ([]profiles.Relationship, error)
	Collection(ctx context.Context, viewer, id ids.ID) (*profiles.Collection, error)
}

// Identity is what this room needs of the room identity.
type Identity interface {
	User(ctx context.Context, id ids.ID) (*identity.User, error)
	Staff(ctx context.Context) ([]ids.ID, error)
	Token(ctx context.Context, id ids.ID) (*identity.Caller, error)
	SessionUser(ctx context.Context, id ids.ID) (*identity.User, error)
}

// Posts is what this room needs of the room posts.
type Posts interface {
	GetMany(ctx context.Context, viewer ids.ID, want []ids.ID) ([]*posts.View, error)
	BoostedBy(ctx context.Context, viewer, post ids.ID, p page.Page) ([]profiles.Entry, error)
	Quoters(ctx context.Context, post, after ids.ID, limit int) ([]posts.Quoter, error)
	Voters(ctx context.Context, poll ids.ID) ([]ids.ID, error)
	KeepFeed(ctx context.Context, reader ids.ID) (release func(), err error)
	KeepList(ctx context.Context, reader, list ids.ID) (release func(), err error)
	HomeReaders(ctx context.Context, c posts.Created) ([]ids.ID, error)
	ThreadReaders(ctx context.Context, c posts.Created, among []ids.ID) ([]ids.ID, error)
	ListReaders(ctx context.Context, c posts.Created) ([]posts.ListReader, error)
	ConversationOf(ctx context.Context, by, post ids.ID) (*posts.Conversation, error)
	FollowsTag(ctx context.Context, reader ids.ID, names []string) (bool, error)
}

// Deps are the things that the room stands on.
type Deps struct {
	DB       *db.DB
	Bus      *bus.Bus
	IDs      *ids.Generator
	Now      func() time.Time
	Log      *slog.Logger
	Identity Identity
	Profiles Profiles
	Posts    Posts
	Keys     *seal.Keyring
	Push     *webpush.Client
	Icon     func(*profiles.Account) string // address of an account's picture
	// Title says in a language what has happened, given the name of who did it;
	// in English if it does not know the language.
	Title func(locale string, n *Notification, name string) string
	// Page returns the address of an account's page, or of a post of theirs.
	Page   func(of *profiles.Account, post ids.ID) string
	Caches *observe.Caches // nil: nobody looks
}

// Service is the room's door. Its methods may be called concurrently.
type Service struct {
	Deps
	config    Config
	recent    *recentCache
	notifiers *notifierCache
	hub       *hub
	vapid     atomic.Pointer[webpush.VAPID]
	pushWake  chan struct{} // see wakePush
	hosts     hosts
}

// New returns the service; Start makes it hear.
func New(d Deps, c Config) *Service {
	s := &Service{Deps: d, config: c, recent: newRecentCache(c.CacheBytes), notifiers: newNotifierCache(c.NotifierBytes), hub: newHub(c),
		pushWake: make(chan struct{}, 1), hosts: hosts{under: map[string]int{}}}
	observe.Keep(d.Caches, "notifications.recent", s.recent.cache)
	observe.Keep(d.Caches, "notifications.notifiers", s.notifiers)
	return s
}

//go:embed schema
var schema embed.FS

// Schema returns the room's migrations.
func Schema() fs.FS {
	sub, err := fs.Sub(schema, "schema")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// Start makes the room hear the other rooms until ctx ends; then the live
// streams are closed too. The rooms before this one must have been started:
// what they cache is fresh then when this room reads it.
func (s *Service) Start(ctx context.Context) error {
	if err := s.Bus.Subscribe(liveSubject+"*", s.hearNotification); err != nil {
		return err
	}
	if err := s.Bus.Follow(bus.Follower{Event: s.hearEvent, Lost: s.lost}); err != nil {
		return err
	}
	go s.runHub(ctx)
	go s.sweepForever(ctx)
	go s.runPush(ctx)
	return s.Bus.Consume(ctx, bus.Consumer{Name: "notifications", Handle: s.handle, Events: []string{
		"posts.created", "posts.edited", "posts.deleted", "posts.favourited", "posts.unfavourited", "posts.poll_ended",
		"profiles.followed", "profiles.requested", "profiles.request_ended", "profiles.unfollowed", "profiles.graph_changed",
		"profiles.collected", "profiles.uncollected", "profiles.collection_changed", "profiles.collection_removed", "profiles.erased",
		"identity.registered", "identity.revoked", "identity.signed_out", "moderation.reported", "moderation.warned",
	}})
}
