package instance

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

//go:embed schema
var files embed.FS

// Schema returns the room's migrations.
func Schema() fs.FS {
	sub, err := fs.Sub(files, "schema")
	if err != nil { // only for a malformed name
		panic(err)
	}
	return sub
}

// Deps is what the service works with.
type Deps struct {
	DB       *db.DB
	Bus      *bus.Bus
	IDs      *ids.Generator
	Now      func() time.Time
	Log      *slog.Logger
	Profiles *profiles.Service
	Posts    *posts.Service
	Images   *image.Processor
	Blobs    *blob.Store // images of emoji
}

// Service is the room. Its methods may be called concurrently.
type Service struct {
	Deps
	config Config
	outbox *bus.Outbox
	images *image.Processor
	emojis atomic.Pointer[Emojis]
	house  atomic.Pointer[House]
	fresh  sync.Mutex    // held while emojis or house are read anew, so that the newest stays
	stale  chan struct{} // another node has changed them
}

// New returns a service; Start makes it take part in events.
func New(d Deps, c Config) *Service {
	s := &Service{Deps: d, config: c, outbox: bus.NewOutbox(d.Bus, d.DB, d.IDs, d.Now), stale: make(chan struct{}, 1),
		images: d.Images.WithLimits(image.Limits{Bytes: c.EmojiBytes, Pixels: c.EmojiPixels})}
	s.emojis.Store(&Emojis{})
	s.house.Store(&House{})
	return s
}

// Emojis returns the custom emoji; until Start there are none.
func (s *Service) Emojis() *Emojis { return s.emojis.Load() }

// House returns what the server says of itself; until Start that is nothing.
func (s *Service) House() *House { return s.house.Load() }

// Intervals of the loops: how often announcements fall due, and the net below
// the events that tell of changes.
const (
	dueEvery    = 2 * time.Second
	reloadEvery = 10 * time.Minute
)

// Start reads what is kept in memory, relays the room's events, and publishes
// announcements in time, until ctx ends.
func (s *Service) Start(ctx context.Context) error {
	if err := s.Bus.Follow(bus.Follower{Event: s.hear, Lost: s.outdate}); err != nil {
		return fmt.Errorf("instance: %w", err)
	}
	if err := s.reload(ctx); err != nil {
		return fmt.Errorf("instance: %w", err)
	}
	go s.outbox.Run(ctx)
	go s.loop(ctx)
	return s.Bus.Consume(ctx, bus.Consumer{Name: "instance-reports", Events: []string{"instance.report_wanted"}, Handle: s.makeReports})
}

func (s *Service) loop(ctx context.Context) {
	due, net := time.NewTicker(dueEvery), time.NewTicker(reloadEvery)
	defer due.Stop()
	defer net.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-due.C:
			err = s.announceDue(ctx)
		case <-net.C:
			err = s.reload(ctx)
		case <-s.stale:
			err = s.reload(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.Log.Error("instance", "error", err)
		}
	}
}

// hear notes what other nodes, and other processes on the database, change.
func (s *Service) hear(e bus.Event) {
	if e.Domain == s.DB.Name() && (e.Kind == EmojiChanged{}.Kind() || e.Kind == HouseChanged{}.Kind()) {
		s.outdate()
	}
}

func (s *Service) outdate() {
	select {
	case s.stale <- struct{}{}:
	default: // it will be read anew already
	}
}

// reload reads what is kept in memory; what has not changed keeps its pointer.
func (s *Service) reload(ctx context.Context) error {
	s.fresh.Lock()
	defer s.fresh.Unlock()
	if err := s.loadEmojis(ctx); err != nil {
		return err
	}
	return s.loadHouse(ctx)
}

// idRetries is how often a transaction is run again because another node has
// made the same id in the same millisecond.
const idRetries = 3

// write runs f in a transaction, again with fresh ids if one exists already.
func (s *Service) write(ctx context.Context, f func(tx *db.Tx) error) error {
	for attempt := 0; ; attempt++ {
		err := s.DB.Write(ctx, f)
		if attempt == idRetries || !db.IsDuplicate(err) {
			return err
		}
	}
}

func (s *Service) tell(ctx context.Context, tx *db.Tx, p bus.Payload) error {
	_, err := s.outbox.Add(ctx, tx, p)
	return err
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}
