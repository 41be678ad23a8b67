package mastodon_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// frame is what comes over a WebSocket.
type frame struct {
	Stream  []string
	Event   string
	Payload string
	Error   string
	Status  int
}

// String says what a frame is: the stream, the event and, of what follows, what
// tells it from others.
func (f frame) String() string {
	if f.Error != "" {
		return fmt.Sprintf("%d %s", f.Status, f.Error)
	}
	return strings.Join(f.Stream, "/") + " " + message(f.Event, f.Payload)
}

// socket is a client of the streams.
type socket struct {
	*testing.T
	ctx  context.Context
	conn *websocket.Conn
}

// dial opens a socket with a query and headers, given as names and values.
func (w *world) dial(query string, headers ...string) *socket {
	w.Helper()
	o := &websocket.DialOptions{HTTPHeader: http.Header{}}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Sec-WebSocket-Protocol" {
			o.Subprotocols = []string{headers[i+1]}
		} else {
			o.HTTPHeader.Set(headers[i], headers[i+1])
		}
	}
	ctx, cancel := context.WithTimeout(w.kit.Ctx, 60*time.Second)
	w.Cleanup(cancel)
	conn, res, err := websocket.Dial(ctx, w.server.URL+"/api/v1/streaming"+query, o)
	if err != nil {
		w.Fatalf("%s: %v", query, err)
	}
	reached(res.Request, res.StatusCode)
	if got, want := res.Header.Get("Sec-WebSocket-Protocol"), strings.Join(o.Subprotocols, ""); got != want {
		w.Errorf("protocol %q, want %q", got, want)
	}
	conn.SetReadLimit(1 << 20)
	w.Cleanup(func() { _ = conn.CloseNow() })
	return &socket{w.T, ctx, conn}
}

// send sends a command, and waits until it was carried out: the next one, which
// is wrong, is answered after it.
func (s *socket) send(commands ...string) {
	s.Helper()
	for _, c := range append(commands, `{"type": "wrong"}`) {
		if err := s.conn.Write(s.ctx, websocket.MessageText, []byte(c)); err != nil {
			s.Fatal(err)
		}
	}
	if got := s.next().String(); got != "400 Unknown type of message" {
		s.Fatalf("%v: %s", commands, got)
	}
}

func (s *socket) next() frame {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	kind, data, err := s.conn.Read(ctx)
	if err != nil || kind != websocket.MessageText {
		s.Fatalf("no message: %v", err)
	}
	var f frame
	if err := json.Unmarshal(data, &f); err != nil {
		s.Fatalf("%v: %s", err, data)
	}
	if f.Error == "" {
		payload(s.T, f.Event, f.Payload)
	}
	return f
}

// gets fails the test unless exactly these frames come next, in any order.
func (s *socket) gets(want ...string) {
	s.Helper()
	var got []string
	for range want {
		got = append(got, s.next().String())
	}
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) {
		s.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// ends fails the test unless the server closes the socket, for this reason.
func (s *socket) ends(want websocket.StatusCode) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	for {
		if _, _, err := s.conn.Read(ctx); err != nil {
			if websocket.CloseStatus(err) != want {
				s.Errorf("ended with %v, want %v", err, want)
			}
			return
		}
	}
}

func TestSocket(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	w.follows(bob, ann)
	s := w.dial("?stream=user&access_token=" + bob.token)
	s.send(`{"type": "subscribe", "stream": "public"}`, `{"type": "subscribe", "stream": "public:local"}`, `{"type": "subscribe", "stream": "hashtag", "tag": "Go"}`,
		`{"type": "subscribe", "stream": "hashtag:local", "tag": "go"}`, `{"type": "subscribe", "stream": "public"}`, `{"type": "subscribe", "stream": "direct"}`,
		`{"type": "subscribe", "stream": "user:notification"}`)
	id := w.says(ann, "one #go")
	s.gets("user update ann one", "public update ann one", "public:local update ann one", "hashtag/go update ann one", "hashtag:local/go update ann one")
	s.send(`{"type": "unsubscribe", "stream": "public"}`, `{"type": "unsubscribe", "stream": "hashtag:local", "tag": "GO"}`, `{"type": "unsubscribe", "stream": "public:remote"}`)

	// What bob may not see, or what is not his, does not come: the next to come is "five".
	w.says(cleo, "two", "visibility", "private")
	w.says(cleo, "three @ann", "visibility", "direct")
	w.says(cleo, "four", "visibility", "unlisted")
	w.says(cleo, "five #other")
	s.gets("public:local update cleo five")

	w.do("PUT", statusesPath+id, ann.token, `{"status": "six #go"}`).is(200)
	s.gets("user status.update ann six", "public:local status.update ann six", "hashtag/go status.update ann six")
	w.do("DELETE", statusesPath+id, ann.token, nil).is(200)
	s.gets("user delete "+id, "public:local delete "+id, "hashtag/go delete "+id)

	own := w.says(bob, "mine")
	s.gets("user update bob mine", "public:local update bob mine")
	w.do("POST", statusesPath+own+"/favourite", ann.token, nil).is(200)
	s.gets("user notification favourite ann", "user:notification notification favourite ann")
	w.follows(cleo, bob)
	s.gets("user notification follow cleo", "user:notification notification follow cleo")
	w.says(cleo, "@bob psst", "visibility", "direct")
	s.gets("user notification mention cleo", "user:notification notification mention cleo", "direct conversation")

	// A boost of what bob has favourited does not undo that for him.
	hers := w.says(cleo, "hers", "visibility", "unlisted")
	w.do("POST", statusesPath+hers+"/favourite", bob.token, nil).is(200)
	w.do("POST", statusesPath+hers+"/reblog", ann.token, nil).is(200)
	f := s.next()
	var boost struct {
		Favourited bool
		Reblog     struct{ Favourited, Reblogged bool }
	}
	w.must(json.Unmarshal([]byte(f.Payload), &boost))
	if f.String() != "user update ann boost:hers" || !boost.Favourited || !boost.Reblog.Favourited || boost.Reblog.Reblogged {
		t.Errorf("%s: %+v", f, boost)
	}
}

// A direct post comes to those who take part, each of whom sees the others.
func TestConversations(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	hers, his, others := w.dial("?stream=direct&access_token="+ann.token), w.dial("?stream=direct&access_token="+bob.token), w.dial("?stream=direct&access_token="+cleo.token)
	type conversation struct {
		ID       string
		Unread   bool
		Accounts []struct{ Username string }
		Last     struct{ Content string } `json:"last_status"`
	}
	known := map[*socket]string{}
	hears := func(of *socket, other, text string, unread bool) {
		t.Helper()
		f := of.next()
		var got conversation
		w.must(json.Unmarshal([]byte(f.Payload), &got))
		if f.Event != "conversation" || got.ID == "" || known[of] != "" && known[of] != got.ID || got.Unread != unread ||
			len(got.Accounts) != 1 || got.Accounts[0].Username != other || !strings.Contains(got.Last.Content, text) {
			t.Errorf("%s: %+v", f.Event, got)
		}
		known[of] = got.ID
	}
	first := w.says(ann, "@bob psst", "visibility", "direct")
	hears(hers, "bob", "psst", false)
	hears(his, "ann", "psst", true)
	w.says(ann, "@bob aloud")
	w.says(bob, "@ann what?", "visibility", "direct", "in_reply_to_id", first)
	hears(hers, "bob", "what?", true)
	hears(his, "ann", "what?", false)
	w.says(cleo, "@cleo a note", "visibility", "direct")
	if f := others.next(); !strings.Contains(f.Payload, "a note") {
		t.Errorf("cleo gets %s", f.Payload)
	}
}

// One who is not signed in hears what is public, and is not told of themselves.
func TestAnonymousSocket(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	s := w.dial("/?stream=public:local")
	s.send(`{"type": "subscribe", "stream": "hashtag", "tag": "go"}`, `{"type": "subscribe", "stream": "public:media"}`)
	w.says(ann, "hidden #go", "visibility", "private")
	w.says(ann, "one #go")
	s.gets("public:local update ann one", "hashtag/go update ann one")
	w.says(ann, "two", "media_ids[]", w.upload(ann, ""))
	s.gets("public:local update ann two", "public:media update ann two")
	w.says(ann, "@ann three", "in_reply_to_id", w.says(ann, "four"))
	s.gets("public:local update ann four", "public:local update ann")
}

func TestSocketTokens(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	for _, s := range []*socket{
		w.dial("?access_token=" + ann.token),
		w.dial("", "Authorization", "Bearer "+ann.token),
		w.dial("", "Sec-WebSocket-Protocol", ann.token), // and is echoed, see dial
		w.dial("?access_token="+ann.token, "Sec-WebSocket-Protocol", ann.token, "Origin", "https://elk.test"),
		w.dial("?access_token="+ann.token, "Origin", "https://elk.test"),
	} {
		s.send(`{"type": "subscribe", "stream": "user"}`)
		w.says(ann, "here")
		s.gets("user update ann here")
		w.must(s.conn.Close(websocket.StatusNormalClosure, ""))
	}
	for _, c := range []struct {
		query  string
		status int
		error  string
		header []string
	}{
		{"?access_token=x", 401, "The access token is invalid", nil},
		{"", 401, "The access token is invalid", []string{"Authorization", "Bearer x"}},
		{"", 401, "The access token is invalid", []string{"Sec-WebSocket-Protocol", "x, " + ann.token}},
		{"?stream=user", 401, "The access token is invalid", nil},
		{"?stream=direct", 401, "The access token is invalid", nil},
		{"?stream=user&access_token=" + w.token(ann, "read:notifications"), 403, "This action is outside the authorized scopes", nil},
		{"?stream=user:notification&access_token=" + w.token(ann, "read:statuses"), 403, "This action is outside the authorized scopes", nil},
		{"?stream=user&access_token=" + w.app("read").token, 401, "The access token is invalid", nil},
		{"?stream=everything", 400, "Unknown stream type requested", nil},
		{"?stream=list&list=1&access_token=" + ann.token, 404, "Record not found", nil},
		{"?stream=list&access_token=" + ann.token, 400, "Missing list name parameter", nil},
		{"?stream=list&list=1", 401, "The access token is invalid", nil},
		{"?stream=public&access_token=" + w.token(ann, "write"), 403, "This action is outside the authorized scopes", nil}, // LK-20
		{"?stream=public:local&access_token=" + w.token(ann, "push"), 403, "This action is outside the authorized scopes", nil},
		{"?stream=hashtag&tag=go&access_token=" + w.token(ann, "write"), 403, "This action is outside the authorized scopes", nil},
		{"?stream=list&list=1&access_token=" + w.token(ann, "read:statuses"), 403, "This action is outside the authorized scopes", nil},
		{"?stream=hashtag", 400, "Missing tag name parameter", nil},
		{"?stream=hashtag&tag=%ff%00", 400, "Missing tag name parameter", nil},
		{"?stream=" + strings.Repeat("x", 5000), 400, "Unknown stream type requested", nil},
	} {
		headers := append([]string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="}, c.header...)
		w.do("GET", "/api/v1/streaming"+c.query, "", nil, headers...).is(c.status).has(`{"error": "` + c.error + `"}`)
	}
	w.do("GET", "/api/v1/streaming?stream=public", "", nil).is(400)
	if a := w.do("GET", "/api/v1/streaming/health", "", nil).is(200); string(a.body) != "OK" {
		t.Errorf("health: %s", a.body)
	}
}

// What a client says wrong is answered, and ends nothing; what no client says does.
func TestSocketErrors(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	s := w.dial("?stream=public:local&access_token=" + w.token(ann, "read:statuses"))
	for _, c := range []struct{ command, want string }{
		{`{"type": "subscribe", "stream": "everything"}`, "400 Unknown stream type requested"},
		{`{"type": "subscribe"}`, "400 Unknown stream type requested"},
		{`{"type": "subscribe", "stream": "hashtag"}`, "400 Missing tag name parameter"},
		{`{"type": "unsubscribe", "stream": "hashtag"}`, "400 Missing tag name parameter"},
		{`{"type": "subscribe", "stream": "user:notification"}`, "403 This action is outside the authorized scopes"},
		{`{"TYPE": "subscribe", "stream": "user"}`, "400 Unknown type of message"},
		{`{"type": "subscribe", "stream": ["user"]}`, "400 The message could not be read"},
		{`{"type": "subscribe", "type": "subscribe"}`, "400 The message could not be read"},
		{`subscribe`, "400 The message could not be read"},
		{``, "400 The message could not be read"},
		{"\xff", "400 The message could not be read"},
		{`[` + strings.Repeat("[", 2000), "400 The message could not be read"},
		{`null`, "400 Unknown type of message"},
	} {
		w.must(s.conn.Write(s.ctx, websocket.MessageText, []byte(c.command)))
		if got := s.next().String(); got != c.want {
			t.Errorf("%.60q: %s, want %s", c.command, got, c.want)
		}
	}
	w.says(ann, "alive")
	s.gets("public:local update ann alive")
	anonymous := w.dial("")
	w.must(anonymous.conn.Write(s.ctx, websocket.MessageText, []byte(`{"type": "subscribe", "stream": "user"}`)))
	if got := anonymous.next().String(); got != "401 The access token is invalid" {
		t.Errorf("user without a token: %s", got)
	}
	// Bounded: channels of a socket, sockets of an account, bytes of a message.
	for i := range 99 {
		w.must(s.conn.Write(s.ctx, websocket.MessageText, fmt.Appendf(nil, `{"type": "subscribe", "stream": "hashtag", "tag": "t%d"}`, i)))
	}
	w.must(s.conn.Write(s.ctx, websocket.MessageText, []byte(`{"type": "subscribe", "stream": "hashtag", "tag": "more"}`)))
	if got := s.next().String(); got != "429 Too many channels on one stream" {
		t.Errorf("a hundred and one channels: %s", got)
	}
	w.must(s.conn.Write(s.ctx, websocket.MessageText, []byte(strings.Repeat("x", 10_000))))
	s.ends(websocket.StatusMessageTooBig)
	binary := w.dial("")
	w.must(binary.conn.Write(s.ctx, websocket.MessageBinary, []byte(`{}`)))
	binary.ends(-1)
}

// OA-13: a token that is revoked ends at once what it has opened, and nothing else.
func TestOA13Revoked(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	app := w.app("read write")
	token := w.do("POST", "/oauth/token", "", form("grant_type", "authorization_code", "code", w.code(ann, app, "read write"), "client_id", app.id,
		"client_secret", app.secret, "redirect_uri", "https://app.test/cb")).is(200).text("access_token")
	s, other := w.dial("?stream=user&access_token="+token), w.dial("?stream=user&access_token="+ann.token)
	e := w.events("user", token)
	w.says(ann, "before")
	s.gets("user update ann before")
	e.gets("update ann before")
	for range 2 {
		w.do("POST", "/oauth/revoke", "", form("client_id", app.id, "client_secret", app.secret, "token", token)).is(200)
	}
	s.ends(websocket.StatusPolicyViolation)
	e.ends()
	w.do("GET", "/api/v1/timelines/home", token, nil).is(401)
	w.do("GET", "/api/v1/streaming/user?access_token="+token, "", nil).is(401)
	w.says(ann, "after")
	other.gets("user update ann before", "user update ann after")

	// All of an account's, when it may not come in any more.
	w.must(w.identity.Disable(w.kit.Ctx, ann.id, true))
	other.ends(websocket.StatusPolicyViolation)
}
