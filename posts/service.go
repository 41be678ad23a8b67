package posts

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/observe"
	"github.com/guildhall/guildhall/profiles"
	"golang.org/x/sync/singleflight"
)

//go:embed schema search
var files embed.FS

// Schema returns the room's migrations.
func Schema() fs.FS { return folder("schema") }

// SearchSchema returns the migrations of the full-text index, which is a
// database of its own: all of it can be made again from the posts.
func SearchSchema() fs.FS { return folder("search") }

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil { // only for a malformed name
		panic(err)
	}
	return sub
}

// Config is what the owner of a server can set.
type Config struct {
	BaseURL string // of this server, without a slash at the end; links in posts start with it

	MaxChars int // characters of a post with its content warning
	MaxMedia int // images of a post
	MaxAlt   int // characters of an image's description
	MaxPins  int
	MaxLists int // of an account

	MaxFeaturedTags int // hashtags that a profile shows

	MinSchedule     time.Duration // how far ahead a post can be scheduled at least
	MaxScheduled    int           // scheduled posts of an account
	MaxScheduledDay int           // of one day

	MaxOptions  int // of a poll
	MaxOption   int // characters of a poll's option
	MinPoll     time.Duration
	MaxPoll     time.Duration
	MediaBytes  int64
	MediaPixels int
	MediaFrames int           // of an animation
	KeepKeys    time.Duration // how long an Idempotency-Key is remembered
	KeepUploads time.Duration // how long an image may wait to be posted

	TrendAccounts int  // how many accounts must use a hashtag or a link in a day, or like a post, before it trends
	TrendsReview  bool // nothing trends before a moderator has allowed it

	FeedSize   int // posts of a home timeline that are held in memory
	PublicSize int // posts of the public timeline that are held in memory
	AuthorSize int // posts of an account that are held in memory
	PushLimit  int // authors with this many followers are merged into feeds when those are read

	PostCache   uint64 // bytes
	ViewerCache uint64 // bytes
	FeedCache   uint64 // bytes
	AuthorCache uint64 // bytes
	ThreadCache uint64 // bytes
	FilterCache uint64 // bytes
	CardCache   uint64 // bytes

	MaxFilters  int // of an account
	MaxTitle    int // characters of a filter's title
	MaxKeywords int // of a filter
	MaxKeyword  int // characters of a keyword
	MaxFiltered int // posts that a filter names
	FilterBytes int // of the keywords of all of an account's filters
}

// DefaultConfig returns the settings of a server that nobody has configured.
func DefaultConfig() Config {
	return Config{
		BaseURL:  "http://localhost:8080",
		MaxChars: 500, MaxMedia: 4, MaxAlt: 1500, MaxPins: 5, MaxLists: 50, MaxFeaturedTags: 10, MinSchedule: 5 * time.Minute, MaxScheduled: 300, MaxScheduledDay: 25,
		MaxOptions: 4, MaxOption: 50, MinPoll: 5 * time.Minute, MaxPoll: 2_629_746 * time.Second,
		MediaBytes: 16 << 20, MediaPixels: 33_177_600, MediaFrames: 100,
		KeepKeys: time.Hour, KeepUploads: 24 * time.Hour,
		TrendAccounts: 3,
		FeedSize:      800, PublicSize: 800, AuthorSize: 100, PushLimit: 10_000,
		PostCache: 128 << 20, ViewerCache: 32 << 20, FeedCache: 128 << 20, AuthorCache: 32 << 20, ThreadCache: 32 << 20, FilterCache: 64 << 20, CardCache: 16 << 20,
		MaxFilters: 100, MaxTitle: 256, MaxKeywords: 100, MaxKeyword: 512, MaxFiltered: 500, FilterBytes: 128 << 10,
	}
}

// Profiles is what this room needs of the room profiles.
type Profiles interface {
	Account(ctx context.Context, id ids.ID) (*profiles.Account, error)
	Accounts(ctx context.Context, want []ids.ID) (map[ids.ID]*profiles.Account, error)
	Lookup(ctx context.Context, acct string) (*profiles.Account, error)
	LookupAll(ctx context.Context, names []string) (map[string]*profiles.Account, error)
	Graph(ctx context.Context, viewer ids.ID) (*profiles.Graph, error)
	Discoverable(ctx context.Context, viewer ids.ID, list []ids.ID) ([]*profiles.Account, error)
	States(ctx context.Context) (profiles.States, error)
	MayWrite(ctx context.Context, id ids.ID) error
	WatchRelations(f func(bus.Payload))
}

// Deps is what the service works with.
type Deps struct {
	DB       *db.DB
	Search   *db.DB // the full-text index, see SearchSchema
	Bus      *bus.Bus
	IDs      *ids.Generator
	Now      func() time.Time
	Log      *slog.Logger
	Profiles Profiles
	Images   *image.Processor
	Blobs    *blob.Store
	Pages    Pages // nil: links have no cards

	Translator Translator // nil: posts are not translated

	Caches *observe.Caches // nil: nobody looks
}

// Service keeps posts and shows them to those who may see them. Its methods
// may be called concurrently.
type Service struct {
	Deps
	config Config
	outbox *bus.Outbox
	images *image.Processor

	posts        *postCache
	marks        *markCache
	authors      *authorCache
	authorStats  *statsCache
	threads      *threadCache
	filters      *filterCache
	cards        *cardCache
	translations translations
	feeds        *feeds
	public       *ring
	publicUntil  atomic.Int64       // Unix milliseconds: when public is read again, the net below events
	flights      singleflight.Group // loading of feeds and of the public ring
	total        total
	trends       trends
	writing
	previews previews
}

// New returns a service; Start makes it take part in events.
func New(d Deps, c Config) *Service {
	s := &Service{
		Deps: d, config: c,
		outbox: bus.NewOutbox(d.Bus, d.DB, d.IDs, d.Now),
		images: d.Images.WithLimits(image.Limits{Bytes: c.MediaBytes, Pixels: c.MediaPixels}),
	}
	s.openCaches()
	return s
}

// Start relays the room's events, keeps caches, feeds and the full-text index
// up to date and does what falls due, until ctx ends.
func (s *Service) Start(ctx context.Context) error {
	if err := s.startReading(ctx); err != nil {
		return fmt.Errorf("posts: %w", err)
	}
	if err := s.startWriting(ctx); err != nil {
		return fmt.Errorf("posts: %w", err)
	}
	if err := s.startPreviews(ctx); err != nil {
		return fmt.Errorf("posts: %w", err)
	}
	if err := s.startTrends(ctx); err != nil {
		return fmt.Errorf("posts: %w", err)
	}
	go s.outbox.Run(ctx)
	return nil
}
