// Package mastodon is the edge that speaks the Mastodon client API: it reads
// HTTP requests, asks the domains, and writes their answers as JSON. All routes
// stand in one table (routes.go); what is the same for every request (who asks,
// whether they may, limits, failures) is in server.go and endpoint.go, and a
// resource's handlers are in the file of its name. What does not belong here:
// SQL, rules about who may see or do what (the domains know), and HTML.
package mastodon

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/httpx"
	"github.com/guildhall/guildhall/internal/limit"
	"github.com/guildhall/guildhall/internal/observe"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/profiles"
)

// Deps are the parts that the edge stands on.
type Deps struct {
	Identity      *identity.Service
	Profiles      *profiles.Service
	Posts         *posts.Service
	Instance      *instance.Service
	Moderation    *moderation.Service
	Notifications *notifications.Service
	Practice      *practice.Service
	Blobs         *blob.Store           // images of posts
	Pictures      *blob.Store           // avatars and headers
	Limit         *limit.Limiter        // nil: no rate limits
	Gate          *httpx.Gate           // nil: any number of requests at once
	Metrics       prometheus.Registerer // nil: none
	Ready         func() error          // nil: always ready
	// Storage says where the data is; nil: nobody is told.
	Storage func(context.Context) (Storage, error)
	Traffic *observe.Traffic // nil: requests are not counted
	Caches  *observe.Caches  // nil: nobody looks
	Now     func() time.Time
	Log     *slog.Logger
}

// Storage is where the data is, for the dashboard.
type Storage struct {
	Engine  string // of the databases: SQLite or PostgreSQL
	Version string // the engine's
	Data    int64  // bytes of the databases
	Media   int64  // bytes of pictures, as they were lately
}

// Config is what the operator decides about the API.
type Config struct {
	BaseURL          string // https://example.org, without a slash at the end
	Title            string
	Description      string   // one or two sentences, plain text
	ContactEmail     string   // empty: none
	ContactAccount   string   // username, empty: none
	ShowDomainBlocks bool     // tell members which servers are blocked
	Languages        []string // ISO 639-1
	Version          string   // of this program
	SourceURL        string
	Registrations    identity.Registrations
	PasswordGrant    bool                  // as in identity.Config, for the metadata document
	Posts            posts.Config          // for the limits that the instance tells
	Profiles         profiles.Config       // likewise
	Limits           map[string]limit.Rule // by the names of the route table
	TrustedProxies   []netip.Prefix        // whose X-Forwarded-For is believed
	BodyBytes        int64                 // most bytes of a JSON or form body
	UploadBytes      int64                 // most bytes of a body with images
	BodyTime         time.Duration         // in which a body must arrive; five times that for images
}

// DefaultConfig returns the configuration of a server nobody has configured.
func DefaultConfig() Config {
	return Config{
		BaseURL:       "http://localhost:8080",
		Title:         "Guildhall",
		Description:   "A professional network that its community hosts itself.",
		Languages:     []string{"en"},
		Version:       "0.1.0",
		SourceURL:     "https://github.com/guildhall/guildhall",
		Registrations: identity.Open,
		Posts:         posts.DefaultConfig(),
		Profiles:      profiles.DefaultConfig(),
		Limits:        DefaultLimits(),
		BodyBytes:     1 << 20,
		UploadBytes:   17 << 20,
		BodyTime:      time.Minute,
	}
}
