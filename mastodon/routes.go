package mastodon

import "slices"

// Audience says who may call a route.
type Audience uint8

// The audiences. A token that is sent but not valid is refused everywhere but
// on Public routes.
const (
	Public Audience = iota // everybody; a token is not even looked at
	Anyone                 // everybody; a token, if sent, says who the viewer is
	App                    // any valid token, an app's own too
	User                   // a token that stands for a user
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
	Notifications Service = "notifications"
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
}

// Routes returns every route of the API.
//
// To add a resource: write its handlers, func (s *server) name(c *Call) error,
// in a file of its name; write its lines as a slice next to the others; append
// that here. A handler reads with c.PathID, c.Param, c.Page and c.Decode, asks a
// domain as c.Viewer(), and ends with c.JSON, c.Bytes or c.List (after c.Link),
// or returns the domain's error as it is. Accounts inside other entities come
// from s.accountsJSON as rawJSON. A new name in the column of limits needs its
// line in DefaultLimits.
func Routes() []Route {
	return slices.Concat(
		instanceRoutes(),
		oauthRoutes(),
		accountRoutes(),
		relationshipRoutes(),
		fileRoutes(),
	)
}

func instanceRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/instance", Public, "", Instance, "", 0, (*server).instanceV1},
		{"GET", "/api/v2/instance", Public, "", Instance, "", 0, (*server).instanceV2},
		{"GET", "/api/v1/instance/peers", Public, "", Instance, "", 0, (*server).emptyList},
		{"GET", "/api/v1/instance/activity", Public, "", Instance, "", 0, (*server).emptyList},
		{"GET", "/api/v1/instance/rules", Public, "", Instance, "", 0, (*server).instanceRules},
		{"GET", "/api/v1/instance/extended_description", Public, "", Instance, "", 0, (*server).extendedDescription},
		{"GET", "/api/v1/instance/privacy_policy", Public, "", Instance, "", 0, (*server).privacyPolicy},
		{"GET", "/api/v1/instance/terms_of_service", Public, "", Instance, "", 0, (*server).termsOfService},
		{"GET", "/api/v1/instance/domain_blocks", User, "", Instance, "", 0, (*server).emptyList},
		{"GET", "/api/v1/instance/translation_languages", Public, "", Instance, "", 0, (*server).emptyObject},
		{"GET", "/api/v1/custom_emojis", Public, "", Instance, "", 0, (*server).emptyList},
		{"GET", "/api/v1/announcements", User, "", Instance, "", 0, (*server).emptyList},
		{"GET", "/api/v1/push/subscription", User, "push", Notifications, "", 0, (*server).nothingThere},
		{"GET", "/api/v1/followed_tags", User, "read:follows", Posts, "", 0, (*server).emptyList},
		{"GET", "/api/v1/lists", User, "read:lists", Posts, "", 0, (*server).emptyList},
		{"GET", "/api/v1/filters", User, "read:filters", Posts, "", 0, (*server).emptyList},
		{"GET", "/api/v2/filters", User, "read:filters", Posts, "", 0, (*server).emptyList},
		{"GET", "/.well-known/nodeinfo", Public, "", Instance, "", 0, (*server).nodeinfoLinks},
		{"GET", "/nodeinfo/2.0", Public, "", Instance, "", 0, (*server).nodeinfo20},
		{"GET", "/nodeinfo/2.1", Public, "", Instance, "", 0, (*server).nodeinfo21},
		{"GET", "/.well-known/host-meta", Public, "", Instance, "", Raw, (*server).hostMeta},
		{"GET", "/.well-known/webfinger", Public, "", Instance, "", Raw, (*server).webfinger},
		{"GET", "/health", Public, "", Instance, "", Raw | Unshed, (*server).live},
		{"GET", "/health/live", Public, "", Instance, "", Raw | Unshed, (*server).live},
		{"GET", "/health/ready", Public, "", Instance, "", Raw | Unshed, (*server).ready},
	}
}

func oauthRoutes() []Route {
	return []Route{
		{"GET", "/.well-known/oauth-authorization-server", Public, "", Identity, "", 0, (*server).oauthMetadata},
		{"POST", "/oauth/token", Public, "", Identity, "", 0, (*server).token},
		{"POST", "/oauth/revoke", Public, "", Identity, "", 0, (*server).revoke},
		{"GET", "/oauth/userinfo", User, "profile read:accounts", Identity, "", 0, (*server).userinfo},
		{"POST", "/oauth/userinfo", User, "profile read:accounts", Identity, "", 0, (*server).userinfo},
		{"POST", "/api/v1/apps", Public, "", Identity, "apps", 0, (*server).createApp},
		{"GET", "/api/v1/apps/verify_credentials", App, "", Identity, "", PendingToo, (*server).verifyApp},
		{"POST", "/api/v1/emails/confirmations", User, "", Identity, "confirmation", PendingToo, (*server).resendConfirmation},
		{"GET", "/api/v1/emails/check_confirmation", User, "", Identity, "", PendingToo, (*server).checkConfirmation},
	}
}

func accountRoutes() []Route {
	return []Route{
		{"POST", "/api/v1/accounts", App, "write:accounts", Identity, "", 0, (*server).signUp},
		{"GET", "/api/v1/accounts", Anyone, "read:accounts", Profiles, "", 0, (*server).accounts},
		{"GET", "/api/v1/accounts/verify_credentials", User, "profile read:accounts", Profiles, "", 0, (*server).verifyCredentials},
		{"PATCH", "/api/v1/accounts/update_credentials", User, "write:accounts", Profiles, "", Upload, (*server).updateCredentials},
		{"PUT", "/api/v1/accounts/update_credentials", User, "write:accounts", Profiles, "", Upload, (*server).updateCredentials},
		{"DELETE", "/api/v1/profile/avatar", User, "write:accounts", Profiles, "", 0, (*server).deleteAvatar},
		{"DELETE", "/api/v1/profile/header", User, "write:accounts", Profiles, "", 0, (*server).deleteHeader},
		{"GET", "/api/v1/preferences", User, "read:accounts", Profiles, "", 0, (*server).preferences},
		{"GET", "/api/v1/accounts/lookup", Anyone, "read:accounts", Profiles, "", 0, (*server).lookup},
		{"GET", "/api/v1/accounts/search", User, "read:accounts", Profiles, "", 0, (*server).searchAccounts},
		{"GET", "/api/v1/accounts/{id}", Anyone, "read:accounts", Profiles, "", 0, (*server).account},
		{"GET", "/api/v1/accounts/{id}/followers", Anyone, "read:accounts", Profiles, "paging", 0, (*server).followers},
		{"GET", "/api/v1/accounts/{id}/following", Anyone, "read:accounts", Profiles, "paging", 0, (*server).following},
	}
}

func relationshipRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/accounts/relationships", User, "read:follows", Profiles, "", 0, (*server).relationships},
		{"POST", "/api/v1/accounts/{id}/follow", User, "write:follows", Profiles, "follows", 0, (*server).follow},
		{"POST", "/api/v1/accounts/{id}/unfollow", User, "write:follows", Profiles, "", 0, (*server).unfollow},
		{"POST", "/api/v1/accounts/{id}/remove_from_followers", User, "write:follows", Profiles, "", 0, (*server).removeFollower},
		{"POST", "/api/v1/accounts/{id}/block", User, "write:blocks", Profiles, "", 0, (*server).block},
		{"POST", "/api/v1/accounts/{id}/unblock", User, "write:blocks", Profiles, "", 0, (*server).unblock},
		{"POST", "/api/v1/accounts/{id}/mute", User, "write:mutes", Profiles, "", 0, (*server).mute},
		{"POST", "/api/v1/accounts/{id}/unmute", User, "write:mutes", Profiles, "", 0, (*server).unmute},
		{"POST", "/api/v1/accounts/{id}/note", User, "write:accounts", Profiles, "", 0, (*server).setNote},
		{"GET", "/api/v1/follow_requests", User, "read:follows", Profiles, "paging", 0, (*server).followRequests},
		{"POST", "/api/v1/follow_requests/{id}/authorize", User, "write:follows", Profiles, "", 0, (*server).authorizeRequest},
		{"POST", "/api/v1/follow_requests/{id}/reject", User, "write:follows", Profiles, "", 0, (*server).rejectRequest},
		{"GET", "/api/v1/blocks", User, "read:blocks", Profiles, "paging", 0, (*server).blocks},
		{"GET", "/api/v1/mutes", User, "read:mutes", Profiles, "paging", 0, (*server).mutes},
	}
}

func fileRoutes() []Route {
	return []Route{
		{"GET", "/media/{key...}", Public, "", Posts, "", Raw, (*server).file},
		{"GET", "/avatars/default.png", Public, "", Instance, "", Raw, (*server).defaultAvatar},
		{"GET", "/headers/default.png", Public, "", Instance, "", Raw, (*server).defaultHeader},
	}
}
