// Package archive is what members take with them and bring along: lists of whom
// they follow, block and mute in the files that Mastodon reads and writes, and
// an archive of all that is held about them. It asks the other rooms and knows
// neither SQL nor HTTP; that an archive was asked for is recorded by identity.
package archive

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/limit"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/profiles"
)

// atOnce is how many things are read at a time: however much somebody has
// written, no more than that is in memory.
const atOnce = 200

// Deps is what the service works with.
type Deps struct {
	Identity      *identity.Service
	Profiles      *profiles.Service
	Posts         *posts.Service
	Instance      *instance.Service
	Moderation    *moderation.Service
	Notifications *notifications.Service
	Practice      *practice.Service
	Files         *blob.Store    // the archives; nobody else's files, and served by nothing but Open
	Media         *blob.Store    // of posts
	Pictures      *blob.Store    // of profiles
	Limit         *limit.Limiter // nil: no limits
	FollowRule    limit.Rule     // of follows, by the follower's id
	BaseURL       string
	Now           func() time.Time
	Log           *slog.Logger
}

// Service makes archives and lists. Its methods may be called concurrently.
type Service struct {
	Deps
	host  string        // of this server's accounts
	nudge chan struct{} // there is something to do
}

// New returns a service; Start makes it work.
func New(d Deps) *Service {
	_, host, _ := strings.Cut(d.BaseURL, "://")
	return &Service{Deps: d, host: host, nudge: make(chan struct{}, 1)}
}

// Start makes archives that were asked for, deletes old ones and does what members
// bring along, until ctx ends.
func (s *Service) Start(ctx context.Context) error {
	go s.works(ctx)
	return nil
}

// Request has an archive made of all that is held about a member. Errors are
// those of identity's RequestExport.
func (s *Service) Request(ctx context.Context, account ids.ID, password string) error {
	err := s.Identity.RequestExport(ctx, account, password)
	if err == nil {
		select {
		case s.nudge <- struct{}{}:
		default:
		}
	}
	return err
}

// Open returns a member's own archive, which the caller closes. Returns NotFound
// if there is none with this id that is theirs, ready and not too old.
func (s *Service) Open(ctx context.Context, account, id ids.ID) (io.ReadSeekCloser, *identity.Export, error) {
	e, err := s.Identity.ReadyExport(ctx, account, id)
	if err != nil {
		return nil, nil, err
	}
	f, _, err := s.Files.Open(ctx, e.File)
	return f, e, err
}

// address returns how an account is called from everywhere: name@host.
func (s *Service) address(a *profiles.Account) string {
	if a.Domain == "" {
		return a.Username + "@" + s.host
	}
	return a.Acct()
}

// person returns the URI of a local account.
func (s *Service) person(name string) string { return s.BaseURL + "/users/" + name }

// uri returns a post's URI.
func (s *Service) uri(p *posts.Post, author *profiles.Account) string {
	if p.URI != "" {
		return p.URI
	}
	return s.person(author.Username) + "/statuses/" + p.ID.String()
}
