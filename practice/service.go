package practice

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"time"

	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
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
	Profiles   *profiles.Service
	Posts      *posts.Service
	Recordings *blob.Store // of spoken answers; nobody else's files
	Bundled    fs.FS       // the decks of this version of the program
}

// Service is the room. Its methods may be called concurrently.
type Service struct {
	Deps
	config Config
	outbox *bus.Outbox
}

// New returns a service; Start makes it take part in events.
func New(d Deps, c Config) *Service {
	return &Service{Deps: d, config: c, outbox: bus.NewOutbox(d.Bus, d.DB, d.IDs, d.Now)}
}

// Start relays the room's events until ctx ends.
func (s *Service) Start(ctx context.Context) error {
	go s.outbox.Run(ctx)
	return nil
}
