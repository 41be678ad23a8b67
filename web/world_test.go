package web_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"io/fs"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/guildhall/guildhall/archive"
	"github.com/guildhall/guildhall/decks"
	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/httpx"
	"github.com/guildhall/guildhall/internal/ids"
	imaging "github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/limit"
	mailer "github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/observe"
	"github.com/guildhall/guildhall/internal/seal"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/internal/text"
	"github.com/guildhall/guildhall/internal/webpush"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/lab"
	"github.com/guildhall/guildhall/profiles"
	"github.com/guildhall/guildhall/web"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "lab-child" { // which the labs of the tests start
		os.Exit(lab.Child(context.Background(), os.Stdin, os.Stdout))
	}
	testkit.Main(m)
}

const password = "a passphrase of some length"

// world is the pages over the real services, behind a real listener.
type world struct {
	*testing.T
	kit           *testkit.Kit
	base          string
	host          string
	mails         string // folder
	blobs         *blob.Store
	identity      *identity.Service
	profiles      *profiles.Service
	posts         *posts.Service
	instance      *instance.Service
	moderation    *moderation.Service
	notifications *notifications.Service
	practice      *practice.Service
	archive       *archive.Service
	machine       *web.Machine
	server        *httptest.Server
	down          atomic.Bool // every connection breaks
	failing       atomic.Bool // whatever is sent by a form fails
}

// answer is the pages, unless the server is down or failing.
func (w *world) answer(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case w.down.Load():
			panic(http.ErrAbortHandler)
		case w.failing.Load() && r.Method == http.MethodPost:
			http.Error(rw, "", http.StatusInternalServerError)
		default:
			pages.ServeHTTP(rw, r)
		}
	})
}

// breakDown breaks all connections, and all new ones until w.down is false again.
func (w *world) breakDown() {
	w.down.Store(true)
	w.server.CloseClientConnections()
}

// open starts a world; adjust may change the configuration.
func open(t *testing.T, adjust ...func(*identity.Config, *web.Config)) *world {
	t.Helper()
	t.Parallel()
	k := testkit.New(t, db.SQLite)
	w := &world{T: t, kit: k, mails: filepath.Join(k.Dir, "mail")}
	server := httptest.NewUnstartedServer(nil)
	w.server = server
	w.host = server.Listener.Addr().String()
	w.base = "http://" + w.host
	ic := identity.DefaultConfig()
	ic.BaseURL, ic.Title = w.base, "Leeds Guild"
	wc := web.Config{Posts: posts.DefaultConfig(), BaseURL: w.base, Title: "Leeds Guild", Description: "Engineers of the north, who show their work."}
	for _, f := range adjust {
		f(&ic, &wc)
	}
	limits := limit.New(k.Clock.Now)
	traffic := observe.NewTraffic(k.Clock.Now)
	w.machine = &web.Machine{History: observe.NewHistory(traffic, k.Clock.Now), Traffic: traffic, Caches: &observe.Caches{},
		Watch: observe.NewWatch(k.Clock.Now), Queues: k.Bus.State}
	room := func(name string, schema fs.FS) *db.DB {
		d := k.Open(name, schema)
		w.machine.Databases = append(w.machine.Databases, d)
		return d
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
	w.identity = identity.New(identity.Deps{DB: room("identity", identity.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now,
		Log: k.Log, Keys: keys, Mail: mails, Limit: limits, Caches: w.machine.Caches, Watch: w.machine.Watch}, ic)
	pc := profiles.DefaultConfig()
	pc.Domain = w.host
	w.profiles = profiles.New(profiles.Deps{DB: room("profiles", profiles.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now,
		Log: k.Log, Identity: w.identity, Images: images, Blobs: w.blobs, Format: func(s string) string { return text.Parse(s).HTML(nil, nil) }}, pc)
	oc := posts.DefaultConfig()
	oc.BaseURL = w.base
	w.posts = posts.New(posts.Deps{DB: room("posts", posts.Schema()), Search: room("search", posts.SearchSchema()), Bus: k.Bus,
		IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Profiles: w.profiles, Images: images, Blobs: w.blobs}, oc)
	nc := instance.DefaultConfig()
	nc.BaseURL = w.base
	w.instance = instance.New(instance.Deps{DB: room("instance", instance.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Profiles: w.profiles, Posts: w.posts, Images: images, Blobs: w.blobs}, nc)
	w.must(w.identity.Start(k.Ctx))
	w.must(w.profiles.Start(k.Ctx))
	w.must(w.posts.Start(k.Ctx))
	w.moderation = moderation.New(moderation.Deps{DB: room("moderation", moderation.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: w.identity, Profiles: w.profiles, Posts: w.posts, Instance: w.instance})
	w.notifications = notifications.New(notifications.Deps{DB: room("notifications", notifications.Schema()), Bus: k.Bus, IDs: k.IDs,
		Now: k.Clock.Now, Log: k.Log, Identity: w.identity, Profiles: w.profiles, Posts: w.posts, Keys: keys,
		Push: webpush.NewClient(&http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}, "mailto:operator@guild.test", k.Clock.Now),
		Icon: func(*profiles.Account) string { return w.base + "/icon" }, Title: web.Titles(), Page: web.Address}, notifications.DefaultConfig())
	w.must(w.instance.Start(k.Ctx))
	w.must(w.moderation.Start(k.Ctx))
	w.must(w.notifications.Start(k.Ctx))
	w.practice = practice.New(practice.Deps{DB: room("practice", practice.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: w.identity, Profiles: w.profiles, Posts: w.posts, Keys: keys, Recordings: w.blobs, Bundled: decks.Files, Labs: &lab.Runner{Command: []string{os.Args[0], "lab-child"}, Log: k.Log}}, practice.Config{BaseURL: w.base})
	w.must(w.practice.Start(k.Ctx))
	exports, err := blob.Open(filepath.Join(k.Dir, "exports"))
	w.must(err)
	t.Cleanup(func() { w.must(exports.Close()) })
	w.archive = archive.New(archive.Deps{Identity: w.identity, Profiles: w.profiles, Posts: w.posts, Instance: w.instance, Moderation: w.moderation,
		Notifications: w.notifications, Practice: w.practice, Files: exports, Media: w.blobs, Pictures: w.blobs, Limit: limits, FollowRule: wc.Limits["follows"], BaseURL: w.base, Now: k.Clock.Now, Log: k.Log})
	w.must(w.archive.Start(k.Ctx))
	pages := httpx.Compress(web.New(web.Deps{Identity: w.identity, Profiles: w.profiles, Posts: w.posts, Instance: w.instance, Moderation: w.moderation, Notifications: w.notifications,
		Practice: w.practice, Archive: w.archive, Limit: limits, Machine: w.machine, Log: k.Log, Now: k.Clock.Now,
		API: func() ([]byte, error) { return []byte(apiSample), nil }}, wc))
	server.Config.Handler = w.answer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if key, ok := strings.CutPrefix(r.URL.Path, "/media/"); ok && r.Method == http.MethodGet {
			w.serveMedia(rw, r, key) // which is the API's
		} else {
			pages.ServeHTTP(rw, r)
		}
	}))
	server.Start()
	t.Cleanup(server.Close)
	return w
}

func (w *world) serveMedia(rw http.ResponseWriter, r *http.Request, key string) {
	f, info, err := w.blobs.Open(r.Context(), key)
	if err != nil {
		http.NotFound(rw, r)
		return
	}
	defer f.Close()
	rw.Header().Set("Content-Type", info.ContentType)
	http.ServeContent(rw, r, "", info.ModTime, f)
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
		found = w.mailsTo(to)
		return len(found) >= n
	})
	path, ok := strings.CutPrefix(linkInMail.FindString(found[n-1]), w.base)
	if !ok {
		w.Fatalf("the mail's link %s does not lead here", found[n-1])
	}
	return path
}

// mailsTo returns the texts of the mails to an address, the first one first.
func (w *world) mailsTo(to string) (texts []string) {
	w.Helper()
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
			texts = append(texts, string(body))
		}
	}
	return texts
}

func ref[T any](v T) *T { return &v }

func (w *world) address(author string, v *posts.View) string {
	return fmt.Sprintf("/@%s/%d", author, v.ID)
}
