package mastodon_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/decks"
	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/fetch"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/seal"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/internal/text"
	"github.com/guildhall/guildhall/internal/webpush"
	"github.com/guildhall/guildhall/mastodon"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/lab"
	"github.com/guildhall/guildhall/profiles"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "lab-child" { // which the labs of the tests start
		os.Exit(lab.Child(context.Background(), os.Stdin, os.Stdout))
	}
	testkit.Main(m, afterAll)
}

const (
	base     = "https://guild.test"
	password = "a passphrase of some length"
	allowed  = "read write follow push profile"
)

// world is the whole server behind a real listener: every service, on a database
// and an embedded bus, with a clock that the test moves.
type world struct {
	*testing.T
	kit           *testkit.Kit
	server        *httptest.Server
	identity      *identity.Service
	profiles      *profiles.Service
	posts         *posts.Service
	instance      *instance.Service
	moderation    *moderation.Service
	notifications *notifications.Service
	practice      *practice.Service
	deps          mastodon.Deps
	config        mastodon.Config
}

// person is a member with a token for everything.
type person struct {
	name, token string
	id          ids.ID
}

// open starts a world; adjust may change how the edge is set up.
func open(t *testing.T, adjust ...func(*mastodon.Deps, *mastodon.Config)) *world {
	t.Helper()
	return openOn(testkit.New(t, db.SQLite), adjust...)
}

// openOn is open on an engine that the test has chosen.
func openOn(k *testkit.Kit, adjust ...func(*mastodon.Deps, *mastodon.Config)) *world {
	t := k.T
	t.Helper()
	w := &world{T: t, kit: k}
	blobs, err := blob.Open(filepath.Join(k.Dir, "blobs"))
	w.must(err)
	t.Cleanup(func() { w.must(blobs.Close()) })
	keys, err := seal.LoadOrCreate(filepath.Join(k.Dir, "keys"))
	w.must(err)
	mails, err := mail.New(mail.Config{From: "Guild <no-reply@guild.test>", Folder: filepath.Join(k.Dir, "mails"), Now: k.Clock.Now}, k.Log)
	w.must(err)
	images := image.New(2, image.Limits{Bytes: 32 << 20, Pixels: 40_000_000})

	ic := identity.DefaultConfig()
	ic.BaseURL = base
	w.identity = identity.New(identity.Deps{DB: k.Open("identity", identity.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now,
		Log: k.Log, Keys: keys, Mail: mails}, ic)
	pc := profiles.DefaultConfig()
	pc.Domain = "guild.test"
	w.profiles = profiles.New(profiles.Deps{DB: k.Open("profiles", profiles.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now,
		Log: k.Log, Identity: w.identity, Images: images, Blobs: blobs, Format: func(s string) string { return text.Parse(s).HTML(nil, nil) }}, pc)
	oc := posts.DefaultConfig()
	oc.BaseURL = base
	w.posts = posts.New(posts.Deps{DB: k.Open("posts", posts.Schema()), Search: k.Open("search", posts.SearchSchema()), Bus: k.Bus,
		IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Profiles: w.profiles, Images: images, Blobs: blobs, Pages: sites{near()}}, oc)
	signs, err := blob.Open(filepath.Join(k.Dir, "emojis"))
	w.must(err)
	t.Cleanup(func() { w.must(signs.Close()) })
	nc := instance.DefaultConfig()
	nc.BaseURL = base
	w.instance = instance.New(instance.Deps{DB: k.Open("instance", instance.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Profiles: w.profiles, Posts: w.posts, Images: images, Blobs: signs}, nc)
	w.moderation = moderation.New(moderation.Deps{DB: k.Open("moderation", moderation.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: w.identity, Profiles: w.profiles, Posts: w.posts, Instance: w.instance})
	w.notifications = notifications.New(notifications.Deps{DB: k.Open("notifications", notifications.Schema()), Bus: k.Bus, IDs: k.IDs,
		Now: k.Clock.Now, Log: k.Log, Identity: w.identity, Profiles: w.profiles, Posts: w.posts, Keys: keys,
		Push:  webpush.NewClient(&http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}, "mailto:operator@guild.test", k.Clock.Now),
		Icon:  func(a *profiles.Account) string { return mastodon.AvatarURL(base, a.Avatar) },
		Title: func(_ string, n *notifications.Notification, name string) string { return n.Title(name) },
		Page:  func(of *profiles.Account, post ids.ID) string { return "/@" + of.Username + "/" + post.String() }}, notifications.DefaultConfig())
	w.practice = practice.New(practice.Deps{DB: k.Open("practice", practice.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: w.identity, Profiles: w.profiles, Posts: w.posts, Keys: keys, Recordings: blobs, Bundled: decks.Files, Labs: &lab.Runner{Command: []string{os.Args[0], "lab-child"}, Log: k.Log}}, practice.Config{BaseURL: base})
	w.identity.OnRevoked(func(user, token ids.ID) {
		if token != 0 {
			w.notifications.CloseToken(token)
		} else {
			w.notifications.CloseUser(user)
		}
	})
	w.must(w.identity.Start(k.Ctx))
	w.must(w.profiles.Start(k.Ctx))
	w.must(w.posts.Start(k.Ctx))
	w.must(w.instance.Start(k.Ctx))
	w.must(w.moderation.Start(k.Ctx))
	w.must(w.notifications.Start(k.Ctx))
	w.must(w.practice.Start(k.Ctx))

	w.deps = mastodon.Deps{Identity: w.identity, Profiles: w.profiles, Posts: w.posts,
		Instance: w.instance, Moderation: w.moderation, Notifications: w.notifications, Practice: w.practice,
		Blobs: blobs, Pictures: blobs, Now: k.Clock.Now, Log: k.Log}
	w.config = mastodon.DefaultConfig()
	w.config.BaseURL = base
	for _, f := range adjust {
		f(&w.deps, &w.config)
	}
	api := mastodon.New(w.deps, w.config)
	mastodon.OnRead(api, declared(t))
	w.server = httptest.NewServer(api)
	t.Cleanup(w.server.Close)
	return w
}

// near reads pages of this machine's 127.0.0.1 only, and knows no names.
func near() *fetch.Client {
	return fetch.New(fetch.Options{Guard: fetch.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no names") }}}})
}

// sites reads pages of hosts under test, which are names of this machine.
type sites struct{ *fetch.Client }

func (s sites) Get(ctx context.Context, address string, most int64, types ...string) (*fetch.Document, error) {
	u, err := url.Parse(address)
	if err != nil || !strings.HasSuffix(u.Hostname(), ".test") {
		return s.Client.Get(ctx, address, most, types...)
	}
	host := u.Host
	u.Host = "127.0.0.1:" + u.Port()
	d, err := s.Client.Get(ctx, u.String(), most, types...)
	if err == nil {
		d.URL.Host = host
	}
	return d, err
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// person makes a member with a token for everything, or for the given scopes.
func (w *world) person(name string, scopes ...string) *person {
	w.Helper()
	u, err := w.profiles.Register(w.kit.Ctx, identity.SignUp{Username: name, Email: name + "@example.org", Trusted: true}) // no password to hash
	w.must(err)
	p := &person{name: name, id: u.ID}
	p.token = w.token(p, append(scopes, allowed)[0])
	return p
}

// staff makes a member of a rank, with a token for everything.
func (w *world) staff(name string, r identity.Role) *person {
	w.Helper()
	p := w.person(name)
	w.must(w.identity.SetRole(w.kit.Ctx, p.id, r))
	p.token = w.token(p, allowed+" admin:read admin:write")
	return p
}

// token gives a member one more token.
func (w *world) token(p *person, scopes string) string {
	w.Helper()
	token, err := w.identity.IssueToken(w.kit.Ctx, p.id, "test", scopes)
	w.must(err)
	return token
}

// answer is what the server said.
type answer struct {
	*testing.T
	status int
	header http.Header
	body   []byte
	call   string // for messages
}

// do sends a request. The body is JSON if it begins with "{", else a form;
// a *multipartBody is sent as it is. Every answer is held against the API's
// own description.
func (w *world) do(method, path, token string, body any, headers ...string) *answer {
	w.Helper()
	reader, contentType := bodyOf(body)
	r, err := http.NewRequestWithContext(w.kit.Ctx, method, w.server.URL+path, reader)
	w.must(err)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return w.send(r)
}

func (w *world) send(r *http.Request) *answer {
	w.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	w.must(err)
	data, err := io.ReadAll(res.Body)
	w.must(err)
	w.must(res.Body.Close())
	a := &answer{w.T, res.StatusCode, res.Header, data, r.Method + " " + r.URL.RequestURI()}
	described(w.T, r, a)
	describedByUs(w.T, r, a)
	return a
}

func bodyOf(body any) (io.Reader, string) {
	switch b := body.(type) {
	case nil:
		return nil, ""
	case *multipartBody:
		return bytes.NewReader(b.data), b.contentType
	case string:
		if strings.HasPrefix(b, "{") {
			return strings.NewReader(b), "application/json"
		}
		return strings.NewReader(b), "application/x-www-form-urlencoded"
	}
	panic(fmt.Sprintf("body of type %T", body))
}

// is fails the test unless the answer has this status.
func (a *answer) is(status int) *answer {
	a.Helper()
	if a.status != status {
		a.Fatalf("%s: status %d, want %d: %s", a.call, a.status, status, a.body)
	}
	return a
}

// value returns what the JSON answer has at a path: "source.fields.0.name".
func (a *answer) value(path string) any {
	a.Helper()
	var v any
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		a.Fatalf("%s: %v: %s", a.call, err, a.body)
	}
	for name := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(x) {
				if name == "length" {
					v = json.Number(strconv.Itoa(len(x)))
					continue
				}
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// text returns a value as text.
func (a *answer) text(path string) string {
	a.Helper()
	return fmt.Sprint(a.value(path))
}

// has fails the test unless the JSON answer has all of the wanted one: objects
// may have more names, lists may not have more items.
func (a *answer) has(want string) *answer {
	a.Helper()
	var expected, got any
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		a.Fatalf("wanted JSON %s: %v", want, err)
	}
	if err := json.Unmarshal(a.body, &got); err != nil {
		a.Fatalf("%s: %v: %s", a.call, err, a.body)
	}
	if where := missing(expected, got, ""); where != "" {
		a.Errorf("%s: at %s: %s\nwant %s", a.call, where, a.body, want)
	}
	return a
}

// missing returns where got lacks something of want, or "".
func missing(want, got any, path string) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return path + "/"
		}
		for name, v := range w {
			value, there := g[name]
			if !there {
				return path + "/" + name
			}
			if where := missing(v, value, path+"/"+name); where != "" {
				return where
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return path + "/length"
		}
		for i := range w {
			if where := missing(w[i], g[i], path+"/"+strconv.Itoa(i)); where != "" {
				return where
			}
		}
		return ""
	}
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return path + "/"
}

// test is one request and what must come of it.
type test struct {
	name   string
	method string
	path   string
	token  string
	body   any
	status int
	want   string // JSON that the answer must have; empty: anything
}

// run sends the requests one after the other.
func (w *world) run(tests []test) {
	w.Helper()
	for _, c := range tests {
		a := w.do(c.method, c.path, c.token, c.body)
		if a.status != c.status {
			w.Errorf("%s: %s: status %d, want %d: %s", c.name, a.call, a.status, c.status, a.body)
			continue
		}
		if c.want != "" {
			w.Logf("%s", c.name)
			a.has(c.want)
		}
	}
}
