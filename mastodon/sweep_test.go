package mastodon_test

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/mastodon"
	"github.com/guildhall/guildhall/profiles"
)

// endpointsFile lists all endpoints of Mastodon, beside the repository.
const endpointsFile = "../../shared/api/mastodon-endpoints.tsv"

// served by the pages, whose tests show them.
var served = []string{"GET /oauth/authorize", "POST /oauth/authorize"}

// slot is a wildcard of a pattern, whatever its name.
var slot = regexp.MustCompile(`\{[^}]*\}|:\w+`)

// Every endpoint of Mastodon that is documented, or that clients call, is in
// the table.
func TestEveryEndpoint(t *testing.T) {
	t.Parallel()
	f, err := os.Open(filepath.FromSlash(endpointsFile))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the list of Mastodon's endpoints is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, r := range mastodon.Routes() {
		have[r.Method+" "+slot.ReplaceAllString(r.Pattern, "*")] = true
	}
	for _, name := range served {
		have[name] = true
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	if len(rows) < 280 {
		t.Fatalf("only %d rows", len(rows))
	}
	for _, row := range rows[1:] {
		called := row[column["elk"]] == "y" || row[column["phanpy"]] == "y" || row[column["mastojs_test"]] == "y"
		if row[column["source"]] == "undocumented" && !called {
			continue
		}
		method, path := row[column["method"]], row[column["path"]]
		if !have[method+" "+slot.ReplaceAllString(path, "*")] {
			t.Errorf("%s %s is missing", method, path)
		}
	}
}

// scopeless are the routes that a token of any scope opens: what every app may
// know about itself or its user's sign-up. Streams check scopes by channel.
var scopeless = []string{
	"GET /api/v1/apps/verify_credentials", "POST /api/v1/emails/confirmations", "GET /api/v1/emails/check_confirmation",
	"GET /api/v1/streaming", "GET /api/v1/streaming/{$}", "GET /api/v1/instance/domain_blocks", "GET /api/v1/announcements",
	"GET /api/v1/donation_campaigns",
}

// Every route of the table says who may call it and who serves it.
func TestEveryRouteIsComplete(t *testing.T) {
	t.Parallel()
	services := []mastodon.Service{mastodon.Instance, mastodon.Identity, mastodon.Profiles, mastodon.Posts, mastodon.Moderation, mastodon.Notifications, mastodon.Practice}
	for _, r := range mastodon.Routes() {
		name := r.Method + " " + r.Pattern
		if !slices.Contains(services, r.Service) {
			t.Errorf("%s has the service %q", name, r.Service)
		}
		if needs := r.Audience != mastodon.Public && !slices.Contains(scopeless, name); needs != (r.Scope != "") {
			t.Errorf("%s has the scope %q", name, r.Scope)
		}
		admin := strings.Contains(r.Pattern, "/admin/")
		if admin != (r.Audience >= mastodon.Moderators) || admin != strings.HasPrefix(r.Scope, "admin:") {
			t.Errorf("%s is for audience %d with the scope %q", name, r.Audience, r.Scope)
		}
	}
}

// alternates are the methods of a change of which clients use either.
var alternates = map[string]string{"PUT": "PATCH", "PATCH": "PUT"}

// What is changed by PUT is changed by PATCH, and the other way round.
func TestPutAndPatch(t *testing.T) {
	t.Parallel()
	handlers := map[string]mastodon.Route{}
	for _, r := range mastodon.Routes() {
		handlers[r.Method+" "+r.Pattern] = r
	}
	for name, r := range handlers {
		other := alternates[r.Method]
		if other == "" {
			continue
		}
		twin, ok := handlers[other+" "+r.Pattern]
		if !ok {
			t.Errorf("%s has no %s", name, other)
			continue
		}
		twin.Method, r.Method = "", ""
		if mastodon.Same(r, twin) {
			continue
		}
		t.Errorf("%s is not what %s is", name, other)
	}
}

// open to what of the table: everything but these is refused to whoever is out.
func isStream(r mastodon.Route) bool {
	return r.Pattern == "/api/v1/streaming" || strings.HasPrefix(r.Pattern, "/api/v1/streaming/") && r.Flags&mastodon.Raw != 0
}

// caller is somebody who may less than a member, and what they hear.
type caller struct {
	name, token, text string
	may               func(mastodon.Route) bool // beside what is Public
}

// AZ-17, AZ-29, AZ-35: who has not confirmed an address, is disabled or suspended,
// is an app alone, or is no moderator or admin, gets nothing that is for others.
func TestEveryCaller(t *testing.T) {
	t.Parallel()
	w := open(t)
	const every = "read write follow push profile admin:read admin:write"
	app := w.app("read write follow push profile")
	staff := func(name string, role identity.Role) *person {
		p := w.person(name, every)
		w.must(w.identity.SetRole(w.kit.Ctx, p.id, role))
		return p
	}
	pending, err := w.profiles.Register(w.kit.Ctx, identity.SignUp{Username: "pat", Email: "pat@example.org", Password: password, Agreed: true})
	w.must(err)
	disabled := w.person("dora")
	w.must(w.identity.Disable(w.kit.Ctx, disabled.id, true))
	suspended := w.person("sue")
	w.must(w.identity.Suspend(w.kit.Ctx, suspended.id, true))
	w.must(w.profiles.SetState(w.kit.Ctx, suspended.id, profiles.Suspended, true))
	member, moderator := w.person("ann", every), staff("mod", identity.RoleModerator)
	for _, c := range []caller{
		{"pending", w.token(&person{id: pending.ID}, every), "confirm", func(r mastodon.Route) bool { return r.Flags&mastodon.PendingToo != 0 }},
		{"disabled", disabled.token, "disabled", func(mastodon.Route) bool { return false }},
		{"suspended", suspended.token, "suspended", func(mastodon.Route) bool { return false }},
		{"an app", app.token, "authenticated user", func(r mastodon.Route) bool { return r.Audience <= mastodon.App }},
		{"a member", member.token, "This action is not allowed", func(r mastodon.Route) bool { return r.Audience <= mastodon.User }},
		{"a moderator", moderator.token, "This action is not allowed", func(r mastodon.Route) bool { return r.Audience <= mastodon.Moderators }},
	} {
		for _, r := range mastodon.Routes() {
			if r.Audience == mastodon.Public || isStream(r) || c.may(r) {
				continue
			}
			a := w.do(r.Method, concrete(r.Pattern), c.token, nil)
			if a.status != 403 && !(a.status == 422 && r.Audience >= mastodon.User && c.name == "an app") || !strings.Contains(string(a.body), c.text) {
				t.Errorf("%s: %s: %d %s", c.name, a.call, a.status, a.body)
			}
		}
	}
}

// AZ-16: somebody who is blocked finds nothing of who blocks by any route, and
// changes nothing there.
func TestEveryRouteBlocked(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	const canary = "canary8813"
	post := w.do("POST", "/api/v1/statuses", ann.token, `{"status": "`+canary+` #`+canary+`tag", "poll": {"options": ["`+canary+`", "no"], "expires_in": 3600}}`).is(200)
	media := w.upload(ann, canary)
	things := []string{ann.id.String(), post.text("id"), post.text("poll.id"), media}
	for path, body := range map[string]string{
		"/api/v1/collections": form("name", canary), "/api/v1/lists": form("title", canary), "/api/v2/filters": form("title", canary, "context[]", "home"),
		"/api/v1/statuses":      form("status", canary, "scheduled_at", w.kit.Clock.Now().Add(time.Hour).Format(time.RFC3339)),
		"/api/v1/featured_tags": form("name", canary),
	} {
		made := w.do("POST", path, ann.token, body).is(200)
		if made.value("collection") != nil {
			things = append(things, made.text("collection.id"))
		} else {
			things = append(things, made.text("id"))
		}
	}
	w.do("PATCH", "/api/v1/accounts/update_credentials", ann.token, `{"locked": true}`).is(200)
	w.do("POST", "/api/v1/accounts/"+bob.id.String()+"/block", ann.token, nil).is(200)
	before := string(w.do("GET", statusesPath+post.text("id"), ann.token, nil).is(200).body)
	for _, r := range mastodon.Routes() {
		if r.Audience == mastodon.Public || r.Audience > mastodon.User || isStream(r) || !strings.Contains(r.Pattern, "{") {
			continue
		}
		for _, id := range things {
			a := w.do(r.Method, slot.ReplaceAllString(r.Pattern, id), bob.token, nil)
			if a.status >= 500 || strings.Contains(string(a.body), canary) {
				t.Errorf("%s: %d %s", a.call, a.status, a.body)
			}
		}
	}
	for _, path := range []string{"/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/timelines/tag/" + canary + "tag", "/api/v2/search?q=" + canary,
		"/api/v1/statuses?id[]=" + post.text("id"), "/api/v1/favourites", "/api/v1/bookmarks", "/api/v1/notifications", "/api/v2/notifications"} {
		if a := w.do("GET", path, bob.token, nil).is(200); strings.Contains(strings.ReplaceAll(string(a.body), canary+"tag", ""), canary) {
			t.Errorf("%s: %s", a.call, a.body)
		}
	}
	if after := string(w.do("GET", statusesPath+post.text("id"), ann.token, nil).is(200).body); after != before {
		t.Errorf("changed:\n%s\n%s", before, after)
	}
	w.do("GET", "/api/v1/accounts/verify_credentials", ann.token, nil).is(200).has(`{"followers_count": 0, "source": {"follow_requests_count": 0}}`)
}

// A page of another origin may call every route, and read what its headers say.
func TestCORS(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	exposed := []string{"Link", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-Id", "Idempotency-Key", "Retry-After", "Deprecation", "Mastodon-Async-Refresh"}
	for _, r := range mastodon.Routes() {
		path := concrete(r.Pattern)
		a := w.do("OPTIONS", path, "", nil, "Origin", "https://elk.test", "Access-Control-Request-Method", r.Method,
			"Access-Control-Request-Headers", "authorization,content-type,idempotency-key")
		if a.status != 204 || a.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(a.header.Get("Access-Control-Allow-Methods"), r.Method) ||
			!strings.Contains(a.header.Get("Access-Control-Allow-Headers"), "Authorization, Content-Type, Idempotency-Key") {
			t.Errorf("%s: %d %v", a.call, a.status, a.header)
		}
		if isStream(r) {
			continue
		}
		for _, token := range []string{ann.token, ""} {
			a = w.do(r.Method, path, token, nil, "Origin", "https://elk.test")
			list := strings.Split(a.header.Get("Access-Control-Expose-Headers"), ", ")
			for _, name := range exposed {
				if a.header.Get("Access-Control-Allow-Origin") != "*" || !slices.Contains(list, name) {
					t.Errorf("%s: %d %v", a.call, a.status, a.header)
					break
				}
			}
			if a.header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s lets pages use cookies", a.call)
			}
		}
	}
}

// DO-21: every parameter of every route as every kind of value: a clear answer,
// never a failure of ours.
func TestEveryParameter(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann", "read write follow push profile admin:read admin:write")
	w.must(w.identity.SetRole(w.kit.Ctx, ann.id, identity.RoleOwner))
	values := []string{"", "x", "-1", "99999999999999999999", "1e999", "true", "\x00", "\xff", "' OR 1=1--", strings.Repeat("x", 5000), "2026-13-45T99:00:00Z"}
	post := w.says(ann, "a post")
	for _, r := range mastodon.Routes() {
		if r.In == nil || isStream(r) || r.Pattern == "/oauth/revoke" {
			continue
		}
		names := mastodon.ParamNames(r)
		for _, id := range []ids.ID{1, ann.id} {
			target := id.String()
			if id == ann.id && strings.Contains(r.Pattern, "statuses") {
				target = post
			}
			path := slot.ReplaceAllString(r.Pattern, target)
			for _, v := range values {
				form := url.Values{}
				for _, name := range names {
					form.Set(name, v)
				}
				var a *answer
				if r.Method == "GET" || r.Method == "DELETE" {
					a = w.do(r.Method, path+"?"+form.Encode(), ann.token, nil)
				} else {
					a = w.do(r.Method, path, ann.token, &multipartBody{[]byte(form.Encode()), "application/x-www-form-urlencoded"})
				}
				if a.status >= 500 && a.status != 501 && a.status != 503 {
					t.Errorf("%s with %.20q: %d %s", a.call, v, a.status, a.body)
				}
			}
		}
	}
}
