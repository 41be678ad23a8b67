package web

import (
	"strings"

	"github.com/guildhall/guildhall/identity"
)

// scopeWords says what a scope lets an app do.
type scopeWords struct {
	Icon, Text string
	Power      bool // over other people
}

var scopeTexts = map[string]string{
	"read":    "Read what you can read: timelines, posts, notifications, lists, follows, blocks and mutes",
	"write":   "Act in your name: post, edit and delete, favourite, boost, follow, block, and change your profile",
	"follow":  "See and change whom you follow, mute and block",
	"push":    "Send you push notifications",
	"profile": "See your name, picture and profile",

	"read:accounts": "See accounts, yours included", "read:blocks": "See whom you block", "read:bookmarks": "See your bookmarks",
	"read:collections": "See your collections", "read:favourites": "See your favourites", "read:filters": "See your filters",
	"read:follows": "See whom you follow", "read:lists": "See your lists", "read:mutes": "See whom you mute",
	"read:notifications": "See your notifications", "read:search": "Search in your name", "read:statuses": "See posts and timelines",

	"write:accounts": "Change your profile", "write:blocks": "Block and unblock people", "write:bookmarks": "Add and remove bookmarks",
	"write:collections": "Change your collections", "write:conversations": "Mute and remove conversations",
	"write:favourites": "Add and remove favourites", "write:filters": "Change your filters", "write:follows": "Follow and unfollow people",
	"write:lists": "Change your lists", "write:media": "Upload pictures", "write:mutes": "Mute people and conversations",
	"write:notifications": "Clear your notifications", "write:reports": "Report people", "write:statuses": "Post, edit, delete and boost",

	"admin:read": "Moderation: read everything that moderators see", "admin:write": "Moderation: decide everything that moderators decide",
}

// moderationTexts and moderationAreas say it for the scopes of one area of
// moderation.
var (
	moderationTexts = map[string]string{"read": "Moderation: read (%s)", "write": "Moderation: decide (%s)"}
	moderationAreas = map[string]string{
		"accounts": "Accounts", "reports": "Reports", "domain_allows": "Allowed domains", "domain_blocks": "Blocked domains",
		"ip_blocks": "Blocked networks", "email_domain_blocks": "Blocked e-mail domains", "canonical_email_blocks": "Blocked e-mail addresses",
	}
)

// describe says in plain words what scopes mean.
func describe(words *catalogue, scopes identity.Scopes) []scopeWords {
	out := make([]scopeWords, 0, len(scopes))
	for _, s := range scopes {
		w := scopeWords{Icon: "read", Text: words.Text(scopeTexts[s])}
		area, name, _ := strings.Cut(strings.TrimPrefix(s, "admin:"), ":")
		switch {
		case strings.HasPrefix(s, "admin:"):
			w.Icon, w.Power = "warn", true
			if name != "" {
				w.Text = words.Text(moderationTexts[area], words.Text(moderationAreas[name]))
			}
		case area == "write":
			w.Icon = "write"
		case area == "follow" || area == "profile":
			w.Icon = "person"
		case area == "push":
			w.Icon = "bell"
		}
		out = append(out, w)
	}
	return out
}
