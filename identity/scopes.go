package identity

import (
	"slices"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
)

// Scopes are what a token or an app may do, in the order they were asked for.
type Scopes []string

// scopesMax bounds the text of a list of scopes, in bytes.
const scopesMax = 2000

var (
	readScopes = []string{"accounts", "blocks", "bookmarks", "collections", "favourites", "filters", "follows",
		"lists", "mutes", "notifications", "search", "statuses"}
	writeScopes = []string{"accounts", "blocks", "bookmarks", "collections", "conversations", "favourites", "filters",
		"follows", "lists", "media", "mutes", "notifications", "reports", "statuses"}
	adminScopes = []string{"accounts", "reports", "domain_allows", "domain_blocks", "ip_blocks", "email_domain_blocks",
		"canonical_email_blocks"}
	// followScopes is what the old scope "follow" stands for.
	followScopes = []string{"read:blocks", "write:blocks", "read:follows", "write:follows", "read:mutes", "write:mutes"}
	// profileScopes are those that include "profile".
	profileScopes = []string{"read", "read:accounts"}
)

// AllScopes returns every scope there is, the wide ones first.
func AllScopes() Scopes {
	all := Scopes{"read", "write", "follow", "push", "profile", "admin:read", "admin:write"}
	for prefix, names := range map[string][]string{"read:": readScopes, "write:": writeScopes,
		"admin:read:": adminScopes, "admin:write:": adminScopes} {
		for _, name := range names {
			all = append(all, prefix+name)
		}
	}
	slices.Sort(all[7:])
	return all
}

// ParseScopes reads scopes that are separated by spaces; none gives none.
// Returns Invalid if one is unknown or the text is too long.
func ParseScopes(text string) (Scopes, error) {
	if len(text) > scopesMax {
		return nil, errs.New(errs.Invalid, "Too many scopes")
	}
	var s Scopes
	for word := range strings.FieldsSeq(text) {
		if !known(word) {
			return nil, errs.New(errs.Invalid, "The requested scope is invalid, unknown, or malformed")
		}
		if !slices.Contains(s, word) {
			s = append(s, word)
		}
	}
	return s, nil
}

func known(scope string) bool {
	switch scope {
	case "read", "write", "follow", "push", "profile", "admin:read", "admin:write":
		return true
	}
	rest, admin := strings.CutPrefix(scope, "admin:")
	area, name, _ := strings.Cut(rest, ":")
	switch {
	case admin:
		return (area == "read" || area == "write") && slices.Contains(adminScopes, name)
	case area == "read":
		return slices.Contains(readScopes, name)
	case area == "write":
		return slices.Contains(writeScopes, name)
	}
	return false
}

// Allows tells whether the scopes include a required one: "read" includes
// "read:accounts", "follow" includes reading and writing blocks, follows and
// mutes, and "profile" is included in "read:accounts".
func (s Scopes) Allows(required string) bool {
	for _, have := range s {
		if have == required || (len(required) > len(have) && required[len(have)] == ':' && required[:len(have)] == have) {
			return true
		}
		if have == "follow" && slices.Contains(followScopes, required) {
			return true
		}
	}
	switch required {
	case "profile":
		return slices.ContainsFunc(profileScopes, func(p string) bool { return slices.Contains(s, p) })
	case "follow":
		return !slices.ContainsFunc(followScopes, func(f string) bool { return !s.Allows(f) })
	}
	return false
}

// Covers tells whether everything in other is allowed by s.
func (s Scopes) Covers(other Scopes) bool {
	return !slices.ContainsFunc(other, func(o string) bool { return !s.Allows(o) })
}

// String returns the scopes as they are on the wire, separated by spaces.
func (s Scopes) String() string { return strings.Join(s, " ") }

// forRole returns the scopes that a role can use: the administration's are
// nobody else's, whatever was granted.
func (s Scopes) forRole(r Role) Scopes {
	if r == RoleModerator || r == RoleAdmin || r == RoleOwner {
		return s
	}
	return slices.DeleteFunc(slices.Clone(s), func(scope string) bool { return strings.HasPrefix(scope, "admin:") })
}
