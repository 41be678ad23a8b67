package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/profiles"
	"github.com/guildhall/guildhall/web"
	"golang.org/x/net/html"
)

// payloads are what the abuse cases type into everything.
var payloads = []string{`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<svg/onload=alert(1)>`, `<a href="javascript:alert(1)">x</a>`,
	`"><img src=x>`, `&lt;script&gt;`, `<math><mi//xlink:href="data:x">`, `{{7*7}} ${7*7} <%= 7*7 %> {{.Token}} %s%n #{7*7}`}

// everyPage is each kind of page there is, as a visitor and as a member sees it.
func everyPage(w *world) map[string]*shown {
	w.Helper()
	app := w.app("https://app.test/cb")
	author := w.member("author")
	_, err := w.profiles.Update(w.kit.Ctx, author, profiles.Update{DisplayName: ref("Ada Author"), Note: ref("Hello #go https://ada.example"),
		Fields: &[]profiles.Field{{Name: "Site", Value: "https://ada.example"}}})
	w.must(err)
	first := w.post(author, posts.Draft{Text: "First #go", Media: []ids.ID{w.picture(author, 640, 480, "A chart")}})
	w.post(author, posts.Draft{Text: "Which?", Poll: &posts.PollDraft{Options: []string{"a", "b"}, ExpiresIn: time.Hour}})
	w.post(author, posts.Draft{Text: "hidden", Spoiler: "Careful", InReplyToID: first.ID})
	w.post(author, posts.Draft{Text: "x", Sensitive: ref(true), Media: []ids.ID{w.picture(author, 64, 48, "A wound")}})
	w.must(w.instance.SetPrivacyPolicy(w.kit.Ctx, author, "We keep little.\n\nSee https://guild.example"))
	_, err = w.instance.AddTerms(w.kit.Ctx, author, w.kit.Clock.Now().UTC().Format(time.DateOnly), "Be kind.")
	w.must(err)
	visitor, member := w.browser(), w.signedIn("author")
	pages := map[string]*shown{}
	for _, path := range []string{"/", "/about", "/privacy-policy", "/terms-of-service", "/api/docs", "/offline", "/tags/go", "/tags/unused", "/search", "/search?q=author", "/explore", "/explore/tags", "/explore/links", "/explore/people", "/@author/followers", "/@author/following", "/@author", "/@author?show=replies", "/@author?show=media", "/@author?show=details", w.address("author", first), w.address("author", first) + "/history",
		"/auth/sign_in", "/auth/sign_up", "/auth/confirmation", "/auth/confirmation?token=x", "/auth/password/new", "/auth/password/edit?token=x",
		"/oauth/authorize?client_id=x", "/oauth/authorize/native?code=abc", "/nothing", "/@nobody", "/@author/1", "/a//b", "/auth/sign_out"} {
		pages[path] = visitor.get(path)
		if !strings.HasPrefix(path, "/auth/sign") {
			pages["signed in "+path] = member.get(path)
		}
	}
	for _, path := range []string{"/explore/suggestions", "/follow_requests", "/followed_tags", "/bookmarks", "/favourites", "/lists", "/conversations", "/scheduled", w.address("author", first) + "/favourites", w.address("author", first) + "/reblogs"} {
		pages["signed in "+path] = member.get(path)
	}
	for _, path := range []string{"/settings/profile", "/settings/privacy", "/settings/account", "/settings/email", "/settings/delete", "/settings/export", "/settings/import", "/farewell", "/settings/notifications", "/notifications/requests", "/settings/filters",
		"/settings/filters/new", "/settings/blocks", "/settings/sessions", "/settings/password", "/settings/appearance"} {
		pages[path] = member.get(path)
	}
	w.member("other")
	pages["report"] = member.get("/@other/report")
	pages["report sent"] = member.get("/@other/report?sent=1")
	w.keeper("keeper", identity.RoleOwner)
	report, err := w.moderation.Report(w.kit.Ctx, author, moderation.Draft{TargetID: w.member("pest"), Comment: "Sells elixirs"})
	w.must(err)
	keeper := w.signedIn("keeper")
	for path := range staffPages {
		pages["keeper "+path] = keeper.get(path)
	}
	for _, path := range []string{"/admin/reports/" + report.ID.String(), "/admin/accounts/" + author.String(), "/admin/system/statements/posts/x"} {
		pages["keeper "+path] = keeper.get(path)
	}
	pages["compose"] = member.get("/compose")
	for name, s := range w.practised(member) {
		pages["practice, "+name] = s
	}
	for name, s := range w.peered(member) {
		pages["practice, "+name] = s
	}
	for name, s := range w.labbed(member) {
		pages["lab, "+name] = s
	}
	for name, s := range w.mocked(member, author, w.member("partner")) {
		pages["interview, "+name] = s
	}
	for name, s := range w.certified(visitor, member, author) {
		pages["receipt, "+name] = s
	}
	told, err := w.practice.AddStory(w.kit.Ctx, author, practice.Story{Title: "Outage"})
	w.must(err)
	drawn, err := w.practice.StartSession(w.kit.Ctx, author)
	w.must(err)
	for _, path := range []string{"/practice", "/practice/plan", "/practice/attempts", "/practice/sessions/" + drawn.ID.String(), "/practice/decks/backend-core",
		"/practice/decks/backend-core/be-013", "/practice/mocks", "/practice/labs", "/practice/labs/L05", "/practice/stories", "/practice/stories/" + told.ID.String()} {
		pages[path] = member.get(path)
	}
	later, err := w.posts.Schedule(w.kit.Ctx, author, posts.Draft{Text: "Later", Media: []ids.ID{w.picture(author, 64, 48, "A mill")}}, w.kit.Clock.Now().Add(30*24*time.Hour))
	w.must(err)
	pages["scheduled"] = member.get("/scheduled")
	pages["change scheduled"] = member.get("/scheduled/" + later.ID.String())
	pages["quote"] = member.get("/compose?quoted_status_id=" + first.ID.String())
	pages["edit"] = member.get(w.address("author", first) + "/edit")
	pages["consent"] = member.get(authorize(app))
	pages["bad scope"] = member.get(authorize(app, "scope", "x"))
	pages["again"] = member.get("/auth/sign_in?again=1")
	pages["foreign form"] = visitor.do("POST", "/auth/sign_in", url.Values{})
	pages["wrong password"] = visitor.get("/auth/sign_in").submit("", "login", "x", "password", "y")
	pages["bad sign-up"] = visitor.get("/auth/sign_up").submit("", "username", "")
	pages["mail sent"] = visitor.get("/auth/password/new").submit("", "email", "a@example.org")
	pages["too large"] = visitor.do("POST", "/auth/sign_in", url.Values{"login": {strings.Repeat("x", 70_000)}})
	pages["long address"] = visitor.get("/" + strings.Repeat("x", 20_000))
	return pages
}

// XS-11, and what every page owes to those who do not see it. That no page can
// do anything by itself is checked for every answer of the suite.
func TestEveryPage(t *testing.T) {
	for name, s := range everyPage(open(t)) {
		h := s.header
		policy := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self';", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: policy %q", name, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("X-Frame-Options") != "DENY" || h.Get("Referrer-Policy") != "same-origin" || h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: headers %v", name, h)
		}
		if !strings.HasPrefix(h.Get("Cache-Control"), "private") || h.Get("Vary") != "Cookie, Accept-Language, HX-Request" { // CA-01
			t.Errorf("%s: Cache-Control %q, Vary %q", name, h.Get("Cache-Control"), h.Get("Vary"))
		}
		if (strings.Contains(s.call, "/auth/") || strings.Contains(s.call, "/oauth/") || s.status >= 400) && !strings.Contains(h.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: Cache-Control %q", name, h.Get("Cache-Control"))
		}
		if s.status >= 500 || s.doc == nil {
			t.Errorf("%s: status %d, %q", name, s.status, s.body)
			continue
		}
		readable(t, name, s)
	}
}

// readable checks language, headings, names of fields and pictures, and that
// ids are unique and lead somewhere.
func readable(t *testing.T, name string, s *shown) {
	t.Helper()
	seen, labels := map[string]int{}, map[string]bool{}
	for n := range s.nodes("") {
		if id := attr(n, "id"); id != "" {
			seen[id]++
		}
		if n.Type == html.ElementNode && n.Data == "label" {
			labels[attr(n, "for")] = true
		}
	}
	for id, n := range seen {
		if n > 1 {
			t.Errorf("%s: %d times id=%s", name, n, id)
		}
	}
	count := map[string]int{}
	for n := range s.nodes("") {
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		for by := range strings.FieldsSeq(attr(n, "aria-describedby")) {
			if seen[by] == 0 {
				t.Errorf("%s: nothing has the id %s", name, by)
			}
		}
		switch n.Data {
		case "html":
			if attr(n, "lang") == "" {
				t.Errorf("%s: no language", name)
			}
		case "img":
			if !has(n, "alt") || attr(n, "width") == "" || attr(n, "height") == "" {
				t.Errorf("%s: picture %v", name, n.Attr)
			}
		case "input":
			if kind := attr(n, "type"); kind != "hidden" && kind != "checkbox" && !labels[attr(n, "id")] {
				t.Errorf("%s: field %s has no label", name, attr(n, "name"))
			}
		}
	}
	if count["h1"] != 1 || count["main"] != 1 || count["title"] != 1 || seen["content"] != 1 {
		t.Errorf("%s: %d h1, %d main, %d title", name, count["h1"], count["main"], count["title"])
	}
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// XS-02 and IN-06: what people call themselves and their things is text.
func TestXS02(t *testing.T) {
	w := open(t)
	for i, p := range payloads {
		name := fmt.Sprintf("b%d", i)
		b := w.member(name)
		short := []rune(p)[:min(30, len([]rune(p)))]
		_, err := w.profiles.Update(w.kit.Ctx, b, profiles.Update{DisplayName: ref(string(short)), Note: &p, AvatarAlt: &p,
			Fields: &[]profiles.Field{{Name: p, Value: p}}})
		w.must(err)
		v := w.post(b, posts.Draft{Text: p, Spoiler: p, Media: []ids.ID{w.picture(b, 64, 64, p)}, Language: "en"})
		w.post(b, posts.Draft{Text: "poll", Poll: &posts.PollDraft{Options: []string{p, "other"}, ExpiresIn: time.Hour}})
		visitor := w.browser()
		visitor.get("/@"+name).is(http.StatusOK).says(p, string(short))
		visitor.get(w.address(name, v)).is(http.StatusOK).says(p)
		visitor.get("/").is(http.StatusOK).says(p)
		app, err := w.identity.CreateApp(w.kit.Ctx, p, "https://app.test/?x=<b>\"'", []string{"https://app.test/cb"}, "read")
		w.must(err)
		w.signedIn(name).get(authorize(app, "scope", "read")).is(http.StatusOK).says(p)
		w.browser().get(authorize(app, "scope", "read")).follow().is(http.StatusOK).says(p)
	}
}

// A post's page says how other sites embed it, and no other page does.
func TestOEmbedLink(t *testing.T) {
	w := open(t)
	address := w.address("a", w.post(w.member("a"), posts.Draft{Text: "hello"}))
	link := `<link rel="alternate" type="application/json+oembed" href="` + w.base + "/api/oembed?url=" + url.QueryEscape(w.base+address) + `"`
	if s := w.browser().get(address).is(http.StatusOK); !strings.Contains(s.body, link) {
		t.Errorf("no %s in %s", link, s.body)
	}
	if s := w.browser().get("/@a").is(http.StatusOK); strings.Contains(s.body, "json+oembed") {
		t.Error("a profile is no post")
	}
}

// XS-06: the preview of a link is text too, and there is none of private posts.
func TestXS06(t *testing.T) {
	w := open(t)
	a := w.member("a")
	for _, p := range payloads {
		s := w.browser().get(w.address("a", w.post(a, posts.Draft{Text: p}))).is(http.StatusOK)
		if s.meta("og:description") != p || s.meta("description") != p || !strings.HasPrefix(s.meta("og:url"), w.base+"/@a/") {
			t.Errorf("preview %q %q", s.meta("og:description"), s.meta("og:url"))
		}
	}
	s := w.browser().get(w.address("a", w.post(a, posts.Draft{Text: "the answer is sheep", Spoiler: "Riddle", Media: []ids.ID{w.picture(a, 64, 64, "sheep")}})))
	if s.meta("og:description") != "Riddle" || s.meta("og:image") != "" || strings.Contains(s.meta("og:title"), "sheep") {
		t.Errorf("the preview tells what is behind the warning: %q", s.meta("og:description"))
	}
	s = w.browser().get(w.address("a", w.post(a, posts.Draft{Text: "look", Media: []ids.ID{w.picture(a, 64, 64, "a mill")}})))
	if !strings.HasPrefix(s.meta("og:image"), w.base+"/media/") || s.meta("og:image:alt") != "a mill" || s.meta("twitter:card") != "summary_large_image" {
		t.Errorf("image %q", s.meta("og:image"))
	}
}

// LK-02 and AZ-01: pages show what their reader may see, and nothing else.
func TestPagesShowOnlyWhatMayBeSeen(t *testing.T) {
	w := open(t)
	a, b := w.member("a"), w.member("b")
	w.member("stranger")
	_, err := w.profiles.Follow(w.kit.Ctx, b, a, profiles.FollowOptions{})
	w.must(err)
	const canary = "canary"
	missing := squeeze(w.browser().get("/@a/1").is(http.StatusNotFound).words())
	first := w.post(a, posts.Draft{Text: "an open question #leeds"})
	for _, v := range []posts.Visibility{posts.Followers, posts.Direct} {
		hidden := w.post(a, posts.Draft{Text: canary + " #leeds @b", Visibility: &v, InReplyToID: first.ID})
		for _, friend := range []string{"a", "b"} {
			w.signedIn(friend).get(w.address("a", hidden)).is(http.StatusOK).says(canary)
		}
		for _, reader := range []*browser{w.browser(), w.signedIn("stranger")} {
			if s := reader.get(w.address("a", hidden)).is(http.StatusNotFound); squeeze(s.words()) != missing {
				t.Error("a hidden post's page differs from none:", s.words())
			}
			for _, path := range []string{"/", "/@a", "/@a?show=replies", "/tags/leeds", w.address("a", first)} {
				if strings.Contains(reader.get(path).body, canary) {
					t.Errorf("%s shows visibility %d", path, v)
				}
			}
		}
	}
	unlisted := posts.Unlisted
	v := w.post(a, posts.Draft{Text: canary + " #leeds", Visibility: &unlisted})
	for path, want := range map[string]bool{"/": false, "/tags/leeds": false, "/@a": true, w.address("a", v): true} {
		if got := strings.Contains(w.browser().get(path).body, canary); got != want {
			t.Errorf("%s shows an unlisted post: %v", path, got)
		}
	}
	w.browser().get(w.address("b", v)).is(http.StatusNotFound) // another's name
}

// LK-17: those who do not want to be found are not.
func TestSearchEngines(t *testing.T) {
	w := open(t)
	a := w.member("a")
	v := w.post(a, posts.Draft{Text: "hello"})
	for _, indexable := range []bool{false, true} {
		_, err := w.profiles.Update(w.kit.Ctx, a, profiles.Update{Indexable: &indexable})
		w.must(err)
		for _, path := range []string{"/@a", w.address("a", v)} {
			if got := w.browser().get(path).meta("robots") == "noindex"; got == indexable {
				t.Errorf("%s: noindex %v when indexable is %v", path, got, indexable)
			}
		}
	}
}

func TestXS12(t *testing.T) {
	w := open(t)
	w.member("b")
	for _, b := range []*browser{w.browser(), w.signedIn("b")} {
		for _, path := range []string{"/<script>alert(1)</script>", "/@<img src=x>", `/tags/"><svg>`, "/@<img src=x>/1", "/?error=<b>", "/auth/sign_in?again=1&error=<b>&return_to=<b>",
			"/auth/confirmation?token=<b>\"", "/auth/password/edit?token=\"><b>", "/oauth/authorize/native?code=<b>", "/auth/sign_up?invite=<b>", "/users/<b>", "/assets/<b>"} {
			r, err := http.NewRequest("GET", b.base+"/", nil)
			w.must(err)
			r.URL.Opaque = strings.NewReplacer("<", "%3C", ">", "%3E", `"`, "%22", " ", "%20").Replace("//" + w.host + path)
			if s := b.send(r); strings.Contains(s.body, "<b>") || strings.Contains(s.body, "<img src=x") || strings.Contains(s.body, "<svg>") || s.status >= 500 {
				t.Errorf("%s: %d %s", path, s.status, s.body)
			}
		}
	}
}

func TestXS14(t *testing.T) {
	w := open(t)
	w.member("b")
	local := func(s *shown) {
		t.Helper()
		if to := s.header.Get("Location"); to != "" && (to[0] != '/' || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`)) {
			t.Errorf("%s leads to %s", s.call, to)
		}
	}
	for _, path := range []string{"/web//evil.test", "//evil.test/%2e%2e", `/\evil.test`, "/%5cevil.test", "/web/%2F%2Fevil.test", "//evil.test", "/auth/sign_in//evil.test", "///evil.test/.."} {
		r, err := http.NewRequest("GET", w.base, nil)
		w.must(err)
		r.URL.Opaque = path // as it is
		if strings.HasPrefix(path, "//") {
			r.URL.Opaque = "http://" + w.host + path
		}
		s := w.browser().send(r)
		local(s)
		s.is(http.StatusNotFound)
	}
	for _, to := range []string{"https://evil.test", "//evil.test", `/\evil.test`, `\\evil.test`, "/%2F/evil.test", "/%5cevil.test", "javascript:alert(1)", "evil.test", " //evil.test", "/\t/evil.test",
		"//", "/a/../..//evil.test", "https:evil.test", "/x#//evil.test"} {
		w.kit.Clock.Advance(time.Hour) // there are limits
		b := w.browser()
		form := b.get("/auth/sign_in?return_to=" + url.QueryEscape(to))
		s := form.submit("", "login", "b", "password", password, "return_to", to).is(http.StatusSeeOther)
		if s.header.Get("Location") != "/" {
			t.Errorf("return_to=%s leads to %s", to, s.header.Get("Location"))
		}
		s = b.get("/auth/sign_in?return_to=" + url.QueryEscape(to))
		if s.header.Get("Location") != "/" {
			t.Errorf("signed in, return_to=%s leads to %s", to, s.header.Get("Location"))
		}
	}
}

func TestLists(t *testing.T) {
	w := open(t)
	a, b := w.member("a"), w.member("b")
	for i := range 25 {
		w.post(a, posts.Draft{Text: fmt.Sprintf("number %02d #count", i)})
	}
	pinned := w.post(a, posts.Draft{Text: "the pinned one"})
	_, err := w.posts.Pin(w.kit.Ctx, a, pinned.ID)
	w.must(err)
	boosted := w.post(b, posts.Draft{Text: "said by b"})
	_, err = w.posts.Boost(w.kit.Ctx, a, boosted.ID, nil)
	w.must(err)
	reply := w.post(a, posts.Draft{Text: "an answer", InReplyToID: boosted.ID})

	v := w.browser()
	for path, last := range map[string]string{"/": "number 00", "/@a": "number 00", "/tags/count": "number 00"} {
		first := v.get(path).is(http.StatusOK)
		if strings.Contains(squeeze(first.words()), squeeze(last)) {
			t.Errorf("%s shows everything at once", path)
		}
		v.get(first.href("Older posts")).is(http.StatusOK).says(last)
	}
	v.get("/?max_id=1").is(http.StatusOK).says("That was all.")
	v.get("/@A").is(http.StatusOK).says("Pinned", "the pinned one", "a boosted", "said by b")
	v.get("/@a?show=replies").says("an answer", "answers b")
	v.get("/@a?show=media").says("Nothing to see here yet.")
	v.get("/@a@" + w.host).is(http.StatusOK).says("the pinned one")
	v.get(w.address("b", boosted)).says("said by b", "Answers", "an answer")
	v.get(w.address("a", reply)).says("said by b", "an answer")
	v.get("/users/A").follow().says("the pinned one")
	v.get(fmt.Sprintf("/users/a/statuses/%d", reply.ID)).follow().says("an answer")
	v.get("/users/nobody").is(http.StatusNotFound)
	v.get("/about").says("Members 2 ", "Posts 29")
}

func TestPollResults(t *testing.T) {
	w := open(t)
	a, b := w.member("a"), w.member("b")
	for _, hide := range []bool{false, true} {
		p := w.post(a, posts.Draft{Text: "which?", Poll: &posts.PollDraft{Options: []string{"this", "that", "none"}, Multiple: true, HideVotes: hide, ExpiresIn: 5 * time.Hour}})
		_, _, err := w.posts.Vote(w.kit.Ctx, b, p.PollID, []int{0, 2})
		w.must(err)
		s := w.browser().get(w.address("a", p)).says("1 voter, 5 hours left")
		if told := strings.Contains(squeeze(s.words()), "100%"); told == hide {
			t.Errorf("hidden %v, told %v", hide, told)
		}
	}
	w.kit.Clock.Advance(6 * time.Hour)
	w.browser().get("/@a").says("this 100 % that 0 % none 100 % 1 voter, ended")
}

func TestAssets(t *testing.T) {
	w := open(t)
	b := w.browser()
	page := b.get("/")
	files := append(page.attrs("link", "href"), "/assets/figtree-OFL.txt", "/assets/source-serif-4-OFL.txt")
	for kind, want := range map[string]string{".css": "text/css; charset=utf-8", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8"} {
		found := false
		for _, path := range files {
			if !strings.HasSuffix(path, kind) {
				continue
			}
			found = true
			s := b.get(path).is(http.StatusOK)
			if s.header.Get("Content-Type") != want || s.header.Get("X-Content-Type-Options") != "nosniff" || s.body == "" {
				t.Errorf("%s: %v", path, s.header)
			}
			if kind != ".txt" && s.header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
				t.Errorf("%s: %s", path, s.header.Get("Cache-Control"))
			}
			if kind == ".css" {
				for _, font := range files {
					if name, ok := strings.CutSuffix(font, ".woff2"); ok && !strings.Contains(s.body, "url("+name[len("/assets/"):]+".woff2)") {
						t.Errorf("the style sheet does not use %s", font)
					}
				}
				b.header.Set("If-None-Match", s.header.Get("Etag"))
				b.get(path).is(http.StatusNotModified)
				b.header.Del("If-None-Match")
			}
		}
		if !found {
			t.Errorf("no page uses a %s file", kind)
		}
	}
	b.get("/assets/style.css").is(http.StatusNotFound) // only by its full name
	b.get("/assets/../web.go").is(http.StatusNotFound)
}

// XS: what the operator has written is shown as Markdown without tags, from the
// page about the server on; what is not there is no page.
func TestHouseDocuments(t *testing.T) {
	w := open(t)
	b := w.browser()
	for _, path := range []string{"/privacy-policy", "/terms-of-service", "/terms-of-service/2026-01-01", "/terms-of-service/x"} {
		b.get(path).is(http.StatusNotFound)
	}
	if about := b.get("/about").is(http.StatusOK); strings.Contains(about.body, "terms-of-service") || strings.Contains(about.body, "privacy-policy") {
		t.Error("the page about the server leads to what is not there")
	}
	for _, p := range payloads {
		w.must(w.instance.SetPrivacyPolicy(w.kit.Ctx, 1, p))
		w.must(w.instance.SetExtendedDescription(w.kit.Ctx, 1, p))
		shown := strings.ReplaceAll(html.UnescapeString(p), "*", "") // as Markdown has it
		b.get("/privacy-policy").is(http.StatusOK).says(shown)
		b.get("/about").is(http.StatusOK).says(shown)
	}
	w.must(w.instance.SetPrivacyPolicy(w.kit.Ctx, 1, "# What we keep\n\n- posts\n- *little* else, see https://guild.example"))
	if s := b.get("/privacy-policy"); s.href("https://guild.example") != "https://guild.example" || !strings.Contains(s.body, "<h2>What we keep</h2>") || !strings.Contains(s.body, "<em>little</em>") {
		t.Errorf("%s", s.body)
	}
	today := w.kit.Clock.Now().UTC()
	soon, inWords := today.AddDate(0, 1, 0), "2 January 2006"
	later := soon.Format(time.DateOnly)
	for day, text := range map[string]string{today.Format(time.DateOnly): "No <b>spam</b>.", later: "No spam at all."} {
		_, err := w.instance.AddTerms(w.kit.Ctx, 1, day, text)
		w.must(err)
	}
	s := b.get("/terms-of-service").is(http.StatusOK).says("No <b>spam</b>.", "In force since "+today.Format(inWords))
	if next := s.href("on " + soon.Format(inWords)); next != "/terms-of-service/"+later {
		t.Errorf("the next terms are at %q", next)
	}
	b.get("/terms-of-service/"+later).is(http.StatusOK).says("No spam at all.", "In force from "+soon.Format(inWords)+" on")
	s = b.get("/about")
	if s.href("Terms of service") != "/terms-of-service" || s.href("Privacy policy") != "/privacy-policy" {
		t.Errorf("%q %q", s.href("Terms of service"), s.href("Privacy policy"))
	}
}

func TestRulesAndContact(t *testing.T) {
	w := open(t, func(_ *identity.Config, c *web.Config) { c.Contact = "host@guild.test" })
	_, err := w.instance.AddRule(w.kit.Ctx, 1, instance.RuleDraft{Text: ref("Be <b>kind</b>.")})
	w.must(err)
	s := w.browser().get("/about").says("Be <b>kind</b>.", "host@guild.test", "Everybody may sign up.")
	if s.href("host@guild.test") != "mailto:host@guild.test" {
		t.Errorf("contact %s", s.href("host@guild.test"))
	}
}
