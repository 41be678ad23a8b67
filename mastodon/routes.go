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
		statusRoutes(),
		timelineRoutes(),
		mediaRoutes(),
		notificationRoutes(),
		streamingRoutes(),
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
		{"GET", "/api/v2/filters", User, "read:filters", Posts, "", 0, (*server).emptyList},
		{"GET", "/.well-known/nodeinfo", Public, "", Instance, "", 0, (*server).nodeinfoLinks},
		{"GET", "/nodeinfo/2.0", Public, "", Instance, "", 0, (*server).nodeinfo20},
		{"GET", "/nodeinfo/2.1", Public, "", Instance, "", 0, (*server).nodeinfo21},
		{"GET", "/.well-known/host-meta", Public, "", Instance, "", Raw, (*server).hostMeta},
		{"GET", "/.well-known/webfinger", Public, "", Instance, "", 0, (*server).webfinger},
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

func statusRoutes() []Route {
	return []Route{
		{"POST", "/api/v1/statuses", User, "write:statuses", Posts, "statuses", 0, (*server).createStatus},
		{"GET", "/api/v1/statuses", Anyone, "read:statuses", Posts, "", 0, (*server).getStatuses},
		{"GET", "/api/v1/statuses/{id}", Anyone, "read:statuses", Posts, "", 0, (*server).getStatus},
		{"PUT", "/api/v1/statuses/{id}", User, "write:statuses", Posts, "", 0, (*server).editStatus},
		{"PATCH", "/api/v1/statuses/{id}", User, "write:statuses", Posts, "", 0, (*server).editStatus},
		{"DELETE", "/api/v1/statuses/{id}", User, "write:statuses", Posts, "delete", 0, (*server).deleteStatus},
		{"GET", "/api/v1/statuses/{id}/context", Anyone, "read:statuses", Posts, "", 0, (*server).context},
		{"GET", "/api/v1/statuses/{id}/history", Anyone, "read:statuses", Posts, "", 0, (*server).history},
		{"GET", "/api/v1/statuses/{id}/source", User, "read:statuses", Posts, "", 0, (*server).source},
		{"GET", "/api/v1/statuses/{id}/favourited_by", Anyone, "read:accounts", Posts, "paging", 0, (*server).favouritedBy},
		{"GET", "/api/v1/statuses/{id}/reblogged_by", Anyone, "read:accounts", Posts, "paging", 0, (*server).rebloggedBy},
		{"POST", "/api/v1/statuses/{id}/favourite", User, "write:favourites", Posts, "", 0, (*server).favourite},
		{"POST", "/api/v1/statuses/{id}/unfavourite", User, "write:favourites", Posts, "", 0, (*server).unfavourite},
		{"POST", "/api/v1/statuses/{id}/reblog", User, "write:statuses", Posts, "", 0, (*server).reblog},
		{"POST", "/api/v1/statuses/{id}/unreblog", User, "write:statuses", Posts, "delete", 0, (*server).unreblog},
		{"POST", "/api/v1/statuses/{id}/bookmark", User, "write:bookmarks", Posts, "", 0, (*server).bookmark},
		{"POST", "/api/v1/statuses/{id}/unbookmark", User, "write:bookmarks", Posts, "", 0, (*server).unbookmark},
		{"POST", "/api/v1/statuses/{id}/pin", User, "write:accounts", Posts, "", 0, (*server).pin},
		{"POST", "/api/v1/statuses/{id}/unpin", User, "write:accounts", Posts, "", 0, (*server).unpin},
		{"POST", "/api/v1/statuses/{id}/mute", User, "write:mutes", Posts, "", 0, (*server).muteThread},
		{"POST", "/api/v1/statuses/{id}/unmute", User, "write:mutes", Posts, "", 0, (*server).unmuteThread},
		{"GET", "/api/v1/polls/{id}", Anyone, "read:statuses", Posts, "", 0, (*server).getPoll},
		{"POST", "/api/v1/polls/{id}/votes", User, "write:statuses", Posts, "", 0, (*server).vote},
	}
}

func timelineRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/timelines/home", User, "read:statuses", Posts, "", 0, (*server).homeTimeline},
		{"GET", "/api/v1/timelines/public", Anyone, "read:statuses", Posts, "", 0, (*server).publicTimeline},
		{"GET", "/api/v1/timelines/tag/{hashtag}", Anyone, "read:statuses", Posts, "", 0, (*server).tagTimeline},
		{"GET", "/api/v1/accounts/{id}/statuses", Anyone, "read:statuses", Posts, "", 0, (*server).accountStatuses},
		{"GET", "/api/v1/favourites", User, "read:favourites", Posts, "paging", 0, (*server).favourites},
		{"GET", "/api/v1/bookmarks", User, "read:bookmarks", Posts, "paging", 0, (*server).bookmarks},
		{"GET", "/api/v2/search", Anyone, "read:search", Posts, "", 0, (*server).search},
		{"GET", "/api/v1/tags/{name}", Anyone, "read:follows", Posts, "", 0, (*server).getTag},
	}
}

func mediaRoutes() []Route {
	return []Route{
		{"POST", "/api/v1/media", User, "write:media", Posts, "media", Upload, (*server).uploadMedia},
		{"POST", "/api/v2/media", User, "write:media", Posts, "media", Upload, (*server).uploadMedia},
		{"GET", "/api/v1/media/{id}", User, "write:media", Posts, "", 0, (*server).getMedia},
		{"PUT", "/api/v1/media/{id}", User, "write:media", Posts, "", 0, (*server).updateMedia},
		{"PATCH", "/api/v1/media/{id}", User, "write:media", Posts, "", 0, (*server).updateMedia},
		{"DELETE", "/api/v1/media/{id}", User, "write:media", Posts, "", 0, (*server).deleteMedia},
	}
}

func notificationRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/notifications", User, "read:notifications", Notifications, "", 0, (*server).listNotifications},
		{"GET", "/api/v1/notifications/unread_count", User, "read:notifications", Notifications, "", 0, (*server).unreadNotifications},
		{"POST", "/api/v1/notifications/clear", User, "write:notifications", Notifications, "", 0, (*server).clearNotifications},
		{"GET", "/api/v1/notifications/{id}", User, "read:notifications", Notifications, "", 0, (*server).getNotification},
		{"POST", "/api/v1/notifications/{id}/dismiss", User, "write:notifications", Notifications, "", 0, (*server).dismissNotification},
		{"GET", "/api/v2/notifications", User, "read:notifications", Notifications, "", 0, (*server).listGroups},
		{"GET", "/api/v2/notifications/unread_count", User, "read:notifications", Notifications, "", 0, (*server).unreadGroups},
		{"GET", "/api/v2/notifications/{key}", User, "read:notifications", Notifications, "", 0, (*server).getGroup},
		{"POST", "/api/v2/notifications/{key}/dismiss", User, "write:notifications", Notifications, "", 0, (*server).dismissGroup},
		{"GET", "/api/v2/notifications/{key}/accounts", User, "read:notifications", Notifications, "", 0, (*server).groupAccounts},
		{"GET", "/api/v1/markers", User, "read:statuses", Notifications, "", 0, (*server).markers},
		{"POST", "/api/v1/markers", User, "write:statuses", Notifications, "", 0, (*server).setMarkers},
	}
}

// streamingRoutes check scopes by channel: see channelScopes.
func streamingRoutes() []Route {
	const stream = Raw | Unshed | QueryToken
	return []Route{
		{"GET", "/api/v1/streaming", Anyone, "", Notifications, "", stream, (*server).stream},
		{"GET", "/api/v1/streaming/{$}", Anyone, "", Notifications, "", stream, (*server).stream},
		{"GET", "/api/v1/streaming/health", Public, "", Instance, "", Raw | Unshed, (*server).streamingHealth},
		{"GET", "/api/v1/streaming/user", User, "read:statuses", Notifications, "", stream, (*server).events},
		{"GET", "/api/v1/streaming/user/notification", User, "read:notifications", Notifications, "", stream, (*server).events},
		{"GET", "/api/v1/streaming/direct", User, "read:statuses", Notifications, "", stream, (*server).events},
		{"GET", "/api/v1/streaming/public", Anyone, "read:statuses", Notifications, "", stream, (*server).events},
		{"GET", "/api/v1/streaming/public/local", Anyone, "read:statuses", Notifications, "", stream, (*server).events},
		{"GET", "/api/v1/streaming/public/remote", Anyone, "read:statuses", Notifications, "", stream, (*server).events},
		{"GET", "/api/v1/streaming/hashtag", Anyone, "read:statuses", Notifications, "", stream, (*server).events},
		{"GET", "/api/v1/streaming/hashtag/local", Anyone, "read:statuses", Notifications, "", stream, (*server).events},
	}
}

func fileRoutes() []Route {
	return []Route{
		{"GET", "/media/{key...}", Public, "", Posts, "", Raw, (*server).file},
		{"GET", "/avatars/default.png", Public, "", Instance, "", Raw, (*server).defaultAvatar},
		{"GET", "/headers/default.png", Public, "", Instance, "", Raw, (*server).defaultHeader},
	}
}
