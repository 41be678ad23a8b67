package mastodon_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/httpx"
	"github.com/guildhall/guildhall/mastodon"
)

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// message puts an event and the gist of its payload into words.
func message(event, payload string) string {
	var p struct {
		Type    string
		Content string
		Account struct{ Username string }
		Reblog  *struct{ Content string }
		Name    string // a reaction's
	}
	if strings.HasSuffix(event, "delete") {
		return event + " " + payload
	}
	if err := json.Unmarshal([]byte(payload), &p); err != nil {
		return err.Error() + ": " + payload
	}
	if p.Reblog != nil {
		p.Content = "boost:" + p.Reblog.Content
	}
	words, _, _ := strings.Cut(strings.ReplaceAll(p.Content, "<p>", ""), "<")
	return strings.TrimSpace(event + " " + strings.TrimSpace(p.Type+" "+p.Account.Username+" "+words+p.Name))
}

// payload holds what a stream says against the API's description.
func payload(t *testing.T, event, payload string) {
	t.Helper()
	doc, err := description()
	name := map[string]string{"update": "Status", "status.update": "Status", "notification": "Notification", "conversation": "Conversation", "announcement": "Announcement"}[event]
	if err != nil || doc == nil || name == "" {
		return
	}
	var v any
	if err := json.Unmarshal([]byte(payload), &v); err != nil {
		t.Fatalf("%v: %s", err, payload)
	}
	if err := doc.Components.Schemas[name].Value.VisitJSON(v); err != nil {
		t.Errorf("%s is not as it is described: %v\n%s", event, err, payload)
	}
}

// stream is a client of server-sent events.
type stream struct {
	*testing.T
	lines chan string
}

// events opens a stream by its path below /api/v1/streaming.
func (w *world) events(path, token string) *stream {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.kit.Ctx, 60*time.Second)
	w.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", w.server.URL+"/api/v1/streaming/"+path, nil)
	w.must(err)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(r)
	w.must(err)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" || !strings.Contains(res.Header.Get("Cache-Control"), "no-store") {
		w.Fatalf("%s: %s %v", path, res.Status, res.Header)
	}
	reached(r, res.StatusCode)
	s := &stream{w.T, make(chan string, 100)}
	go func() {
		defer close(s.lines)
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if !strings.HasPrefix(lines.Text(), ":") {
				s.lines <- lines.Text()
			}
		}
		if err := lines.Err(); err != nil && ctx.Err() == nil && !errors.Is(err, context.Canceled) {
			s.lines <- "broken: " + err.Error()
		}
	}()
	return s
}

func (s *stream) line() (string, bool) {
	s.Helper()
	select {
	case line, open := <-s.lines:
		return line, open
	case <-time.After(patience):
		s.Fatal("no event")
		return "", false
	}
}

// gets fails the test unless exactly these events come next, in any order: a
// notification comes on a way of its own.
func (s *stream) gets(want ...string) {
	s.Helper()
	var got []string
	for range want {
		event, _ := s.line()
		data, _ := s.line()
		end, _ := s.line()
		event, ok1 := strings.CutPrefix(event, "event: ")
		data, ok2 := strings.CutPrefix(data, "data: ")
		if !ok1 || !ok2 || end != "" {
			s.Fatalf("%q, %q, %q", event, data, end)
		}
		payload(s.T, event, data)
		got = append(got, message(event, data))
	}
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) {
		s.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (s *stream) ends() {
	s.Helper()
	if line, open := s.line(); open {
		s.Errorf("the stream goes on: %s", line)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	w.follows(bob, ann)
	streams := map[string]*stream{}
	for _, path := range []string{"user", "user/notification", "direct", "public", "public/local", "public/remote", "hashtag?tag=Go", "hashtag/local?tag=go",
		"public?only_media=true", "public/local?only_media=true"} {
		streams[path] = w.events(path, bob.token)
	}
	for _, path := range []string{"public", "public/local", "hashtag?tag=go"} {
		streams["anonymous "+path] = w.events(path, "")
	}
	streams["by query"] = w.events("user?access_token="+bob.token, "")
	id := w.says(ann, "one #go")
	w.says(ann, "hidden #go", "visibility", "private")
	w.says(ann, "@bob hello", "media_ids[]", w.upload(ann, ""))
	w.do("DELETE", statusesPath+id, ann.token, nil).is(200)
	one, hidden, hello, mention, gone := "update ann one", "update ann hidden", "update ann", "notification mention ann", "delete "+id
	for path, want := range map[string][]string{
		"user": {one, hidden, hello, mention, gone}, "by query": {one, hidden, hello, mention, gone},
		"public": {one, hello, gone}, "public/local": {one, hello, gone}, "hashtag?tag=Go": {one, gone}, "hashtag/local?tag=go": {one, gone},
		"public?only_media=true": {hello}, "public/local?only_media=true": {hello}, "user/notification": {mention},
		"anonymous public": {one, hello, gone}, "anonymous public/local": {one, hello, gone}, "anonymous hashtag?tag=go": {one, gone},
	} {
		streams[path].gets(want...)
	}
	w.notifications.CloseFeeds()
	for path, s := range streams {
		if path != "public?only_media=true" && path != "public/local?only_media=true" { // these are told of every deletion
			s.ends()
		}
	}
	w.do("GET", "/api/v1/streaming/public", "", nil).is(503)
}

func TestRefusedEvents(t *testing.T) {
	t.Parallel()
	w := open(t, func(d *mastodon.Deps, _ *mastodon.Config) { d.Gate = httpx.NewGate(1, 4, 2*time.Second) })
	ann := w.person("ann")
	w.run([]test{
		{"no token", "GET", "/api/v1/streaming/user", "", nil, 401, `{"error": "The access token is invalid"}`},
		{"no token", "GET", "/api/v1/streaming/user/notification", "", nil, 401, ""},
		{"no token", "GET", "/api/v1/streaming/direct", "", nil, 401, ""},
		{"bad token", "GET", "/api/v1/streaming/public?access_token=x", "", nil, 401, ""},
		{"no tag", "GET", "/api/v1/streaming/hashtag", ann.token, nil, 400, `{"error": "Missing tag name parameter"}`},
		{"no tag", "GET", "/api/v1/streaming/hashtag/local?tag=", "", nil, 400, ""},
		{"long tag", "GET", "/api/v1/streaming/hashtag?tag=" + strings.Repeat("x", 500), "", nil, 400, ""},
		{"unknown", "GET", "/api/v1/streaming/list?list=1", ann.token, nil, 404, ""},
		{"wrong scope", "GET", "/api/v1/streaming/user", w.token(ann, "write"), nil, 403, `{"error": "This action is outside the authorized scopes"}`},
		{"narrow scope", "GET", "/api/v1/streaming/user/notification", w.token(ann, "read:statuses"), nil, 403, ""},
	})
	// Streams hold none of the places of requests, and an account opens only so many.
	for range 20 {
		w.events("public", ann.token)
	}
	w.do("GET", "/api/v1/streaming/user", ann.token, nil).is(429).has(`{"error": "Too many streams are open"}`)
	w.do("GET", "/api/v1/timelines/home", ann.token, nil).is(200)
}
