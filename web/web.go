// Package web is the edge for people with a browser: its pages are all that one
// needs to take part. It holds sessions' cookies, forms, HTML and the words of
// the pages in every language. Reading, signing in, posting and following work
// without scripts; with them, parts of pages are exchanged instead of pages.
// What happens is decided by the domains; the API for programs is the room
// mastodon.
package web

import (
	"bytes"
	"cmp"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/guildhall/guildhall/archive"
	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/httpx"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/limit"
	"github.com/guildhall/guildhall/internal/observe"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/profiles"
	"github.com/maypok86/otter/v2"
	"golang.org/x/text/language"
)

// Deps are the parts that the edge stands on.
type Deps struct {
	Identity      *identity.Service
	Profiles      *profiles.Service
	Posts         *posts.Service
	Instance      *instance.Service
	Moderation    *moderation.Service
	Notifications *notifications.Service
	Practice      *practice.Service
	Archive       *archive.Service
	Limit         *limit.Limiter         // nil: no limits
	Gate          *httpx.Gate            // nil: any number of requests at once
	Machine       *Machine               // nil: no page about it
	API           func() ([]byte, error) // the API's OpenAPI document; nil: no page about it
	Log           *slog.Logger
	Now           func() time.Time
}

// Config is what the operator decides about the pages.
type Config struct {
	BaseURL        string // https://example.org
	Title          string // the community's name
	Description    string // one or two sentences, plain text
	Contact        string // e-mail address, empty: none
	Registrations  identity.Registrations
	Posts          posts.Config          // what the domain was told of posts
	Limits         map[string]limit.Rule // of the API, under which the same deeds count
	TrustedProxies []netip.Prefix        // whose X-Forwarded-For is believed
	FormTime       time.Duration         // in which a form must have arrived; 0: half a minute
}

// server is the pages as a handler. Its fields do not change after New.
type server struct {
	Deps
	config     Config
	host       string // of BaseURL
	secure     bool   // BaseURL is https
	assets     assets
	articles   *articles
	unreads    *otter.Cache[ids.ID, unread]
	buffers    *sync.Pool // of what pages are rendered into
	catalogues []*catalogue
	matcher    language.Matcher // of catalogues
	mux        *http.ServeMux
	cross      *http.CrossOriginProtection
	talked     talked
	traffic    [2]*observe.Group // of pages and of the administration's
}

// audience is whom a page is for.
type audience int64

const (
	everybody audience = iota
	oneself            // everybody, about one errand of theirs: never stored
	members            // who is signed in; their forms bring a token back
)

// staff are those who keep the house. The bits of the permission that their role
// must have are added to it; for everybody else there is no such page.
const staff audience = 1 << 40

// permission is what the role of a reader must allow.
func (a audience) permission() identity.Permissions { return identity.Permissions(a &^ staff) }

// route is one page: how it is reached and what answers.
type route struct {
	pattern  string
	handler  func(*call) error
	audience audience
}

// The pages' addresses; those that mails lead to belong to identity.
const (
	signInPath    = identity.SignInPath
	signUpPath    = "/auth/sign_up"
	signOutPath   = "/auth/sign_out"
	confirmPath   = identity.ConfirmPath
	resendPath    = identity.ConfirmPath + "/resend"
	resetPath     = identity.ResetPath
	requestPath   = "/auth/password/new"
	authorizePath = "/oauth/authorize"
	codePath      = "/oauth/authorize/native"
	docsPath      = "/api/docs"

	homePath          = "/"
	localTimelinePath = "/public/local"
	notificationsPath = "/notifications"
	composePath       = "/compose"
	picturesPath      = composePath + "/pictures/"
	preferPath        = "/prefer"
	eventsPath        = "/events"
	explorePath       = "/explore"
	searchPath        = "/search"
	requestsPath      = "/follow_requests"
	tagsPath          = "/followed_tags"
	bookmarksPath     = "/bookmarks"
	favouritesPath    = "/favourites"
	listsPath         = "/lists"
	conversationsPath = "/conversations"
	uploadPath        = "/media"
	scheduledPath     = "/scheduled"
)

// routes are all pages.
func routes() []route {
	return append(slices.Concat(settingsRoutes(), staffRoutes(), practiceRoutes(), peerRoutes(), mockRoutes(), labRoutes(), receiptRoutes()), []route{
		{"GET /{$}", (*call).home, everybody},
		{"GET " + localTimelinePath, (*call).local, everybody},
		{"GET " + notificationsPath, (*call).notificationList, members},
		{"GET " + eventsPath, (*call).events, members},
		{"GET " + explorePath, (*call).explore, everybody},
		{"GET " + explorePath + "/{show}", (*call).explore, everybody},
		{"GET " + searchPath, (*call).search, everybody},
		{"GET " + requestsPath, (*call).requests, members},
		{"GET " + tagsPath, (*call).followedTags, members},
		{"GET " + bookmarksPath, (*call).bookmarks, members},
		{"GET " + favouritesPath, (*call).favourites, members},
		{"GET " + listsPath, (*call).lists, members},
		{"POST " + listsPath, (*call).createList, members},
		{"GET " + listsPath + "/{id}", (*call).readList, members},
		{"GET " + listsPath + "/{id}/edit", (*call).editList, members},
		{"POST " + listsPath + "/{id}/{deed}", (*call).changeList, members},
		{"GET " + conversationsPath, (*call).conversations, members},
		{"POST " + conversationsPath + "/{id}/{deed}", (*call).converse, members},
		{"GET " + composePath, (*call).composeForm, members},
		{"POST " + composePath, (*call).compose, members},
		{"GET " + composePath + "/complete", (*call).complete, members},
		{"GET " + picturesPath + "{$}", (*call).attachments, members},
		{"POST " + picturesPath + "{id}/remove", (*call).detach, members},
		{"POST " + uploadPath, (*call).attach, members},
		{"GET " + scheduledPath, (*call).scheduledList, members},
		{"GET " + scheduledPath + "/{id}", (*call).scheduledForm, members},
		{"POST " + scheduledPath + "/{id}", (*call).changeScheduled, members},
		{"POST " + scheduledPath + "/{id}/{deed}", (*call).keepScheduled, members},
		{"POST /{acct}/{id}/{deed}", (*call).act, members},
		{"POST /{acct}/{deed}", (*call).relate, members},
		{"POST /tags/{tag}/{deed}", (*call).followTag, members},
		{"POST " + preferPath, (*call).prefer, oneself},
		{"GET /about", (*call).about, everybody},
		{"GET " + privacyPath, (*call).privacyPolicy, everybody},
		{"GET " + termsPath, (*call).termsOfService, everybody},
		{"GET " + termsPath + "/{date}", (*call).termsOfService, everybody},
		{"GET " + docsPath, (*call).docs, everybody},
		{"GET " + manifestPath, (*call).manifest, everybody},
		{"GET " + workerPath, (*call).worker, everybody},
		{"GET " + offlinePath, (*call).offline, everybody},
		{"GET /tags/{tag}", (*call).tag, everybody},
		{"GET /{acct}", (*call).profile, everybody},
		{"GET /{acct}/{id}", (*call).below, everybody},
		{"GET /{acct}/{id}/{list}", (*call).postPart, everybody},
		{"GET /users/{name}", (*call).identifier, everybody},
		{"GET /users/{name}/statuses/{id}", (*call).identifier, everybody},
		{"GET " + signInPath, (*call).signInForm, oneself},
		{"POST " + signInPath, (*call).signIn, oneself},
		{"POST " + signOutPath, (*call).signOut, oneself},
		{"GET " + signUpPath, (*call).signUpForm, oneself},
		{"POST " + signUpPath, (*call).signUp, oneself},
		{"GET " + confirmPath, (*call).confirmForm, oneself},
		{"POST " + confirmPath, (*call).confirm, oneself},
		{"POST " + resendPath, (*call).resend, oneself},
		{"GET " + requestPath, (*call).requestForm, oneself},
		{"POST " + requestPath, (*call).request, oneself},
		{"GET " + resetPath, (*call).resetForm, oneself},
		{"POST " + resetPath, (*call).reset, oneself},
		{"GET " + authorizePath, (*call).consentForm, oneself},
		{"POST " + authorizePath, (*call).consent, oneself},
		{"GET " + codePath, (*call).code, oneself},
	}...)
}

// known are further addresses that apps, bookmarks and documentation of Mastodon
// lead to.
var known = map[string]string{
	"/auth/confirmation/new": confirmPath,
	"/directory":             explorePath + "/people",
	"/manifest":              manifestPath,
	"/manifest.json":         manifestPath,
	"/auth/edit":             accountSettingsPath,
	"/settings/posting":      privacySettingsPath,
}

// New returns the pages as a handler. A BaseURL that is not an http or https
// address is a mistake of the program, on which it panics.
func New(d Deps, c Config) http.Handler {
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	c.FormTime = cmp.Or(c.FormTime, 30*time.Second)
	u, err := url.Parse(c.BaseURL)
	if err != nil {
		panic(err)
	}
	s := &server{Deps: d, config: c, host: u.Host, secure: u.Scheme == "https", assets: loadAssets(), articles: newArticles(), unreads: newUnreads(),
		buffers: &sync.Pool{New: func() any { return new(bytes.Buffer) }}, catalogues: loadCatalogues(),
		mux: http.NewServeMux(), cross: http.NewCrossOriginProtection(),
		traffic: [2]*observe.Group{d.Machine.group("pages"), d.Machine.group("pages/admin")}}
	var tags []language.Tag
	for _, words := range s.catalogues {
		tags = append(tags, words.Tag)
	}
	s.matcher = language.NewMatcher(tags)
	if err := s.cross.AddTrustedOrigin(c.BaseURL); err != nil {
		panic(err)
	}
	for _, r := range routes() {
		s.mux.HandleFunc(r.pattern, func(w http.ResponseWriter, req *http.Request) { s.answer(w, req, r) })
	}
	for from, to := range known {
		moved := func(w http.ResponseWriter, req *http.Request) {
			http.Redirect(w, req, (&url.URL{Path: to, RawQuery: req.URL.RawQuery}).String(), http.StatusPermanentRedirect)
		}
		s.mux.HandleFunc("GET "+from, moved)
		s.mux.HandleFunc("POST "+from, moved)
	}
	s.mux.HandleFunc("GET /assets/{name}", s.assets.serve)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) {
		s.answer(w, req, route{handler: func(*call) error { return errNoPage() }})
	})
	return s
}

// Bounds of a request that no browser comes near.
const (
	maxURL  = 16 << 10 // a request for consent may be in the address twice
	maxForm = 64 << 10
	maxDesk = 1 << 20 // who runs the house sends whole documents
)

// maxFiles bounds what a form may have beside its fields: as many files as its
// page takes, and a little more, so that the domain can say which is too large.
func (c *call) maxFiles() int64 {
	n := int64(0)
	switch strings.TrimPrefix(c.r.Pattern, "POST ") {
	case composePath, scheduledPath + "/{id}", "/{acct}/{id}/{deed}":
		if c.composes() {
			n = int64(c.config.Posts.MaxMedia) * c.config.Posts.MediaBytes
		}
	case attemptsPath + "/{id}/{deed}":
		n = practice.MaxRecording
	case uploadPath:
		n = c.config.Posts.MediaBytes
	case profileSettingsPath:
		n = 2 * profiles.DefaultConfig().PictureBytes
	case importSettingsPath:
		n = archive.ImportBytes
	case emojiPath:
		n = instance.DefaultConfig().EmojiBytes
	}
	return n + n/4
}

// rulePages is how many pages one address may ask for; more than anybody reads.
var rulePages = limit.Rule{Name: "web.pages", Limit: 300, Window: 5 * time.Minute}

// ServeHTTP implements http.Handler: what is true of every page, then the page.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy(""))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// Not no-referrer: browsers would send "Origin: null" with our own forms.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Cookie, Accept-Language, HX-Request")
	refuse := func(err error) {
		s.answer(w, r, route{handler: func(*call) error { return err }, audience: oneself})
	}
	switch {
	case len(r.RequestURI) > maxURL:
		refuse(errLongURL())
	case s.Identity.Bars(httpx.ClientAddress(r, s.config.TrustedProxies)):
		s.suspect(r, "network")
		refuse(errs.New(errs.Forbidden, "Your network is blocked"))
	case !httpx.CleanPath(r.URL.Path):
		refuse(errNoPage())
	case s.cross.Check(r) != nil:
		s.suspect(r, "form")
		refuse(errForeignForm())
	default:
		s.mux.ServeHTTP(w, r)
	}
}

// policy returns the Content-Security-Policy of a page whose forms may, beside
// this server, lead to one more source.
func policy(formTarget string) string {
	if formTarget != "" {
		formTarget = " " + formTarget
	}
	return "default-src 'none'; script-src 'self'; connect-src 'self'; media-src 'self' blob:; style-src 'self'; img-src 'self' blob:; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'" +
		formTarget + "; base-uri 'none'; frame-ancestors 'none'"
}
