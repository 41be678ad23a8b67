package moderation

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/words"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

//go:embed schema words
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
	Identity *identity.Service
	Profiles *profiles.Service
	Posts    *posts.Service
	Instance *instance.Service
}

// Service is the room. Its methods may be called concurrently.
type Service struct {
	Deps
	outbox *bus.Outbox
	words  words.Languages // of mails
	nudge  chan struct{}   // there is something to erase
}

// New returns a service; Start makes it take part in events.
func New(d Deps) *Service {
	return &Service{Deps: d, outbox: bus.NewOutbox(d.Bus, d.DB, d.IDs, d.Now), words: words.Load(files), nudge: make(chan struct{}, 1)}
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

// Start relays the room's events, finishes what was cut short, sends mails and
// erases what is to be erased, until ctx ends.
func (s *Service) Start(ctx context.Context) error {
	if err := s.consume(ctx); err != nil {
		return fmt.Errorf("moderation: %w", err)
	}
	go s.outbox.Run(ctx)
	go s.erases(ctx)
	return nil
}
