package identity

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/limit"
	"github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/observe"
	"github.com/guildhall/guildhall/internal/seal"
	"github.com/guildhall/guildhall/internal/words"
)

// Config is what an administrator can set.
type Config struct {
	Registrations       Registrations
	BaseURL             string        // scheme and host, without a slash at the end; links in mails start with it
	Title               string        // the server's name in mails
	PasswordGrant       bool          // allow OAuth's password grant
	WeakPasswords       bool          // take passwords that are short or easy to guess
	RequireConfirmation bool          // e-mail addresses must be confirmed
	CodeTTL             time.Duration // an authorization code
	SessionTTL          time.Duration // a browser session that is not used
	ResetTTL            time.Duration // a link to set a new password
	ConfirmTTL          time.Duration // a link to confirm an address
	ReservedNames       []string      // usernames that sign-up refuses, lower case
	HashConcurrency     int           // passwords hashed at the same time, 19 MiB each
}

// DefaultConfig returns the settings of a server that nobody has configured.
func DefaultConfig() Config {
	return Config{
		Registrations: Open, BaseURL: "http://localhost:8080", Title: "Guildhall", RequireConfirmation: true,
		CodeTTL: 10 * time.Minute, SessionTTL: 30 * 24 * time.Hour, ResetTTL: time.Hour, ConfirmTTL: 24 * time.Hour,
		ReservedNames: []string{"abuse", "about", "account", "accounts", "admin", "administrator", "api", "auth", "explore",
			"guildhall", "help", "hostmaster", "info", "instance", "mailer_daemon", "mod", "moderator", "moderators", "no_reply",
			"noreply", "oauth", "owner", "postmaster", "practice", "public", "root", "security", "staff", "support", "system", "webmaster"},
		HashConcurrency: 2,
	}
}

// Deps are the parts that the service stands on.
type Deps struct {
	DB    *db.DB
	Bus   *bus.Bus
	IDs   *ids.Generator
	Now   func() time.Time
	Log   *slog.Logger
	Keys  *seal.Keyring
	Mail  *mail.Mailer
	Limit *limit.Limiter // nil: no limits

	Caches *observe.Caches // nil: nobody looks
	Watch  *observe.Watch  // nil: nobody looks
}

// Service is the room's door. Its methods may be called concurrently.
type Service struct {
	db       *db.DB
	bus      *bus.Bus
	ids      *ids.Generator
	now      func() time.Time
	log      *slog.Logger
	keys     *seal.Keyring
	mail     *mail.Mailer
	limiter  *limit.Limiter
	watch    *observe.Watch
	cfg      Config
	outbox   *bus.Outbox
	hasher   hasher
	words    words.Languages
	cache    *cache
	reserved map[string]bool
	networks atomic.Pointer[networks] // blocked ones; nil: not read yet
	loading  sync.Mutex               // of networks

	mu       sync.Mutex
	revoked  []func(userID, tokenID ids.ID)
	counted  counts
	countAge time.Time
}

// New returns the service; Start sets it going.
func New(d Deps, c Config) *Service {
	s := &Service{db: d.DB, bus: d.Bus, ids: d.IDs, now: d.Now, log: d.Log, keys: d.Keys, mail: d.Mail, limiter: d.Limit, watch: d.Watch,
		cfg: c, outbox: bus.NewOutbox(d.Bus, d.DB, d.IDs, d.Now), hasher: newHasher(c.HashConcurrency, c.WeakPasswords),
		cache: newCache(d.Now), reserved: map[string]bool{}, words: words.Load(texts)}
	observe.Keep(d.Caches, "identity.tokens", s.cache.tokens)
	observe.Keep(d.Caches, "identity.sessions", s.cache.sessions)
	observe.Keep(d.Caches, "identity.users", s.cache.users)
	observe.Keep(d.Caches, "identity.apps", s.cache.apps)
	for _, name := range c.ReservedNames {
		s.reserved[name] = true
	}
	return s
}

//go:embed schema
var schema embed.FS

//go:embed words
var texts embed.FS // of mails

// Schema returns the migrations.
func Schema() fs.FS {
	sub, err := fs.Sub(schema, "schema")
	if err != nil {
		panic(err) // the folder is embedded: this cannot happen
	}
	return sub
}

// Start hears what other nodes change, relays events, sends mails, and sweeps
// what has expired, until ctx ends or the bus is closed.
func (s *Service) Start(ctx context.Context) error {
	lost := func() {
		s.cache.forgetAll()
		s.reloadNetworks(ctx)
	}
	heard := func(e bus.Event) {
		s.heard(e)
		if e.Domain == "identity" && e.Kind == (NetworksChanged{}).Kind() {
			s.reloadNetworks(ctx)
		}
	}
	if err := s.bus.Follow(bus.Follower{Event: heard, Lost: lost}); err != nil {
		return err
	}
	if err := s.loadNetworks(ctx); err != nil {
		return err
	}
	err := s.bus.Consume(ctx, bus.Consumer{Name: "identity-mail", Handle: s.sendMails,
		Events: []string{"identity.confirmation_requested", "identity.reset_requested", "identity.approved",
			"identity.email_change_requested", "identity.email_changed", "identity.left", "identity.export_ready"}})
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, s.cache.stop)
	go s.outbox.Run(ctx)
	go s.sweeping(ctx)
	return nil
}

// OnRevoked makes f be called on this node whenever tokens stop working,
// wherever that happened: one token, or all of a user when tokenID is 0. f must
// not block, and may be called twice for one revocation.
func (s *Service) OnRevoked(f func(userID, tokenID ids.ID)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = append(s.revoked, f)
}

// heard keeps this node's caches true to what any node has changed.
func (s *Service) heard(e bus.Event) {
	if e.Domain != "identity" {
		return
	}
	var err error
	switch e.Kind {
	case Revoked{}.Kind():
		var r Revoked
		if r, err = bus.Decode[Revoked](e); err == nil {
			s.applyRevoked(r)
		}
	case SignedOut{}.Kind():
		var o SignedOut
		if o, err = bus.Decode[SignedOut](e); err == nil {
			s.cache.forget(o.UserID)
		}
	case Changed{}.Kind():
		var c Changed
		if c, err = bus.Decode[Changed](e); err == nil {
			s.cache.forget(c.UserID)
		}
	}
	if err != nil {
		s.log.Error("event not understood", "error", err)
		s.cache.forgetAll()
	}
}

func (s *Service) applyRevoked(r Revoked) {
	s.cache.forget(r.UserID)
	s.mu.Lock()
	fs := s.revoked[:len(s.revoked):len(s.revoked)]
	s.mu.Unlock()
	for _, f := range fs {
		f(r.UserID, r.TokenID)
	}
}

// tellRevoked records in tx that tokens are gone, and applies it here at once.
func (s *Service) tellRevoked(ctx context.Context, tx *db.Tx, r Revoked) error {
	tx.OnCommit(func() { s.applyRevoked(r) })
	_, err := s.outbox.Add(ctx, tx, r)
	return err
}

// tellChanged records in tx that a user has changed, and forgets them here.
func (s *Service) tellChanged(ctx context.Context, tx *db.Tx, userID ids.ID) error {
	tx.OnCommit(func() { s.cache.forget(userID) })
	_, err := s.outbox.Add(ctx, tx, Changed{UserID: userID})
	return err
}

func (s *Service) millis() int64 { return s.now().UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
