package identity_test

import (
	"strings"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
)

func TestScopesAllow(t *testing.T) {
	for _, c := range []struct {
		have, required string
		want           bool
	}{
		{"read", "read", true},
		{"read", "read:accounts", true},
		{"read:accounts", "read", false},
		{"read:accounts", "read:statuses", false},
		{"read", "write", false},
		{"write", "read", false},
		{"write", "write:media", true},
		{"read", "admin:read", false},
		{"write", "admin:write:accounts", false},
		{"admin:read", "admin:read:accounts", true},
		{"admin:read", "admin:write:accounts", false},
		{"admin:read", "read:accounts", false},
		{"follow", "read:blocks", true},
		{"follow", "write:mutes", true},
		{"follow", "write:follows", true},
		{"follow", "read:accounts", false},
		{"read write", "follow", true},
		{"read", "follow", false},
		{"push", "push", true},
		{"read write", "push", false},
		{"profile", "profile", true},
		{"profile", "read:accounts", false},
		{"read:accounts", "profile", true},
		{"read", "profile", true},
		{"write", "profile", false},
		{"", "read", false},
	} {
		s, err := identity.ParseScopes(c.have)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Allows(c.required); got != c.want {
			t.Errorf("%q allows %q: %v", c.have, c.required, got)
		}
	}
}

func TestParseScopes(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		" read  write read\n":            "read write",
		"admin:read:ip_blocks push":      "admin:read:ip_blocks push",
		"READ":                           "-",
		"read:":                          "-",
		"read:media":                     "-",
		"admin":                          "-",
		"admin:read:media":               "-",
		"admin:follow:accounts":          "-",
		"read:accounts:more":             "-",
		"write:reports read:collections": "write:reports read:collections",
		strings.Repeat("read ", 1000):    "-",
	} {
		s, err := identity.ParseScopes(text)
		got := s.String()
		if errs.Is(err, errs.Invalid) {
			got = "-"
		}
		if got != want {
			t.Errorf("%.40q: %q, want %q", text, got, want)
		}
	}
	for _, scope := range identity.AllScopes() {
		if _, err := identity.ParseScopes(scope); err != nil {
			t.Errorf("%s: %v", scope, err)
		}
	}
}
