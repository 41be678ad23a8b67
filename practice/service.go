package practice

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/seal"
	"github.com/guildhall/guildhall/internal/words"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice/deck"
	"github.com/guildhall/guildhall/practice/lab"
	"github.com/guildhall/guildhall/profiles"
)

//go:embed schema
var files embed.FS

//go:embed words
var texts embed.FS

// Schema returns the room's migrations.
func Schema() fs.FS {
	sub, err := fs.Sub(files, "schema")
	if err != nil { // only for a malformed name
		panic(err)
	}
	return sub
}

// Config is what the owner of a server can set.
type Config struct {
	BaseURL string // of this server, without a slash at the end; links to pages start with it
}

// DefaultConfig returns the settings of a server that nobody has configured.
func DefaultConfig() Config { return Config{BaseURL: "http://localhost:8080"} }

// Deps is what the service works with.
type Deps struct {
	DB         *db.DB
	Bus        *bus.Bus
	IDs        *ids.Generator
	Now        func() time.Time
	Log        *slog.Logger
	Identity   *identity.Service
	Profiles   *profiles.Service
	Posts      *posts.Service
	Recordings *blob.Store   // of spoken answers; nobody else's files
	Bundled    fs.FS         // the decks of this version of the program
	Labs       *lab.Runner   // runs labs in processes of their own
	Keys       *seal.Keyring // seals the key that signs receipts
}

// Service is the room. Its methods may be called concurrently.
type Service struct {
	Deps
	config  Config
	outbox  *bus.Outbox
	words   words.Languages
	terms   *deck.Terms
	library atomic.Pointer[library]
	fresh   sync.Mutex    // held while the decks are read anew, so that the newest stay
	stale   chan struct{} // another node has changed them
	working sync.Map      // accounts that have a lab running
	mocks   *mockHub      // who listens to mock interviews
}

// New returns a service, which knows decks from Start, or Load, on.
func New(d Deps, c Config) *Service {
	s := &Service{Deps: d, config: c, outbox: bus.NewOutbox(d.Bus, d.DB, d.IDs, d.Now), words: words.Load(texts), terms: &deck.Terms{}, stale: make(chan struct{}, 1), mocks: newMockHub()}
	s.library.Store(newLibrary())
	return s
}

// reloadEvery is the net below the events that tell of changed decks.
const reloadEvery = 10 * time.Minute

// Start reads the decks, brings in those that come with the program, and takes
// part in events until ctx ends.
func (s *Service) Start(ctx context.Context) error {
	if err := s.start(ctx); err != nil {
		return fmt.Errorf("practice: %w", err)
	}
	return nil
}

// Load reads the words that decks may use, and the decks that are kept. Start
// does so by itself; commands that run beside a server, and take no part in
// events, need no more than this.
func (s *Service) Load(ctx context.Context) (err error) {
	if s.terms, err = deck.ReadTerms(s.Bundled); err != nil {
		return err
	}
	return s.reload(ctx)
}

func (s *Service) start(ctx context.Context) error {
	if err := s.Bus.Follow(bus.Follower{Event: s.hear, Lost: s.outdate}); err != nil {
		return err
	}
	if err := s.Load(ctx); err != nil {
		return err
	}
	if err := s.importBundled(ctx); err != nil {
		return err
	}
	if err := s.Bus.Subscribe(mockSubject+"*", s.hearMock); err != nil {
		return err
	}
	go s.outbox.Run(ctx)
	go s.loop(ctx)
	go s.sweeping(ctx, mockSweepEvery, s.SweepMocks)
	go s.sweeping(ctx, sweepEvery, s.Sweep)
	if err := s.Bus.Consume(ctx, bus.Consumer{Name: "practice-messages", Events: []string{s.DB.Name() + ".*"}, Handle: s.tell}); err != nil {
		return err
	}
	return s.Bus.Consume(ctx, bus.Consumer{Name: "practice", Events: []string{"profiles.erased"}, Handle: s.erasures})
}

func (s *Service) loop(ctx context.Context) {
	net := time.NewTicker(reloadEvery)
	defer net.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-net.C:
		case <-s.stale:
		}
		if err := s.reload(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("decks not read", "error", err)
		}
	}
}

// hear notes what other nodes, and other processes on the database, change.
func (s *Service) hear(e bus.Event) {
	if e.Domain == s.DB.Name() && e.Kind == (DeckChanged{}).Kind() {
		s.outdate()
	}
}

func (s *Service) outdate() {
	select {
	case s.stale <- struct{}{}:
	default: // they will be read anew already
	}
}
