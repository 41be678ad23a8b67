package mastodon_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// entry is an event of an interview's log.
type entry struct {
	Seq  int64           `json:"seq"`
	At   string          `json:"at"`
	By   *string         `json:"by"`
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
	Key  *string         `json:"key"`
}

// common is what both members have of a log: its hash.
func common(log []entry) string {
	h := sha256.New()
	for _, e := range log {
		if e.Type == "note" {
			e.Data = nil
		}
		by := ""
		if e.By != nil {
			by = *e.By
		}
		fmt.Fprintln(h, e.Seq, e.At, by, e.Type, string(e.Data))
	}
	return fmt.Sprintf("%d events %x", len(log), h.Sum(nil))
}

// follower reads an interview's log over sockets that break.
type follower struct {
	*world
	who     *person
	mock    string
	log     []entry
	traffic strings.Builder
	drops   int
}

// last is the number of the last event that the follower has.
func (f *follower) last() int64 { return int64(len(f.log)) }

// follow reads until the follower has as many events as whole says, once it says,
// and breaks the connection so many times on the way.
func (f *follower) follow(ctx context.Context, drops int, whole *atomic.Int64, rng *rand.Rand) error {
	for ctx.Err() == nil {
		address := fmt.Sprintf("%s/api/v1/streaming?stream=mock&mock=%s&after=%d&access_token=%s", f.server.URL, f.mock, f.last(), f.who.token)
		conn, _, err := websocket.Dial(ctx, address, nil)
		if err != nil {
			return err
		}
		conn.SetReadLimit(1 << 20)
		left := 1 + rng.IntN(3)
		for n := whole.Load(); f.drops < drops && left > 0 || f.drops == drops && (n == 0 || f.last() < n); n = whole.Load() {
			reading, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
			if f.drops < drops {
				reading, cancel = context.WithCancel(ctx)
			}
			_, data, err := conn.Read(reading)
			cancel()
			if err != nil {
				break // nothing more has come: the log may be whole by now
			}
			took, err := f.take(data)
			if err != nil {
				return err
			}
			if took {
				left--
			}
		}
		if err := conn.CloseNow(); err != nil && f.drops < drops {
			return err
		}
		if n := whole.Load(); f.drops == drops && n > 0 && f.last() >= n {
			return nil
		}
		f.drops = min(f.drops+1, drops)
	}
	return ctx.Err()
}

// take reads a frame, and tells whether it was the next event of the log.
func (f *follower) take(data []byte) (bool, error) {
	f.traffic.Write(data)
	var got frame
	var e entry
	if err := json.Unmarshal(data, &got); err != nil {
		return false, err
	}
	if err := json.Unmarshal([]byte(got.Payload), &e); err != nil || got.Event != "mock" || strings.Join(got.Stream, "/") != "mock/"+f.mock {
		return false, fmt.Errorf("%s: %w", data, err)
	}
	if e.Type == "presence" {
		return false, nil
	}
	if e.Seq != f.last()+1 {
		return false, fmt.Errorf("event %d after %d", e.Seq, f.last())
	}
	f.log = append(f.log, e)
	return true, nil
}

// types puts events into the log, each sent again with its key until it is taken.
func (w *world) types(p *person, at string, pause func(), drafts []string) {
	for i, d := range drafts {
		body := fmt.Sprintf(`{"key": "%s-%d", %s}`, p.name, i, d)
		for {
			pause()
			a := w.do("POST", at+"/events", p.token, body)
			if a.status == 200 && i%3 == 0 { // as if the answer had been lost
				if again := w.do("POST", at+"/events", p.token, body); again.status != 200 || again.text("seq") != a.text("seq") {
					w.Errorf("%s: %d %s, was %s", body, again.status, again.body, a.body)
				}
			}
			if a.status != 429 {
				if a.status != 200 {
					w.Errorf("%s: %d %s", body, a.status, a.body)
				}
				break
			}
		}
	}
}

// Both write while both lose their connections, 25 times each: in the end both
// have the log that the server has, each event once and in order, and the
// candidate was not told a word of the rubric.
func TestMockLogSurvivesLostConnections(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	at := w.meet(ann, bob)
	w.tells(ann, at, "phase", `{"phase": "round1"}`)
	w.tells(bob, at, "card", `{"deck": "backend-core", "card": "be-013"}`)

	const each, drops = 45, 25
	drafts := map[*person][]string{}
	for i := range each {
		drafts[ann] = append(drafts[ann], fmt.Sprintf(`"type": "patch", "data": {"pane": "candidate", "base": %d, "at": %d, "insert": "é🌍"}`, i, i))
		if i%5 == 0 {
			drafts[bob] = append(drafts[bob], fmt.Sprintf(`"type": "note", "data": {"text": "secret %d"}`, i))
		} else {
			drafts[bob] = append(drafts[bob], fmt.Sprintf(`"type": "patch", "data": {"pane": "interviewer", "base": %d, "insert": "x"}`, i-i/5-1))
		}
	}
	var moving sync.Mutex
	pause := func() {
		moving.Lock()
		defer moving.Unlock()
		w.kit.Clock.Advance(150 * time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(w.kit.Ctx, 90*time.Second)
	defer cancel()
	id := strings.TrimPrefix(at, mocksAt+"/")
	followers := []*follower{{world: w, who: ann, mock: id}, {world: w, who: bob, mock: id}}
	var whole atomic.Int64
	var writing, reading sync.WaitGroup
	for i, f := range followers {
		writing.Go(func() { w.types(f.who, at, pause, drafts[f.who]) })
		reading.Go(func() {
			if err := f.follow(ctx, drops, &whole, rand.New(rand.NewPCG(uint64(i), 7))); err != nil {
				t.Errorf("%s: %v", f.who.name, err)
			}
		})
	}
	writing.Wait()
	whole.Store(int64(2*each + 5)) // lobby, two entered, round 1, card
	reading.Wait()
	if t.Failed() {
		return
	}
	for _, f := range followers {
		var kept []entry
		if err := json.Unmarshal(w.do("GET", at+"/events?limit=500", f.who.token, nil).is(200).body, &kept); err != nil {
			t.Fatal(err)
		}
		if got, want := common(f.log), common(followers[0].log); got != want || got != common(kept) || f.drops != drops {
			t.Errorf("%s has lost %d connections and has %s, ann %s, the server %s", f.who.name, f.drops, got, want, common(kept))
		}
	}
	told := followers[0].traffic.String()
	card, err := w.practice.Card("backend-core", "be-013")
	w.must(err)
	for _, p := range card.Rubric {
		if strings.Contains(told, p.Text) {
			t.Errorf("the candidate was told %q", p.Text)
		}
	}
	for _, f := range card.FollowUps {
		if strings.Contains(told, f.Question) {
			t.Errorf("the candidate was told %q", f.Question)
		}
	}
	if strings.Contains(told, "secret") || !strings.Contains(followers[1].traffic.String(), "secret") {
		t.Error("notes are their writer's own")
	}
}

// What members get of the stream over one socket, and what others get.
func TestMockSocket(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cat := w.person("ann"), w.person("bob"), w.person("cat")
	at := w.meet(ann, bob)
	id := strings.TrimPrefix(at, mocksAt+"/")
	next := func(s *socket) entry {
		t.Helper()
		f := s.next()
		var e entry
		if err := json.Unmarshal([]byte(f.Payload), &e); err != nil || f.Event != "mock" {
			t.Fatalf("%+v: %v", f, err)
		}
		return e
	}
	outside := w.dial("?access_token=" + cat.token)
	nobody := w.dial("")
	narrow := w.dial("?access_token=" + w.token(ann, "read:statuses"))
	for _, c := range []struct {
		s    *socket
		mock string
		want string
	}{{outside, id, "404 Record not found"}, {outside, "1", "404 Record not found"}, {outside, "x", "404 Record not found"}, {nobody, id, "401 The access token is invalid"},
		{narrow, id, "403 This action is outside the authorized scopes"}} {
		if err := c.s.conn.Write(c.s.ctx, websocket.MessageText, []byte(`{"type": "subscribe", "stream": "mock", "mock": "`+c.mock+`"}`)); err != nil {
			t.Fatal(err)
		}
		if got := c.s.next().String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.mock, got, c.want)
		}
	}
	if a := w.do("GET", "/api/v1/streaming/mock?mock="+id, cat.token, nil); a.status != 404 || string(a.body) != string(w.do("GET", "/api/v1/streaming/mock?mock=1", cat.token, nil).is(404).body) {
		t.Errorf("%d %s", a.status, a.body)
	}
	w.do("GET", "/api/v1/streaming/mock?mock="+id, "", nil).is(401)

	s := w.dial("?access_token=" + ann.token)
	if err := s.conn.Write(s.ctx, websocket.MessageText, []byte(`{"type": "subscribe", "stream": "mock", "mock": "`+id+`", "after": "2"}`)); err != nil {
		t.Fatal(err)
	}
	if e := next(s); e.Seq != 3 || e.Type != "entered" {
		t.Fatalf("%+v", e)
	}
	b := w.dial("?stream=mock&mock=" + id + "&after=3&access_token=" + bob.token)
	// Who is there may be told more than once.
	until := func(s *socket, want string) {
		t.Helper()
		for {
			e := next(s)
			got := fmt.Sprintf("%d %s %s %s", e.Seq, e.Type, *e.By, e.Data)
			if got == want {
				return
			}
			if e.Type != "presence" || e.Seq != 0 {
				t.Fatalf("%s, want %s", got, want)
			}
		}
	}
	until(s, "0 presence "+bob.id.String()+` {"here":true}`)
	until(b, "0 presence "+ann.id.String()+` {"here":true}`)
	w.must(b.conn.CloseNow())
	until(s, "0 presence "+bob.id.String()+" {}")
	w.tells(bob, at, "note", `{"text": "hm"}`)
	until(s, "4 note "+bob.id.String()+" null")
	s.send(`{"type": "unsubscribe", "stream": "mock", "mock": "` + id + `"}`)
	w.tells(bob, at, "note", `{"text": "hm"}`)
	s.send(`{"type": "unsubscribe", "stream": "mock", "mock": "` + id + `"}`) // nothing came in between

	events := w.events("mock?after=3&mock="+id, bob.token)
	for _, want := range []string{"event: mock", "id: 4", `"text":"hm"`, "", "event: mock", "id: 5"} {
		if line, ok := events.line(); !ok || !strings.Contains(line, want) {
			t.Errorf("%q, want %q", line, want)
		}
	}
}
