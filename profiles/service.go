package profiles

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/observe"
	"github.com/maypok86/otter/v2"
)

//go:embed schema
var schema embed.FS

// Schema returns the room's migrations.
func Schema() fs.FS {
	sub, err := fs.Sub(schema, "schema")
	if err != nil { // only for a malformed name
		panic(err)
	}
	return sub
}

// Config is what the owner of a server can set.
type Config struct {
	Domain string // of this server's accounts, as in name@domain

	MaxDisplayName int // characters
	MaxNote        int // characters of a bio
	MaxFields      int
	MaxField       int // characters of a field's name, and of its value
	MaxAlt         int // characters of a picture's description
	MaxComment     int // characters of a private note on somebody
	FollowLimit    int // follows that everybody may have; beyond it the followers decide
	PictureBytes   int64
	PicturePixels  int
	PictureFrames  int // of an animation, of which the first is taken

	AccountCache uint64 // bytes
	NameCache    uint64 // bytes
	GraphCache   uint64 // bytes
}

// DefaultConfig returns the limits of a server that nobody has configured.
func DefaultConfig() Config {
	return Config{
		MaxDisplayName: 30, MaxNote: 500, MaxFields: 4, MaxField: 255, MaxAlt: 1500, MaxComment: 2000,
		FollowLimit: 7500, PictureBytes: 8 << 20, PicturePixels: 33_177_600, PictureFrames: 50,
		AccountCache: 32 << 20, NameCache: 4 << 20, GraphCache: 64 << 20,
	}
}

// Users is what this room needs of the room identity.
type Users interface {
	SignUp(ctx context.Context, s identity.SignUp) (*identity.User, error)
	User(ctx context.Context, id ids.ID) (*identity.User, error)
}

// Deps is what the service works with.
type Deps struct {
	DB       *db.DB
	Bus      *bus.Bus
	IDs      *ids.Generator
	Now      func() time.Time
	Log      *slog.Logger
	Identity Users
	Images   *image.Processor
	Blobs    *blob.Store
	// Format makes safe HTML of a bio or of a field's value.
	Format func(text string) (html string)
	Caches *observe.Caches // nil: nobody looks
}

// Service keeps accounts and how they stand to each other. Its methods may be
// called concurrently.
type Service struct {
	config    Config
	db        *db.DB
	bus       *bus.Bus
	outbox    *bus.Outbox
	ids       *ids.Generator
	now       func() time.Time
	log       *slog.Logger
	users     Users
	images    *image.Processor
	blobs     *blob.Store
	format    func(string) string
	accounts  *cache[ids.ID, *Account]
	names     *cache[string, ids.ID] // 0: there is nobody of that name
	graphs    *cache[ids.ID, *Graph]
	states    *cache[struct{}, States]
	suggested *cache[ids.ID, *suggestions]
	total     total
	watchers  watchers
}

// total is the number of accounts, counted anew once a minute.
type total struct {
	mu    sync.Mutex
	n     int
	until time.Time
}

// New returns a service; Start makes it take part in events.
func New(d Deps, c Config) *Service {
	s := &Service{
		config: c, db: d.DB, bus: d.Bus, outbox: bus.NewOutbox(d.Bus, d.DB, d.IDs, d.Now), ids: d.IDs, now: d.Now, log: d.Log,
		users: d.Identity, blobs: d.Blobs, format: d.Format,
		images:    d.Images.WithLimits(image.Limits{Bytes: c.PictureBytes, Pixels: c.PicturePixels}),
		accounts:  newCache(c.AccountCache, weighAccount, keep[ids.ID, *Account]),
		names:     newCache(c.NameCache, weighName, keepName),
		graphs:    newCache(c.GraphCache, weighGraph, keep[ids.ID, *Graph]),
		states:    newCache(1, func(struct{}, States) uint32 { return 1 }, keep[struct{}, States]),
		suggested: newCache(c.GraphCache/8, weighSuggestions, func(otter.Entry[ids.ID, *suggestions]) time.Duration { return suggestionsLife }),
	}
	observe.Keep(d.Caches, "profiles.accounts", s.accounts.values)
	observe.Keep(d.Caches, "profiles.names", s.names.values)
	observe.Keep(d.Caches, "profiles.graphs", s.graphs.values)
	observe.Keep(d.Caches, "profiles.suggestions", s.suggested.values)
	return s
}

// Start relays the room's events, heals sign-ups that were cut short and keeps
// the caches fresh, until ctx ends.
func (s *Service) Start(ctx context.Context) error {
	if err := s.bus.Follow(bus.Follower{Event: s.hear, Lost: s.forgetAll}); err != nil {
		return fmt.Errorf("profiles: %w", err)
	}
	go s.outbox.Run(ctx)
	if err := s.consume(ctx); err != nil {
		return fmt.Errorf("profiles: %w", err)
	}
	return nil
}

// idRetries is how often a transaction is run again because another node has
// made the same id in the same millisecond.
const idRetries = 3

// write runs f in a transaction, again with fresh ids if one exists already.
func (s *Service) write(ctx context.Context, f func(tx *db.Tx) error) error {
	for attempt := 0; ; attempt++ {
		err := s.db.Write(ctx, f)
		if attempt == idRetries || !db.IsDuplicate(err) {
			return err
		}
	}
}

// Count returns how many accounts this server has, at most a minute ago.
func (s *Service) Count(ctx context.Context) (int, error) {
	s.total.mu.Lock()
	defer s.total.mu.Unlock()
	now := s.now()
	if now.Before(s.total.until) {
		return s.total.n, nil
	}
	n, err := db.Value[int](ctx, s.db, "SELECT COUNT(*) FROM profiles_accounts WHERE domain = ''")
	if err != nil {
		return 0, err
	}
	s.total.n, s.total.until = n, now.Add(time.Minute)
	return n, nil
}

func notAllowed() error { return errs.New(errs.Forbidden, "This action is not allowed") }
