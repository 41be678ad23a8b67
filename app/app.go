// Package app is the composition root: it turns a configuration into running
// services and stops them in order. It alone sees every room. What a service
// does belongs to its room, how the command line looks to cmd/guildhall.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/archive"
	"github.com/guildhall/guildhall/decks"
	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/fetch"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/limit"
	"github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/observe"
	"github.com/guildhall/guildhall/internal/seal"
	"github.com/guildhall/guildhall/internal/text"
	"github.com/guildhall/guildhall/internal/webpush"
	"github.com/guildhall/guildhall/mastodon"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/profiles"
	"github.com/guildhall/guildhall/web"
	"github.com/prometheus/client_golang/prometheus"
)

// Version is this program's version (semver.org).
const Version = "0.1.0"

// App is the services of one process over their databases and queues.
type App struct {
	Identity      *identity.Service
	Profiles      *profiles.Service
	Posts         *posts.Service
	Instance      *instance.Service
	Moderation    *moderation.Service
	Notifications *notifications.Service
	Practice      *practice.Service
	Archive       *archive.Service

	config   Config
	log      *slog.Logger
	now      func() time.Time
	ids      *ids.Generator
	limits   *limit.Limiter
	blobs    *blob.Store // of posts
	faces    *blob.Store // avatars and headers: a room deletes only its own files
	signs    *blob.Store // custom emoji
	metrics  *prometheus.Registry
	traffic  *observe.Traffic
	history  *observe.History
	caches   *observe.Caches
	watch    *observe.Watch
	bus      *bus.Bus
	dbs      map[string]*db.DB
	lock     *db.Lock
	handler  http.Handler
	draining atomic.Bool
	pictures atomic.Int64 // bytes that they take, measured now and then
}

// Options are what tests and the demo choose.
type Options struct {
	Log *slog.Logger
	Now func() time.Time // nil: the real clock
	// Offline is for commands that only use the databases, also beside a
	// running server: no queues, no HTTP.
	Offline bool
}

type database struct {
	name    string
	schema  func() fs.FS
	derived bool // the content can be made anew
}

func (d database) config(c Config, log *slog.Logger) db.Config {
	return db.Config{Name: d.name, Dir: c.Data, URL: c.DatabaseURL, Schema: d.schema(), Derived: d.derived, Log: log}
}

// databases are the rooms' databases and what is in them, in the order in which
// they are migrated.
var databases = []database{
	{"identity", identity.Schema, false},
	{"profiles", profiles.Schema, false},
	{"posts", posts.Schema, false},
	{"search", posts.SearchSchema, true},
	{"instance", instance.Schema, false},
	{"moderation", moderation.Schema, false},
	{"notifications", notifications.Schema, false},
	{"practice", practice.Schema, false},
}

// Open opens and migrates the databases and builds the services; nothing runs
// yet. The error says in one line what is wrong.
func Open(ctx context.Context, c Config, o Options) (_ *App, err error) {
	a := &App{config: c, log: o.Log, now: o.Now, metrics: observe.Registry(), dbs: map[string]*db.DB{}}
	if a.now == nil {
		a.now = time.Now
	}
	a.ids = ids.NewGenerator(a.now)
	// The demo's clock runs through years; the machine lives now.
	a.traffic, a.watch, a.caches = observe.NewTraffic(time.Now), observe.NewWatch(time.Now), &observe.Caches{}
	a.history = observe.NewHistory(a.traffic, time.Now)
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if !o.Offline {
		if a.lock, err = takeFolder(ctx, c); err != nil {
			return nil, err
		}
		if err := mend(ctx, c, a.log); err != nil {
			return nil, err
		}
		if a.bus, err = bus.Open(ctx, bus.Config{URL: c.NATSURL, Dir: filepath.Join(c.Data, "bus"), Log: a.log, Metrics: a.metrics}); err != nil {
			return nil, err
		}
	}
	if err := a.openDatabases(ctx); err != nil {
		return nil, err
	}
	if err := a.build(); err != nil {
		return nil, err
	}
	if !o.Offline {
		a.handler, err = a.edges()
	}
	return a, err
}

// makeFolder makes the data folder if it is not there.
func makeFolder(c Config) error {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	return nil
}

// takeFolder keeps other processes from serving what is in the data folder.
func takeFolder(ctx context.Context, c Config) (*db.Lock, error) {
	if err := makeFolder(c); err != nil {
		return nil, err
	}
	lock, err := db.TakeLock(ctx, filepath.Join(c.Data, "serving.lock"))
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", c.Data, err)
	}
	return lock, nil
}

func (a *App) openDatabases(ctx context.Context) error {
	return eachDatabase(ctx, a.config, a.log, func(d *db.DB) error {
		if err := d.Migrate(ctx); err != nil {
			return errors.Join(err, d.Close())
		}
		a.dbs[d.Name()] = d
		return nil
	})
}

// eachDatabase opens the databases in order and hands each to f, who closes it.
func eachDatabase(ctx context.Context, c Config, log *slog.Logger, f func(*db.DB) error) error {
	if err := makeFolder(c); err != nil {
		return err
	}
	for _, spec := range databases {
		if err := withDatabase(ctx, spec.config(c, log), f); err != nil {
			return err
		}
	}
	return nil
}

// mend throws away the files of derived databases that are damaged: not flushed
// at each commit, they may not survive a power cut, and their content is made
// anew. No other process may be using them.
func mend(ctx context.Context, c Config, log *slog.Logger) error {
	for _, spec := range databases {
		if !spec.derived || c.DatabaseURL != "" {
			continue
		}
		err := withDatabase(ctx, spec.config(c, log), func(d *db.DB) error { return errors.Join(d.Migrate(ctx), d.Close()) })
		if !db.IsCorrupt(err) {
			continue // whatever else is wrong stops the start a little later
		}
		log.Warn("damaged file thrown away", "database", spec.name, "error", err)
		file := filepath.Join(c.Data, spec.name+".db")
		if err := errors.Join(os.Remove(file), os.RemoveAll(file+"-wal"), os.RemoveAll(file+"-shm")); err != nil {
			return err
		}
	}
	return nil
}

func withDatabase(ctx context.Context, c db.Config, f func(*db.DB) error) error {
	d, err := db.Open(ctx, c)
	if err != nil {
		return err
	}
	return f(d)
}

// build makes the services, each from those before it.
func (a *App) build() error {
	c := a.config
	keys, err := seal.LoadOrCreate(filepath.Join(c.Data, "keys.txt"))
	if err != nil {
		return err
	}
	mailer, err := mail.New(mail.Config{From: c.MailFrom, SMTPAddr: c.SMTPAddress, Username: c.SMTPUsername, Password: c.SMTPPassword,
		Folder: filepath.Join(c.Data, "mail")}, a.log)
	if err != nil {
		return err
	}
	if a.blobs, err = blob.Open(filepath.Join(c.Data, "media")); err != nil {
		return err
	}
	if a.faces, err = blob.Open(filepath.Join(c.Data, "pictures")); err != nil {
		return err
	}
	if a.signs, err = blob.Open(filepath.Join(c.Data, "emojis")); err != nil {
		return err
	}
	if c.RateLimits == "on" {
		a.limits = limit.New(a.now)
		a.limits.Refused = func(rule, key string) { a.watch.Note("limit", rule, addressIn(key)) }
	}
	pages, err := c.pages()
	if err != nil {
		return err
	}
	images := image.New(2, image.Limits{Bytes: 16 << 20, Pixels: 33_177_600})
	a.Identity = identity.New(identity.Deps{DB: a.dbs["identity"], Bus: a.bus, IDs: a.ids, Now: a.now, Log: a.log,
		Keys: keys, Mail: mailer, Limit: a.limits, Caches: a.caches, Watch: a.watch}, c.identity())
	a.Profiles = profiles.New(profiles.Deps{DB: a.dbs["profiles"], Bus: a.bus, IDs: a.ids, Now: a.now, Log: a.log,
		Identity: a.Identity, Images: images, Blobs: a.faces, Format: a.format, Caches: a.caches}, c.profiles())
	a.Posts = posts.New(posts.Deps{DB: a.dbs["posts"], Search: a.dbs["search"], Bus: a.bus, IDs: a.ids, Now: a.now, Log: a.log,
		Profiles: a.Profiles, Images: images, Blobs: a.blobs, Pages: pages, Translator: c.translator(), Caches: a.caches}, c.posts())
	a.Instance = instance.New(instance.Deps{DB: a.dbs["instance"], Bus: a.bus, IDs: a.ids, Now: a.now, Log: a.log,
		Profiles: a.Profiles, Posts: a.Posts, Images: images, Blobs: a.signs}, c.instance())
	a.Moderation = moderation.New(moderation.Deps{DB: a.dbs["moderation"], Bus: a.bus, IDs: a.ids, Now: a.now, Log: a.log,
		Identity: a.Identity, Profiles: a.Profiles, Posts: a.Posts, Instance: a.Instance})
	a.Notifications = notifications.New(notifications.Deps{DB: a.dbs["notifications"], Bus: a.bus, IDs: a.ids, Now: a.now, Log: a.log,
		Identity: a.Identity, Profiles: a.Profiles, Posts: a.Posts, Keys: keys, Icon: a.avatarURL, Title: web.Titles(), Page: web.Address, Caches: a.caches,
		Push: webpush.NewClient(fetch.Guard{}.Transport(), c.subject(), a.now)}, notifications.DefaultConfig())
	recordings, err := blob.Open(filepath.Join(c.Data, "recordings"))
	if err != nil {
		return err
	}
	labs, err := labRunner(a.log)
	if err != nil {
		return err
	}
	a.Practice = practice.New(practice.Deps{DB: a.dbs["practice"], Bus: a.bus, IDs: a.ids, Now: a.now, Log: a.log,
		Identity: a.Identity, Profiles: a.Profiles, Posts: a.Posts, Keys: keys, Recordings: recordings, Bundled: decks.Files, Labs: labs}, practice.Config{BaseURL: c.BaseURL})
	exports, err := blob.Open(filepath.Join(c.Data, "exports"))
	if err != nil {
		return err
	}
	a.Archive = archive.New(archive.Deps{Identity: a.Identity, Profiles: a.Profiles, Posts: a.Posts, Instance: a.Instance, Moderation: a.Moderation,
		Notifications: a.Notifications, Practice: a.Practice, Files: exports, Media: a.blobs, Pictures: a.faces, Limit: a.limits, FollowRule: mastodon.DefaultLimits()["follows"], BaseURL: c.BaseURL, Now: a.now, Log: a.log})
	a.Identity.OnRevoked(a.closeStreams)
	return nil
}

// format turns what people write about themselves into HTML.
func (a *App) format(s string) string {
	return text.Parse(s).HTML(nil, func(tag string) string { return a.config.BaseURL + "/tags/" + url.PathEscape(tag) })
}

// avatarURL is where an account's picture is.
func (a *App) avatarURL(of *profiles.Account) string {
	return mastodon.AvatarURL(a.config.BaseURL, of.Avatar)
}

// closeStreams ends the live streams of a token that was revoked, or of all of a
// user's.
func (a *App) closeStreams(user, token ids.ID) {
	if token != 0 {
		a.Notifications.CloseToken(token)
	} else {
		a.Notifications.CloseUser(user)
	}
}

// Start sets the services' consumers and loops going; they end with ctx.
func (a *App) Start(ctx context.Context) error {
	for _, s := range []interface{ Start(context.Context) error }{a.Identity, a.Profiles, a.Posts, a.Instance, a.Moderation, a.Notifications, a.Practice, a.Archive} {
		if err := s.Start(ctx); err != nil {
			return fmt.Errorf("%T: %w", s, err)
		}
	}
	go a.measuring(ctx)
	go a.history.Run(ctx)
	return nil
}

// Close lets go of everything. It may be called more than once.
func (a *App) Close() error {
	if a.bus != nil {
		a.bus.Close()
	}
	var err error
	for _, d := range a.dbs {
		err = errors.Join(err, d.Close())
	}
	return errors.Join(err, a.lock.Release())
}
