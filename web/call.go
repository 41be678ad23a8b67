package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/httpx"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/limit"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/maypok86/otter/v2"
)

// call is one request for a page.
type call struct {
	*server
	w         http.ResponseWriter
	r         *http.Request
	session   string         // the session's secret, empty: nobody is signed in
	sessionID ids.ID         // 0: nobody is signed in
	user      *identity.User // nil: nobody is signed in
	said      *catalogue     // of words, nil: not asked for yet
	slot      httpx.Slot
	pad       []byte // of the tokens of forms, see mask; nil: none yet
}

// answer runs one page's handler and shows its error, if any, as a page.
func (s *server) answer(w http.ResponseWriter, r *http.Request, page route) {
	if page.audience != everybody {
		w.Header().Set("Cache-Control", "private, no-store")
	}
	out := &outcome{ResponseWriter: w}
	c := &call{server: s, w: out, r: r, slot: httpx.Slot{Gate: s.Gate}}
	defer func(start time.Time) { s.timed(page, out.status, time.Since(start)) }(time.Now())
	httpx.Protect(s.Log, r, func() {
		if err := c.serve(page); err != nil {
			c.fail(err)
		}
	}, func() bool { return out.status != 0 }, func() { c.fail(errPanic) })
}

// errPanic is what is answered after one, which is in the log.
var errPanic = errors.New("panic")

// outcome is an answer that knows its status, 0 until it has begun.
type outcome struct {
	http.ResponseWriter
	status int
}

// Unwrap is for http.ResponseController.
func (o *outcome) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (o *outcome) WriteHeader(status int) {
	o.status = status
	o.ResponseWriter.WriteHeader(status)
}

func (c *call) serve(page route) error {
	if err := c.slot.Enter(c.r.Context()); err != nil {
		return err // to nobody in particular, which asks no database
	}
	defer c.slot.Leave()
	err := c.allow()
	if err == nil {
		err = c.findSession()
	}
	if err == nil {
		err = c.readForm()
	}
	if err == nil && page.audience >= members {
		err = c.admit(page.audience)
	}
	if err == nil {
		err = page.handler(c)
	}
	return err
}

// timed counts a request. Streams stay open, so their time says nothing.
func (s *server) timed(page route, status int, took time.Duration) {
	if strings.HasSuffix(page.pattern, " "+eventsPath) || strings.HasSuffix(page.pattern, " "+mockEventsPath) {
		return
	}
	group := s.traffic[0]
	if page.audience&staff != 0 {
		group = s.traffic[1]
	}
	group.Add(status, took)
}

// memberForms is the purpose of the token that all forms of members bring back.
const memberForms = "members"

// errElsewhere says that the browser was sent to another page, or shown one:
// there is nothing left to answer.
var errElsewhere = errors.New("sent to another page")

// admit lets in who is signed in, and is ready, with a form that was made for
// this session. Others are sent to the page that they need first, from which
// they come back. Returns Forbidden for a form that is out of date, and NotFound
// to whose role does not allow what the page is for.
func (c *call) admit(who audience) error {
	if c.user == nil && who&staff != 0 && !isPart(c.r) { // LK-12: who comes from outside is refused
		if err := c.showSignIn(http.StatusUnauthorized, signInData{ReturnTo: c.whereabouts()}); err != nil {
			return err
		}
		return errElsewhere
	}
	if c.user == nil && c.composes() {
		return c.signInToWrite()
	}
	if c.user == nil {
		return c.instead(withReturn(signInPath, c.whereabouts()))
	}
	if !c.user.Active() {
		return c.instead(confirmPath)
	}
	if who&staff != 0 && !c.user.Role.May(who.permission()) {
		c.suspect("staff")
		return errNoPage()
	}
	if c.r.Method != http.MethodPost {
		return nil
	}
	c.unreads.Invalidate(c.user.ID)
	err := c.checkSession(memberForms)
	if err != nil && c.composes() {
		return c.writeAgain()
	}
	return err
}

// instead sends the browser to another page.
func (c *call) instead(path string) error {
	// A script would put what it is led to where the part was to be, or take it for
	// a stream of events.
	if isPart(c.r) || c.r.Header.Get("Accept") == "text/event-stream" {
		c.w.Header().Set("HX-Redirect", path)
		c.w.WriteHeader(http.StatusNoContent)
	} else {
		http.Redirect(c.w, c.r, path, http.StatusSeeOther)
	}
	return errElsewhere
}

// whereabouts is the page that the reader is on: the one asked for, or the one
// that has the form which was sent.
func (c *call) whereabouts() string {
	if c.r.Method == http.MethodGet && !isPart(c.r) {
		return c.r.URL.RequestURI()
	}
	u, err := url.Parse(c.r.Referer())
	if err != nil || u.Host != c.host {
		return homePath
	}
	return localPath(u.RequestURI())
}

// back leads to the page that the form was on.
func (c *call) back() error { return c.goTo(c.whereabouts()) }

// viewer is for whom the domains shall answer, 0 for nobody in particular.
func (c *call) viewer() ids.ID {
	if c.user == nil || !c.user.Active() {
		return 0
	}
	return c.user.ID
}

// allow counts the request. Returns TooMany if its address has asked for too many.
func (c *call) allow() error {
	rule := rulePages
	if c.r.Pattern == "POST "+mockPatchPath {
		rule = ruleTyping
	}
	d := c.Limit.Allow(limit.AddressKey(httpx.ClientAddress(c.r, c.config.TrustedProxies)), rule)
	if !d.OK {
		return &errs.Error{Kind: errs.TooMany, After: d.RetryAfter}
	}
	return nil
}

// limited counts a deed under the rule of that name, by which the API counts it
// too. Returns TooMany if the member has done it too often.
func (c *call) limited(rule string) error {
	d := c.Limit.Allow(c.user.ID.String(), c.config.Limits[rule])
	if !d.OK {
		return &errs.Error{Kind: errs.TooMany, After: d.RetryAfter}
	}
	return nil
}

// readForm reads the body of a form; what is in the address is not part of it.
// Only members' forms may have files.
func (c *call) readForm() error {
	if c.r.ContentLength == 0 {
		return nil
	}
	mixed := strings.HasPrefix(c.r.Header.Get("Content-Type"), "multipart/form-data")
	files := c.viewer() != 0 && mixed
	size, patience := int64(maxForm), c.config.FormTime
	if more := c.maxFiles(); files && more > 0 {
		size, patience = size+more, 10*patience // over a slow line
	} else if mixed && c.composes() {
		size = maxDesk
	} else if c.viewer() != 0 && c.user.Role.May(identity.ManageSettings) {
		size = maxDesk
	}
	// It also bounds how long a body that nobody reads is waited for. The only
	// failure is a connection that knows no deadlines, in tests.
	connection := http.NewResponseController(c.w)
	_ = connection.SetReadDeadline(time.Now().Add(patience))
	if c.r.Method != http.MethodPost {
		return nil
	}
	c.slot.Leave()
	body := c.r.Body
	c.r.Body = httpx.BoundBody(c.w, body, size)
	err := c.r.ParseForm()
	if files && err == nil {
		err = c.r.ParseMultipartForm(maxForm)
	} else if mixed && err == nil && c.composes() {
		err = c.readFields()
	}
	if err == nil {
		_ = connection.SetReadDeadline(time.Time{}) // one that passes later would end the handler
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		// A browser reads no answer while it sends.
		_, _ = io.CopyN(io.Discard, body, size)
		return errs.Wrap(errs.TooLarge, c.words().Text("This form takes up to %s. Go back: what you typed is still there.", c.words().size(size)), err)
	}
	if err != nil && len(c.r.PostForm) == 0 { // else only the address was odd
		return errs.Wrap(errs.Malformed, "The form could not be read.", err)
	}
	return c.slot.Enter(c.r.Context())
}

// readFields reads what was typed into a form with files by somebody who has to
// sign in before it is taken. Of files nothing is kept, and of what comes after
// too many bytes of them nothing at all.
func (c *call) readFields() error {
	parts, err := c.r.MultipartReader()
	if err != nil {
		return err
	}
	for {
		part, err := parts.NextPart()
		var tooLarge *http.MaxBytesError
		if errors.Is(err, io.EOF) || errors.As(err, &tooLarge) {
			return nil
		}
		if err != nil {
			return err
		}
		if part.FileName() != "" {
			continue
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		c.r.PostForm.Add(part.FormName(), string(value))
	}
}

// address returns the client's address as identity counts by it.
func (c *call) address() string {
	return httpx.ClientAddress(c.r, c.config.TrustedProxies).String()
}

// field returns what was typed into a field of a form.
func (c *call) field(name string) string { return c.r.PostForm.Get(name) }

// query returns a parameter of the address.
func (c *call) query(name string) string { return c.r.URL.Query().Get(name) }

// show answers with a page.
func (c *call) show(status int, page templ.Component) error {
	b := c.buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer c.buffers.Put(b)
	reader := c.reader()
	if err := page.Render(withReader(c.r.Context(), reader), b); err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", reader.words.Tag.String())
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	c.slot.Leave()
	c.w.WriteHeader(status)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(b.Bytes()) // a browser that is gone
	}
	return nil
}

// goTo sends the browser on to another page of ours, with GET.
func (c *call) goTo(path string, query ...string) error {
	v := url.Values{}
	for i := 0; i < len(query); i += 2 {
		if query[i+1] != "" {
			v.Set(query[i], query[i+1])
		}
	}
	if len(v) > 0 {
		path += "?" + v.Encode()
	}
	http.Redirect(c.w, c.r, path, http.StatusSeeOther)
	return nil
}

// frame is what a page has around its content.
type frame struct {
	Config
	Assets  assets
	Host    string // of the server
	Title   string // of the page, empty: the community's name alone
	Here    string // the address of the page
	User    *identity.User
	SignOut string      // the form token to sign out, if somebody is signed in
	Unread  int         // notifications, of who is signed in
	Talks   int         // unread conversations, of who is signed in
	Talked  []posts.Tag // what is talked about, for who is signed in
	Landing bool        // offers to sign in and out by itself
	NoIndex bool        // search engines shall not keep it
	Saved   bool        // a change was kept just now
	Preview *preview
}

// preview is what other sites show of a link to the page.
type preview struct {
	Type, URL, Title, Text string
	Image, Alt             string // an absolute address and its description, empty: none
	Large                  bool   // the image is worth more than a thumbnail
	OEmbed                 string // where the page says how it is embedded, empty: it is not
}

func (c *call) frame(title string) frame {
	f := frame{Config: c.config, Assets: c.assets, Host: c.host, Title: title, Here: c.r.URL.RequestURI(), User: c.user}
	if c.user != nil {
		f.SignOut = c.sessionToken(signOutPath)
	}
	if c.viewer() != 0 {
		u := c.unread()
		f.Unread, f.Talks = u.notifications, u.talks
		f.Talked = c.talkedAbout(c.r.Context())
	}
	return f
}

// unreadMax is up to how many notifications that are new are counted.
const unreadMax = 99

// unreadFor is how long the numbers of what is new are taken for true on pages.
// Their script is told of each change at once.
const unreadFor = 2 * time.Second

// unread is how many notifications and conversations are new to a member.
type unread struct{ notifications, talks int }

// newUnreads returns what keeps these numbers of members.
func newUnreads() *otter.Cache[ids.ID, unread] {
	return otter.Must(&otter.Options[ids.ID, unread]{MaximumSize: 1 << 14, ExpiryCalculator: otter.ExpiryWriting[ids.ID, unread](unreadFor)})
}

// unread is what is new to the reader, or was a moment ago.
func (c *call) unread() unread {
	u, ok := c.unreads.GetIfPresent(c.user.ID)
	if !ok {
		u = unread{c.unreadNotifications(), c.unreadTalks()}
		c.unreads.Set(c.user.ID, u)
	}
	return u
}

// unreadNotifications is how many notifications are new. That they could not be
// counted is no reason to show no page.
func (c *call) unreadNotifications() int {
	n, err := c.Notifications.UnreadCount(c.r.Context(), c.user.ID, notifications.Filter{}, unreadMax)
	if err != nil {
		c.Log.Warn("unread notifications not counted", "error", err)
	}
	return n
}

// unreadTalks is in how many conversations something is new; see unreadNotifications.
func (c *call) unreadTalks() int {
	n, err := c.Posts.UnreadConversations(c.r.Context(), c.user.ID)
	if err != nil {
		c.Log.Warn("unread conversations not counted", "error", err)
	}
	return n
}

// private is frame for a page about one person or one errand.
func (c *call) private(title string) frame {
	f := c.frame(title)
	f.NoIndex, f.Saved = true, c.isSaved()
	return f
}
