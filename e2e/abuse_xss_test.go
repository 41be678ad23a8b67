package e2e_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// payloads are what the cases type into everything. Each that runs calls alert.
var payloads = []string{`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<svg/onload=alert(1)>`, `<a href="javascript:alert(1)">x</a>`,
	`"><img src=x onerror=alert(1)>`, `&lt;script&gt;alert(1)&lt;/script&gt;`, `<math><mi//xlink:href="data:x">`, `javascript:alert(1)`, `' onmouseover='alert(1)`}

// malformed is markup that parsers read in different ways.
var malformed = []string{strings.Repeat("<b><i><a href=", 150), `<math><annotation-xml encoding="text/html"><img src=x onerror=alert(1)>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<svg><style><img title="</style><img src onerror=alert(1)>">`, strings.Repeat("<b>", 160)}

// eyes is a browser that looks at pages, as a member and as a visitor.
type eyes struct {
	t               *testing.T // of all cases
	once            sync.Once
	member, visitor *window
}

// alarm is in every page before its own scripts: it notes what runs, and what
// the policy had to stop, for that should not have been there.
const alarm = `window.alert = window.prompt = text => { window.ran = "alert " + text }
document.addEventListener("securitypolicyviolation", e => { (window.stopped ||= []).push(e.violatedDirective + " " + e.blockedURI + " " + e.sample) })`

// active lists what a page has that could do something by itself.
const active = `(() => {
	const bad = [], note = text => bad.push(text.slice(0, 160))
	if (window.ran) note("ran: " + window.ran)
	for (const s of window.stopped || []) note("stopped: " + s)
	for (const e of document.querySelectorAll("*")) for (const a of e.attributes) {
		if (/^on/i.test(a.name)) note("handler: " + e.outerHTML)
		if (/^(href|src|action|formaction|data|srcdoc|xlink:href)$/i.test(a.name) && /^\s*(javascript|vbscript|data):/i.test(a.value)) note("address: " + e.outerHTML)
	}
	for (const e of document.querySelectorAll("script:not([src]), iframe, object, embed, style, math, base, foreignObject")) note("element: " + e.outerHTML)
	for (const e of document.scripts) if (e.src && new URL(e.src).origin !== location.origin) note("script: " + e.src)
	return bad
})()`

// see opens pages and returns what is active in them. Without a browser the
// case is skipped.
func (l *lab) see(as string, paths ...string) error {
	l.Helper()
	if browserPath() == "" {
		l.Skip("there is no Chromium")
	}
	l.eyes.once.Do(func() {
		browser := chromium(l.eyes.t)
		if err := chromedp.Do(browser, chromedp.Navigate("about:blank")); err != nil {
			l.eyes.t.Fatal(err)
		}
		l.eyes.visitor, l.eyes.member = openWindow(l.eyes.t, browser, l.base), openWindow(l.eyes.t, browser, l.base)
		for _, w := range []*window{l.eyes.visitor, l.eyes.member} {
			w.beforePages(alarm)
		}
		trap := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><p>`+payloads[0])
		}))
		defer trap.Close()
		if err := l.eyes.visitor.look(trap.URL); err == nil || !strings.Contains(err.Error(), "ran: alert 1") {
			l.eyes.t.Fatalf("what runs is not seen: %v", err)
		}
	})
	w := l.eyes.visitor
	if as != "" && *abuseBase == "" { // of members elsewhere the passwords are not known
		w = l.eyes.member
		w.do("signed out", chromedp.Navigate(l.base+"/about"))
		if name := evaluate[string](w, `document.querySelector('.nav a[href^="/@"]')?.getAttribute("href") || ""`); name != "/@"+as {
			if name != "" {
				w.click(".side .in form button")
				w.do("signed out", chromedp.WaitNotPresent(chromedp.CSS("#sign-out")))
			}
			w.signIn(as)
		}
	}
	var all []error
	for _, path := range paths {
		if !strings.HasPrefix(path, "http") {
			path = l.base + path
		}
		if err := w.look(path); err != nil {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}

// look opens one page.
func (w *window) look(address string) error {
	if err := chromedp.Do(w.ctx, chromedp.Navigate(address)); err != nil {
		return fmt.Errorf("%s: %w", address, err)
	}
	found, err := chromedp.Run(w.ctx, chromedp.Evaluate[[]string](active))
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("%q", found)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", address, err)
	}
	return nil
}

// tried is fine with a refusal, and not with a failure of the server.
func (r reply) tried() error {
	if r.status >= 500 || r.status == 0 {
		return fmt.Errorf("%s: %d %.200s", r.call, r.status, r.body)
	}
	return nil
}

// refused is fine with a refusal only.
func (r reply) refused() error {
	if r.status < 400 || r.status >= 500 {
		return fmt.Errorf("%s: %d %.200s", r.call, r.status, r.body)
	}
	return nil
}

// xss: what members type and send does nothing in anybody's browser.
var xss = []attack{
	{"XS-01", "xss", func(l *lab) error {
		paths := []string{"/@" + l.ben.name, "/public/local", "/"}
		for _, p := range payloads {
			id, err := l.ben.says("@"+l.cleo.name+" "+p, "spoiler_text", p)
			if err != nil {
				return err
			}
			_, err = l.ben.says("poll "+p, "poll[options][]", p[:min(50, len(p))], "poll[options][]", "other", "poll[expires_in]", "3600")
			if err != nil {
				return err
			}
			picture := l.ben.upload("a.png", pngImage(8, 8), "description", p)
			if err := first(picture.is(200), l.ben.post("/api/v1/statuses", url.Values{"status": {"alt " + p}, "media_ids[]": {picture.text("id")}}.Encode()).is(200)); err != nil {
				return err
			}
			paths = append(paths, "/@"+l.ben.name+"/"+id)
		}
		return first(l.see("", paths...), l.see(l.cleo.name, append(paths, "/notifications", "/@"+l.ben.name+"?show=media", "/compose?in_reply_to_id="+paths[3][strings.LastIndex(paths[3], "/")+1:])...))
	}},
	{"XS-02", "xss", func(l *lab) error {
		for i, p := range payloads {
			short := p[:min(30, len(p))]
			err := first(l.ben.do("PATCH", "/api/v1/accounts/update_credentials", url.Values{"display_name": {short}, "note": {p + " https://e.example/?" + p},
				"fields_attributes[0][name]": {p}, "fields_attributes[0][value]": {p}, "avatar_description": {p}}.Encode()).tried(),
				l.ben.post("/api/v1/lists", url.Values{"title": {p}}.Encode()).tried(),
				l.ben.post("/api/v2/filters", url.Values{"title": {p}, "context[]": {"home"}, "keywords_attributes[0][keyword]": {p}}.Encode()).tried(),
				l.ben.post("/api/v1/reports", url.Values{"account_id": {l.ann.id}, "comment": {p}}.Encode()).tried(),
				l.ben.post("/api/v1/apps", url.Values{"client_name": {p}, "website": {"https://e.example/"}, "redirect_uris": {"urn:ietf:wg:oauth:2.0:oob"}}.Encode()).tried())
			if err != nil {
				return err
			}
			if i%3 != 0 {
				continue // a browser looks at some names; all of the lists are on one page
			}
			if err := first(l.see("", "/@"+l.ben.name), l.see(l.cleo.name, "/@"+l.ben.name, "/search?q="+url.QueryEscape(l.ben.name), "/explore/people")); err != nil {
				return err
			}
		}
		return l.see(l.ben.name, "/lists", "/settings/filters", "/settings/profile", "/settings/sessions", "/")
	}},
	{"XS-02-desks", "xss", attackDesks},
	{"XS-04", "xss", func(l *lab) error {
		for _, p := range malformed {
			if err := first(l.ben.post("/api/v1/statuses", url.Values{"status": {p}}.Encode()).tried(),
				l.ben.do("PATCH", "/api/v1/accounts/update_credentials", url.Values{"note": {p[:min(500, len(p))]}}.Encode()).tried()); err != nil {
				return err
			}
		}
		return first(l.see("", "/public/local", "/@"+l.ben.name), l.see(l.cleo.name, "/", "/public/local"))
	}},
	{"XS-06", "xss", func(l *lab) error {
		id, err := l.ann.says(`"><script>alert(1)</script> ` + payloads[1])
		if err != nil {
			return err
		}
		return l.see("", "/@"+l.ann.name+"/"+id, "/@"+l.ann.name+"/"+id+"/embed")
	}},
	{"XS-07", "xss", func(l *lab) error {
		site := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/oembed" {
				fmt.Fprint(w, `{"version":"1.0","type":"rich","title":"<script>alert(1)</script>","html":"<script>alert(1)</script><iframe srcdoc='<script>alert(1)</script>'></iframe>","width":1,"height":1}`)
				return
			}
			fmt.Fprintf(w, `<!doctype html><link rel="alternate" type="application/json+oembed" href="http://%s/oembed"><meta property="og:title" content="&lt;img src=x onerror=alert(1)&gt;"><title>x</title>`, r.Host)
		}))
		if l.intranet { // where the server reads pages
			if err := site.Listener.Close(); err != nil {
				return err
			}
			var err error
			if site.Listener, err = net.Listen("tcp", intranet+":0"); err != nil {
				return err
			}
		}
		site.Start()
		defer site.Close()
		id, err := l.ben.says("look " + site.URL)
		if err == nil && l.intranet {
			err = soonTrue("the card", func() bool { return l.none.get("/api/v1/statuses/"+id).value("card.title") != nil })
		}
		return first(err, l.see("", "/@"+l.ben.name+"/"+id))
	}},
	{"XS-08", "xss", func(l *lab) error {
		files := map[string]string{"a.svg": `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, "a.png": "<html><script>alert(1)</script></html>",
			"a.xml": `<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>`, "a.pdf": "%PDF-1.4 <script>alert(1)</script>",
			"b.png": string(pngImage(4, 4)) + "<script>alert(1)</script>", "c.jpg": "\xff\xd8\xff\xe0<script>alert(1)</script>"}
		for name, data := range files {
			r := l.ben.upload(name, []byte(data))
			if err := r.tried(); err != nil {
				return err
			}
			if r.status != http.StatusOK {
				continue
			}
			if kind := l.none.get(strings.TrimPrefix(r.text("url"), l.base)).header.Get("Content-Type"); !strings.HasPrefix(kind, "image/") || strings.Contains(kind, "svg") {
				return fmt.Errorf("%s is served as %s", name, kind)
			}
			if err := l.see("", r.text("url")); err != nil {
				return err
			}
		}
		return nil
	}},
	{"XS-09", "xss", func(l *lab) error {
		id, err := l.ben.says("see https://e.example/a and javascript:alert(1) and data:text/html,x")
		if err := first(err, l.see("", "/@"+l.ben.name+"/"+id)); err != nil {
			return err
		}
		loose := evaluate[[]string](l.eyes.visitor, `[...document.querySelectorAll("main .body a, main .fields a, main .note a")]
			.filter(a => a.host !== location.host && !(a.relList.contains("nofollow") && a.relList.contains("noopener"))).map(a => a.outerHTML)`)
		if len(loose) > 0 {
			return fmt.Errorf("links without rel: %q", loose)
		}
		return nil
	}},
	{"XS-11", "xss", func(l *lab) error {
		for _, path := range []string{"/", "/about", "/auth/sign_in", "/auth/sign_up", "/@" + l.ann.name, "/nothing", "/explore", "/settings/profile"} {
			h := l.none.get(path).header
			policy := h.Get("Content-Security-Policy")
			if policy == "" || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" {
				return fmt.Errorf("%s: %v", path, h)
			}
		}
		return first(l.see("", "/", "/about", "/auth/sign_in", "/nothing", "/explore"), l.see(l.cleo.name, "/", "/settings/profile", "/notifications", "/explore/tags"))
	}},
	{"XS-12", "xss", func(l *lab) error {
		return first(l.see("", "/<script>alert(1)</script>", "/@<img src=x onerror=alert(1)>", `/tags/%22%3E%3Csvg%20onload=alert(1)%3E`, "/api/v1/<b>", "/auth/sign_in?error=<script>alert(1)</script>",
			"/search?q="+url.QueryEscape(payloads[4]), "/explore?offset=<b>"), l.see(l.cleo.name, "/search?q="+url.QueryEscape(payloads[0]), "/notifications?show=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E"))
	}},
	{"XS-14", "xss", func(l *lab) error {
		for _, to := range []string{"https://evil.test", "//evil.test", `/\evil.test`, "javascript:alert(1)"} {
			if err := l.see("", "/auth/sign_in?return_to="+url.QueryEscape(to), "/web/"+url.PathEscape(to)); err != nil {
				return err
			}
			if away := evaluate[bool](l.eyes.visitor, "location.host !== "+fmt.Sprintf("%q", strings.TrimPrefix(l.base, "http://"))); away {
				return fmt.Errorf("%s leads away", to)
			}
		}
		return nil
	}},
	{"XS-15", "xss", func(l *lab) error {
		name := "B\r\nBcc: x@evil.test <img src=http://e.example/>"
		if err := first(l.ben.do("PATCH", "/api/v1/accounts/update_credentials", url.Values{"display_name": {name[:30]}}.Encode()).tried(),
			l.ben.post("/api/v1/accounts/"+l.cleo.id+"/follow", "").is(200)); err != nil {
			return err
		}
		return l.see(l.cleo.name, "/notifications", "/@"+l.cleo.name+"/followers")
	}},
}
