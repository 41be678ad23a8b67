package mastodon_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/mastodon"
)

func TestInstance(t *testing.T) {
	t.Parallel()
	w := open(t, func(_ *mastodon.Deps, c *mastodon.Config) {
		c.Title, c.Description, c.ContactEmail, c.ContactAccount = "Guild", "A <small> place", "post@guild.test", "ann"
		c.Registrations = identity.ByApproval
	})
	w.person("ann")
	w.run([]test{
		{"v2", "GET", "/api/v2/instance", "", nil, 200, `{"domain": "guild.test", "title": "Guild", "description": "A <small> place",
			"api_versions": {"mastodon": 10}, "registrations": {"enabled": true, "approval_required": true},
			"contact": {"email": "post@guild.test", "account": {"username": "ann"}}, "rules": [], "wrapstodon": null,
			"configuration": {"urls": {"streaming": "wss://guild.test"}, "statuses": {"max_characters": 500, "max_media_attachments": 4},
				"polls": {"max_options": 4, "min_expiration": 300, "max_expiration": 2629746}, "accounts": {"max_profile_fields": 4, "max_note_length": 500, "max_featured_tags": 10, "max_pinned_statuses": 5},
				"timelines_access": {"live_feeds": {"local": "public", "remote": "public"}},
				"media_attachments": {"image_size_limit": 16777216, "description_limit": 1500}, "translation": {"enabled": false}}}`},
		{"v1", "GET", "/api/v1/instance", "", nil, 200, `{"uri": "guild.test", "title": "Guild", "stats": {"user_count": 1, "status_count": 0},
			"registrations": true, "approval_required": true, "urls": {"streaming_api": "wss://guild.test"}, "contact_account": {"username": "ann"},
			"configuration": {"accounts": {"max_featured_tags": 10}, "statuses": {"characters_reserved_per_url": 23}}, "thumbnail": "https://guild.test/headers/default.png"}`},
		{"rules", "GET", "/api/v1/instance/rules", "", nil, 200, `[]`},
		{"peers", "GET", "/api/v1/instance/peers", "", nil, 200, `[]`},
		{"description", "GET", "/api/v1/instance/extended_description", "", nil, 200, `{"content": ""}`},
		{"no privacy policy", "GET", "/api/v1/instance/privacy_policy", "", nil, 404, ""},
		{"peers that match", "GET", "/api/v1/peers/search?q=a", "", nil, 200, `[]`},
		{"no terms", "GET", "/api/v1/instance/terms_of_service", "", nil, 404, ""},
		{"languages to translate", "GET", "/api/v1/instance/translation_languages", "", nil, 200, `{}`},
		{"emojis", "GET", "/api/v1/custom_emojis", "", nil, 200, `[]`},
		{"nodeinfo", "GET", "/nodeinfo/2.0", "", nil, 200, `{"version": "2.0", "software": {"name": "guildhall"}, "protocols": [],
			"openRegistrations": false, "usage": {"users": {"total": 1}, "localPosts": 0}}`},
		{"nodeinfo 2.1", "GET", "/nodeinfo/2.1", "", nil, 200, `{"version": "2.1"}`},
		{"where nodeinfo is", "GET", "/.well-known/nodeinfo", "", nil, 200, `{"links": [{"href": "https://guild.test/nodeinfo/2.0"}, {"href": "https://guild.test/nodeinfo/2.1"}]}`},
		{"live", "GET", "/health/live", "", nil, 200, ""},
		{"ready", "GET", "/health/ready", "", nil, 200, ""},
	})
	token := w.person("bob").token
	w.run([]test{ // what clients ask for when they start, and there is none of
		{"announcements", "GET", "/api/v1/announcements", token, nil, 200, `[]`},
		{"no campaign for donations", "GET", "/api/v1/donation_campaigns", token, nil, 204, ""},
		{"lists", "GET", "/api/v1/lists", token, nil, 200, `[]`},
		{"filters", "GET", "/api/v2/filters", token, nil, 200, `[]`},
		{"followed tags", "GET", "/api/v1/followed_tags", token, nil, 200, `[]`},
		{"blocked domains", "GET", "/api/v1/instance/domain_blocks", token, nil, 200, `[]`},
		{"push", "GET", "/api/v1/push/subscription", token, nil, 404, ""},
	})
	// The counts are those of this minute, then of the next.
	w.do("GET", "/api/v1/instance", "", nil).is(200).has(`{"stats": {"user_count": 1}}`)
	w.kit.Clock.Advance(2 * time.Minute)
	w.do("GET", "/api/v1/instance", "", nil).is(200).has(`{"stats": {"user_count": 2}}`)
}

func TestWebfinger(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.person("Ann")
	for resource, status := range map[string]int{
		"acct:ann@guild.test": 200, "acct:@ANN@Guild.Test": 200, "https://guild.test/@Ann": 200, "https://guild.test/users/ann": 200,
		"acct:ann": 404, "acct:ann@elsewhere.test": 404, "acct:bob@guild.test": 404, "https://elsewhere.test/@ann": 404, "ann@guild.test": 404, "": 400,
	} {
		a := w.do("GET", "/.well-known/webfinger?"+form("resource", resource), "", nil).is(status)
		if status == 200 {
			a.has(`{"subject": "acct:Ann@guild.test", "aliases": ["https://guild.test/@Ann", "https://guild.test/users/Ann"]}`)
			if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, "application/jrd+json") {
				t.Errorf("Content-Type %q", got)
			}
		}
	}
	var doc struct {
		Link struct {
			Template string `xml:"template,attr"`
		}
	}
	a := w.do("GET", "/.well-known/host-meta", "", nil).is(200)
	if err := xml.Unmarshal(a.body, &doc); err != nil || doc.Link.Template != "https://guild.test/.well-known/webfinger?resource={uri}" {
		t.Errorf("%v: %s", err, a.body)
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	ready := errors.New("secret-host is down")
	w := open(t, func(d *mastodon.Deps, _ *mastodon.Config) { d.Ready = func() error { return ready } })
	a := w.do("GET", "/health/ready", "", nil).is(503)
	if strings.Contains(string(a.body), "secret") || a.header.Get("Retry-After") == "" {
		t.Errorf("%v %s", a.header, a.body)
	}
	w.do("GET", "/health/live", "", nil).is(200)
	w.do("GET", "/health", "", nil).is(200)
	ready = nil
	w.do("GET", "/health/ready", "", nil).is(200)
}

// LK-06: what others see of an account holds nothing of the user behind it.
func TestAccountTellsNothingPrivate(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	for _, token := range []string{"", bob.token} {
		a := w.do("GET", "/api/v1/accounts/"+ann.id.String(), token, nil).is(200)
		var all map[string]json.RawMessage
		w.must(json.Unmarshal(a.body, &all))
		for _, name := range []string{"email", "ip", "locale", "role", "source", "confirmed", "otp"} {
			if _, ok := all[name]; ok {
				t.Errorf("%s is told", name)
			}
		}
		if strings.Contains(string(a.body), "example.org") {
			t.Errorf("%s", a.body)
		}
	}
}
