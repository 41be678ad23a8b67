package mastodon

import "slices"

// Audience says who may call a route.
type Audience uint8

// The audiences. A token that is sent but not valid is refused everywhere but
// on Public routes.
const (
	Public     Audience = iota // everybody; a token is not even looked at
	Anyone                     // everybody; a token, if sent, says who the viewer is
	App                        // any valid token, an app's own too
	User                       // a token that stands for a user
	Moderators                 // a user who keeps the house: moderator, admin or owner
	Admins                     // a user who runs it: admin or owner
)

// Flags are what few routes need.
type Flags uint8

// The flags.
const (
	// PendingToo lets users call who have not confirmed their address yet.
	PendingToo Flags = 1 << iota
	// Upload says that the body may carry images: Config.UploadBytes bounds it.
	Upload
	// Raw says that the answer is not JSON.
	Raw
	// Unshed says that the route takes no slot when the server is busy: health
	// checks, which must answer, and streams, which stay for hours.
	Unshed
	// QueryToken takes the token from the parameter access_token too, and from
	// Sec-WebSocket-Protocol: browsers cannot set headers on a WebSocket.
	QueryToken
	// Behind says that another route may match the same path and wins then:
	// net/http takes no two patterns of which neither is the narrower one.
	Behind
	// Deprecated says that there is something better, in Mastodon too. Apps still
	// call it; no day is set for its end.
	Deprecated
	// OwnLimit says that the route's limit holds in the place of those that hold
	// for all routes: what is typed together comes more often than these allow.
	OwnLimit
)

// Service names the part of the program that serves a route, so that a node
// can run some of them.
type Service string

// The services.
const (
	Instance      Service = "instance"
	Identity      Service = "identity"
	Profiles      Service = "profiles"
	Posts         Service = "posts"
	Moderation    Service = "moderation"
	Notifications Service = "notifications"
	Practice      Service = "practice"
)

// Route is one line of the table.
type Route struct {
	Method   string
	Pattern  string // net/http.ServeMux syntax
	Audience Audience
	Scope    string // any one of these, by spaces; empty: any token
	Service  Service
	Limit    string // a further rate limit, by its name; empty: none
	Flags    Flags
	Handle   func(*server, *Call) error
	In       any // zero value of the struct that its parameters go into; nil: none
	Out      any // zero value of what it answers with; nil: an empty object, or no JSON
}

// Routes returns every route of the API.
//
// To add a resource: write its handlers, func (s *server) name(c *Call) error,
// in a file of its name; write its lines in the file routes_….go of its area; if
// that is a new one, append it here. A handler reads with c.PathID, c.Param, c.Page and c.Decode, asks a
// domain as c.Viewer(), and ends with c.JSON, c.Bytes or c.List (after c.Link),
// or returns the domain's error as it is. Accounts inside other entities come
// from s.accountsJSON as encoded[accountEntity]. A new name in the column of
// limits needs its line in DefaultLimits. In and Out become the OpenAPI document
// (schema.go says how); the tests hold what is read and answered against them.
func Routes() []Route {
	return slices.Concat(
		instanceRoutes(),
		oauthRoutes(),
		accountRoutes(),
		relationshipRoutes(),
		statusRoutes(),
		timelineRoutes(),
		mediaRoutes(),
		notificationRoutes(),
		streamingRoutes(),
		fileRoutes(),
		listRoutes(),
		filterRoutes(),
		quoteRoutes(),
		discoveryRoutes(),
		trendReviewRoutes(),
		pushRoutes(),
		adminRoutes(),
		communityRoutes(),
		guildhallRoutes(),
		practiceRoutes(),
	)
}
