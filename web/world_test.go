package web_test

import (
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	imaging "github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/limit"
	mailer "github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/seal"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/internal/text"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
	"github.com/guildhall/guildhall/web"
	"golang.org/x/net/html"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const password = "a passphrase of some length"

// world is the pages over the real services, behind a real listener.
type world struct {
	*testing.T
	kit      *testkit.Kit
	base     string
	host     string
	mails    string // folder
	blobs    *blob.Store
	identity *identity.Service
	profiles *profiles.Service
	posts    *posts.Service
}

// open starts a world; adjust may change the configuration.
func open(t *testing.T, adjust ...func(*identity.Config, *web.Config)) *world {
	t.Helper()
	t.Parallel()
	k := testkit.New(t, db.SQLite)
	w := &world{T: t, kit: k, mails: filepath.Join(k.Dir, "mail")}
	server := httptest.NewUnstartedServer(nil)
	w.host = server.Listener.Addr().String()
	w.base = "http://" + w.host
	ic := identity.DefaultConfig()
	ic.BaseURL, ic.Title = w.base, "Leeds Guild"
	wc := web.Config{BaseURL: w.base, Title: "Leeds Guild", Description: "Engineers of the north, who show their work."}
	for _, f := range adjust {
		f(&ic, &wc)
	}
	wc.Registrations = ic.Registrations

	var err error
	w.blobs, err = blob.Open(filepath.Join(k.Dir, "blobs"))
	w.must(err)
	t.Cleanup(func() { w.must(w.blobs.Close()) })
	keys, err := seal.LoadOrCreate(filepath.Join(k.Dir, "keys"))
	w.must(err)
	mails, err := mailer.New(mailer.Config{From: "Guild <no-reply@guild.test>", Folder: w.mails, Now: k.Clock.Now}, k.Log)
	w.must(err)
	images := imaging.New(2, imaging.Limits{Bytes: 32 << 20, Pixels: 40_000_000})
	w.identity = identity.New(identity.Deps{DB: k.Open("identity", identity.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now,
		Log: k.Log, Keys: keys, Mail: mails, Limit: limit.New(k.Clock.Now)}, ic)
	pc := profiles.DefaultConfig()
	pc.Domain = w.host
	w.profiles = profiles.New(profiles.Deps{DB: k.Open("profiles", profiles.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now,
		Log: k.Log, Identity: w.identity, Images: images, Blobs: w.blobs, Format: text.Plain}, pc)
	oc := posts.DefaultConfig()
	oc.BaseURL = w.base
	w.posts = posts.New(posts.Deps{DB: k.Open("posts", posts.Schema()), Search: k.Open("search", posts.SearchSchema()), Bus: k.Bus,
		IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Profiles: w.profiles, Images: images, Blobs: w.blobs}, oc)
	w.must(w.identity.Start(k.Ctx))
	w.must(w.profiles.Start(k.Ctx))
	w.must(w.posts.Start(k.Ctx))
	server.Config.Handler = web.New(web.Deps{Identity: w.identity, Profiles: w.profiles, Posts: w.posts, Log: k.Log, Now: k.Clock.Now}, wc)
	server.Start()
	t.Cleanup(server.Close)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// member makes a user who can sign in.
func (w *world) member(name string) ids.ID {
	w.Helper()
	u, err := w.profiles.Register(w.kit.Ctx, identity.SignUp{Username: name, Email: name + "@example.org", Password: password, Trusted: true})
	w.must(err)
	return u.ID
}

func (w *world) app(uris ...string) *identity.App {
	w.Helper()
	a, err := w.identity.CreateApp(w.kit.Ctx, "Tusker", "https://tusker.example/app", uris, "read write follow push")
	w.must(err)
	return a
}

func (w *world) post(author ids.ID, d posts.Draft) *posts.View {
	w.Helper()
	v, err := w.posts.Create(w.kit.Ctx, author, d)
	w.must(err)
	return v
}

// picture uploads an image of a size.
func (w *world) picture(account ids.ID, width, height int, alt string) ids.ID {
	w.Helper()
	r, write := io.Pipe()
	go func() { write.CloseWithError(jpeg.Encode(write, paint(width, height), nil)) }()
	m, err := w.posts.Upload(w.kit.Ctx, account, r, alt, 0, 0)
	w.must(err)
	return m.ID
}

func paint(width, height int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.Set(x, y, color.RGBA{uint8(60 + 150*x/width), uint8(110 + 60*y/height), 140, 255})
		}
	}
	return img
}

var linkInMail = regexp.MustCompile(`https?://\S+`)

// link waits for the nth mail (from 1) to an address and returns its link,
// without the host.
func (w *world) link(to string, n int) string {
	w.Helper()
	var found []string
	testkit.Eventually(w.T, func() bool {
		found = nil
		names, err := filepath.Glob(filepath.Join(w.mails, "*.eml")) // in order of time
		w.must(err)
		for _, name := range names {
			f, err := os.Open(name)
			w.must(err)
			m, err := mail.ReadMessage(f)
			w.must(err)
			body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
			w.must(err)
			w.must(f.Close())
			if strings.Contains(m.Header.Get("To"), to) {
				found = append(found, linkInMail.FindString(string(body)))
			}
		}
		return len(found) >= n
	})
	path, ok := strings.CutPrefix(found[n-1], w.base)
	if !ok {
		w.Fatalf("the mail's link %s does not lead here", found[n-1])
	}
	return path
}

// browser is a person with cookies who follows no redirect by themselves.
type browser struct {
	*world
	client http.Client
	header http.Header // sent with every request
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	w.must(err)
	return &browser{world: w, header: http.Header{}, client: http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// signedIn is a browser in which a member has signed in.
func (w *world) signedIn(name string) *browser {
	w.Helper()
	b := w.browser()
	b.get("/auth/sign-in").submit("", "login", name, "password", password).is(http.StatusSeeOther)
	return b
}

// shown is an answer.
type shown struct {
	*browser
	call   string
	status int
	header http.Header
	body   string
	doc    *html.Node
}

func (b *browser) get(path string) *shown {
	b.Helper()
	return b.do("GET", path, nil)
}

func (b *browser) do(method, path string, form url.Values) *shown {
	b.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.kit.Ctx, method, b.base+path, body)
	b.must(err)
	for name, values := range b.header {
		r.Header[name] = values
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return b.send(r)
}

func (b *browser) send(r *http.Request) *shown {
	b.Helper()
	res, err := b.client.Do(r)
	b.must(err)
	data, err := io.ReadAll(res.Body)
	b.must(err)
	b.must(res.Body.Close())
	s := &shown{browser: b, call: r.Method + " " + r.URL.RequestURI(), status: res.StatusCode, header: res.Header, body: string(data)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") && len(data) > 0 {
		s.doc, err = html.Parse(strings.NewReader(s.body))
		b.must(err)
		s.inert()
	}
	return s
}

// is fails the test unless the answer has this status.
func (s *shown) is(status int) *shown {
	s.Helper()
	if s.status != status {
		s.Fatalf("%s: status %d, want %d\n%s", s.call, s.status, status, s.words())
	}
	return s
}

// says fails the test unless people can read all of these on the page.
func (s *shown) says(texts ...string) *shown {
	s.Helper()
	for _, t := range texts {
		if !strings.Contains(squeeze(s.words()), squeeze(t)) {
			s.Errorf("%s does not say %q:\n%s", s.call, t, s.words())
		}
	}
	return s
}

// squeeze takes out the spaces: elements come with some that nobody sees.
func squeeze(text string) string { return strings.ReplaceAll(text, " ", "") }

// href is where the link with a text leads.
func (s *shown) href(text string) string {
	s.Helper()
	for n := range s.nodes("a") {
		for d := range n.Descendants() {
			if d.Type == html.TextNode && d.Data == text {
				return attr(n, "href")
			}
		}
	}
	s.Fatalf("%s has no link %q", s.call, text)
	return ""
}

// words is the text of the page.
func (s *shown) words() string {
	var b strings.Builder
	for n := range s.nodes("") {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// nodes are the page's nodes, or its elements of one name.
func (s *shown) nodes(name string) func(yield func(*html.Node) bool) {
	return func(yield func(*html.Node) bool) {
		if s.doc == nil {
			return
		}
		for n := range s.doc.Descendants() {
			if (name == "" || n.Type == html.ElementNode && n.Data == name) && !yield(n) {
				return
			}
		}
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// attrs is one attribute of all elements of a name.
func (s *shown) attrs(element, name string) []string {
	var out []string
	for n := range s.nodes(element) {
		out = append(out, attr(n, name))
	}
	return out
}

// meta is the content of a <meta>, by name or property.
func (s *shown) meta(name string) string {
	for n := range s.nodes("meta") {
		if attr(n, "name") == name || attr(n, "property") == name {
			return attr(n, "content")
		}
	}
	return ""
}

// form is the page's form whose action begins with a text.
func (s *shown) form(action string) (string, url.Values) {
	s.Helper()
	for f := range s.nodes("form") {
		if !strings.HasPrefix(attr(f, "action"), action) {
			continue
		}
		v := url.Values{}
		for n := range f.Descendants() {
			if n.Type == html.ElementNode && n.Data == "input" && attr(n, "type") != "checkbox" && attr(n, "name") != "" {
				v.Set(attr(n, "name"), attr(n, "value"))
			}
		}
		return attr(f, "action"), v
	}
	s.Fatalf("%s has no form to %q:\n%s", s.call, action, s.words())
	return "", nil
}

// submit fills the form and sends it.
func (s *shown) submit(action string, fields ...string) *shown {
	s.Helper()
	action, v := s.form(action)
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	return s.do("POST", action, v)
}

// follow goes where the answer redirects to, which must be one of our pages.
func (s *shown) follow() *shown {
	s.Helper()
	if s.status < 300 || s.status > 399 {
		s.Fatalf("%s: status %d is no redirect\n%s", s.call, s.status, s.words())
	}
	to := s.header.Get("Location")
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
		s.Fatalf("%s leads to %s", s.call, to)
	}
	return s.get(to)
}

// active are elements that can do something on their own.
var active = map[string]bool{"script": true, "style": true, "iframe": true, "object": true, "embed": true, "base": true, "template": true,
	"math": true, "foreignobject": true, "frame": true, "applet": true}

// inert fails the test if the page could do anything by itself.
func (s *shown) inert() {
	s.Helper()
	for n := range s.nodes("") {
		if n.Type != html.ElementNode {
			continue
		}
		if active[n.Data] {
			s.Errorf("%s has a <%s>", s.call, n.Data)
		}
		for _, a := range n.Attr {
			value := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc":
				s.Errorf("%s: <%s %s=%q>", s.call, n.Data, a.Key, a.Val)
			case (a.Key == "href" || a.Key == "src" || a.Key == "action") && (strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:") || strings.HasPrefix(value, "vbscript:")):
				s.Errorf("%s: <%s %s=%q>", s.call, n.Data, a.Key, a.Val)
			}
		}
	}
}

// authorize is the address of the consent page.
func authorize(a *identity.App, params ...string) string {
	v := url.Values{"client_id": {a.ClientID}, "redirect_uri": {a.RedirectURIs[0]}, "response_type": {"code"}, "scope": {"read write"}}
	for i := 0; i < len(params); i += 2 {
		v.Set(params[i], params[i+1])
	}
	return "/oauth/authorize?" + v.Encode()
}

// location is where an answer redirects to.
func (s *shown) location() *url.URL {
	s.Helper()
	u, err := url.Parse(s.header.Get("Location"))
	s.must(err)
	return u
}

func ref[T any](v T) *T { return &v }

func (w *world) address(author string, v *posts.View) string {
	return fmt.Sprintf("/@%s/%d", author, v.ID)
}
