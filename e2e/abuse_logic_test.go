package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// logic: what many at once, or in an odd order, make of counters and records.
var logic = []attack{
	{"LO-01", "logic", func(l *lab) error {
		path := "/api/v1/accounts/" + l.ann.id
		together(50, func(i int) { l.ben.post(path+map[bool]string{true: "/follow", false: "/unfollow"}[i%2 == 0], "") })
		if err := l.ben.post(path+"/follow", "").is(200); err != nil {
			return err
		}
		defer l.ben.post(path+"/unfollow", "")
		if n, list := l.none.get(path).text("followers_count"), l.ann.get(path+"/followers").list(); n != "1" || list != 1 {
			return fmt.Errorf("%s followers, %d in the list", n, list)
		}
		return nil
	}},
	{"LO-02", "logic", func(l *lab) error {
		id, err := l.ann.says("like me")
		path := "/api/v1/statuses/" + id
		together(50, func(int) { l.ben.post(path+"/favourite", "") })
		many := l.none.get(path).text("favourites_count")
		together(10, func(int) { l.ben.post(path+"/unfavourite", "") })
		if none := l.none.get(path).text("favourites_count"); many != "1" || none != "0" {
			return fmt.Errorf("%s, then %s", many, none)
		}
		return err
	}},
	{"LO-04", "logic", func(l *lab) error {
		id, err := l.ann.says("which?", "poll[options][]", "a", "poll[options][]", "b", "poll[expires_in]", "3600")
		poll := "/api/v1/polls/" + l.ann.get("/api/v1/statuses/"+id).text("poll.id")
		for _, choices := range []string{"[]", "[0, 1]", "[99]", "[-1]"} {
			if err := l.ben.post(poll+"/votes", `{"choices": `+choices+`}`).is(422); err != nil {
				return err
			}
		}
		if err := l.ann.post(poll+"/votes", `{"choices": [0]}`).is(422); err != nil {
			return err
		}
		var counted atomic.Int32
		together(20, func(int) {
			if l.ben.post(poll+"/votes", `{"choices": [0]}`).status == 200 {
				counted.Add(1)
			}
		})
		if r := l.none.get(poll); counted.Load() != 1 || r.text("votes_count") != "1" || r.text("options.0.votes_count") != "1" || r.text("voters_count") != "1" {
			return fmt.Errorf("%d accepted: %s", counted.Load(), r.body)
		}
		return err
	}},
	{"LO-05", "logic", func(l *lab) error {
		key, word := canary(), canary()
		var mu sync.Mutex
		made := map[string]int{}
		together(20, func(int) {
			r := l.ben.do("POST", "/api/v1/statuses", "status="+word, "Idempotency-Key", key)
			mu.Lock()
			defer mu.Unlock()
			if r.status == 200 {
				made[r.text("id")]++
			} else if r.status >= 500 {
				made[r.body]++
			}
		})
		if n := strings.Count(l.none.get("/api/v1/accounts/"+l.ben.id+"/statuses").body, "<p>"+word); len(made) != 1 || n != 1 {
			return fmt.Errorf("%v, %d in the list", made, n)
		}
		return nil
	}},
	{"LO-07", "logic", func(l *lab) error {
		for range 20 {
			id, err := l.ben.says(canary())
			path := "/api/v1/statuses/" + id
			together(2, func(i int) {
				if i == 0 {
					l.ben.do("PUT", path, "status=changed")
				} else {
					l.ben.do("DELETE", path, "")
				}
			})
			if err = first(err, l.ben.get(path).hidden(), l.ben.get("/api/v1/timelines/home").lacks(id), l.none.get("/api/v1/accounts/"+l.ben.id+"/statuses").lacks(id)); err != nil {
				return err
			}
		}
		return nil
	}},
	{"LO-10", "logic", func(l *lab) error {
		who := l.app()
		for _, same := range []string{"username", "email"} {
			name := canary()
			var made, failed atomic.Int32
			together(6, func(i int) {
				f := url.Values{"username": {fmt.Sprint(name, i)}, "email": {fmt.Sprint(name, i, "@example.org")}, "password": {"a long password"}, "agreement": {"true"}, "locale": {"en"}}
				f.Set(same, map[string]string{"username": name, "email": name + "@example.org"}[same])
				switch r := who.post("/api/v1/accounts", f.Encode()); {
				case r.status == 200:
					made.Add(1)
				case r.status != 422 && r.status != 429:
					failed.Add(1)
				}
			})
			if made.Load() != 1 || failed.Load() > 0 {
				return fmt.Errorf("%d accounts of one %s, %d failures", made.Load(), same, failed.Load())
			}
		}
		return nil
	}},
	{"LO-13", "logic", mixedWrites},
}

// app is a registered app with a token of its own.
func (l *lab) app() visitor {
	app := l.none.post("/api/v1/apps", "client_name=x&redirect_uris=urn:ietf:wg:oauth:2.0:oob&scopes=read+write")
	token := l.none.post("/oauth/token", "grant_type=client_credentials&scope=read+write&client_id="+app.text("client_id")+"&client_secret="+app.text("client_secret"))
	return visitor{l: l, token: token.text("access_token")}
}

// signsUp is what the server says to a new member of a name.
func (l *lab) signsUp(name string) reply {
	return l.app().post("/api/v1/accounts", url.Values{"username": {name}, "email": {canary() + "@example.org"}, "password": {"a long password"}, "agreement": {"true"}, "locale": {"en"}}.Encode())
}

// injections: text that is a program somewhere else.
var injections = []attack{
	{"IN-01", "injection", func(l *lab) error {
		own := l.ann.get("/api/v1/statuses?id[]=1").body
		for _, p := range []string{"' OR 1=1--", `"; DROP TABLE posts_posts;--`, `\`, "%27", ") UNION SELECT 1,2,3--", "1;SELECT sleep(3)", "$1", "?", ":id"} {
			e := url.QueryEscape(p)
			for _, path := range []string{"/api/v1/accounts/lookup?acct=" + e, "/api/v1/accounts/search?q=" + e, "/api/v2/search?q=" + e, "/api/v1/timelines/home?max_id=" + e, "/api/v1/timelines/tag/" + url.PathEscape(p),
				"/api/v1/statuses/" + url.PathEscape(p), "/api/v1/accounts/" + url.PathEscape(p), "/api/v1/notifications?types[]=" + e, "/api/v1/markers?timeline[]=" + e, "/api/v1/accounts/relationships?id[]=" + e,
				"/api/v1/directory?order=" + e, "/api/v1/lists/" + url.PathEscape(p), "/api/v2/filters/" + url.PathEscape(p), "/api/v1/polls/" + url.PathEscape(p), "/.well-known/webfinger?resource=" + e} {
				if err := l.ben.get(path).clear(); err != nil {
					return err
				}
			}
			if r := l.ben.get("/api/v1/statuses?id[]=" + e); r.body != own {
				return fmt.Errorf("%q: %s", p, r.body)
			}
			if id, err := l.ben.says(p + " " + canary()); err != nil || l.none.get("/api/v1/statuses/"+id).status != 200 {
				return fmt.Errorf("%q: %v", p, err)
			}
		}
		return nil
	}},
	{"IN-03", "injection", func(l *lab) error {
		word := canary()
		heard, end, err := l.listen(l.ben, "hashtag&tag=*", "hashtag&tag=%3E", "hashtag&tag="+word+".*", "hashtag&tag=", "list&list=*", "list&list=%3E", "hashtag&tag=a+"+word)
		if err != nil {
			return err
		}
		defer end()
		right, stop, err := l.listen(l.ben, "hashtag&tag="+word)
		if err != nil {
			return err
		}
		defer stop()
		if _, err := l.ann.says("hello #" + word + " #x" + word); err != nil {
			return err
		}
		if err := soonTrue("the post on its own stream", func() bool { return right(word) > 0 }); err != nil {
			return err
		}
		if n := heard(word); n > 0 {
			return fmt.Errorf("%d streams of other names got it", n)
		}
		return nil
	}},
	{"IN-05", "injection", func(l *lab) error {
		for _, path := range []string{"/api/v1/timelines/public?x=1%0d%0aSet-Cookie:x=1", "/api/v1/timelines/tag/x%0d%0aSet-Cookie:x=1?limit=1", "/auth/sign_in?return_to=%2F%0d%0aSet-Cookie:x=1",
			"/auth/sign_in?x=%0d%0aSet-Cookie:y=1", "/users/a%0d%0aSet-Cookie:x=1"} {
			r := l.ann.get(path)
			if strings.Contains(fmt.Sprint(r.header["Set-Cookie"]), "x=1") || strings.Contains(r.header.Get("Link"), "\n") || r.status >= 500 {
				return fmt.Errorf("%s: %d %v", r.call, r.status, r.header)
			}
		}
		return nil
	}},
	{"IN-06", "injection", func(l *lab) error {
		const text = "{{7*7}} ${7*7} {{.Token}} %s%n #{7*7}"
		id, err := l.ann.says(text)
		r := l.none.get("/@" + l.ann.name + "/" + id)
		if err == nil && (!strings.Contains(r.body, "{{7*7}}") || strings.Contains(r.body, "49 ")) {
			return fmt.Errorf("%s: %d", r.call, r.status)
		}
		return err
	}},
	{"IN-07", "injection", func(l *lab) error {
		h := newTrap(l)
		const xml = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "%s"><!ENTITY b SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&a;&b;</text></svg>`
		r := l.ben.upload("x.svg", []byte(fmt.Sprintf(xml, h.url)))
		return first(r.is(415, 422), r.lacks("root:"), l.ben.do("POST", "/api/v1/statuses", fmt.Sprintf(xml, h.url), "Content-Type", "application/xml").is(415), h.untouched())
	}},
	{"IN-09", "injection", func(l *lab) error {
		word := canary()
		spellings := []string{word + "ffé", strings.ToUpper(word) + "FFÉ", word + "\ufb00e\u0301", strings.Replace(word, "c", "\uff23", 1) + "ffé"}
		for _, text := range spellings {
			id, err := l.ann.says("hello #" + text)
			if name := l.ann.get("/api/v1/statuses/" + id).text("tags.0.name"); err != nil || name != word+"ffé" {
				return fmt.Errorf("%q is the tag %q, %v", text, name, err)
			}
		}
		for _, text := range spellings {
			if n := l.none.get("/api/v1/timelines/tag/" + url.PathEscape(text)).list(); n != len(spellings) {
				return fmt.Errorf("%q finds %d", text, n)
			}
		}
		// Letters that only look alike are others, and what joins nothing ends the tag.
		for text, want := range map[string]string{"\u0430" + word: "\u0430" + word, word + "\u200dx": word} {
			id, err := l.ann.says("hello #" + text)
			if name := l.ann.get("/api/v1/statuses/" + id).text("tags.0.name"); err != nil || name != want {
				return fmt.Errorf("%q is the tag %q, %v", text, name, err)
			}
		}
		for _, name := range []string{"\u24b6lice", "\ufb00red", "al\u0130ce", "al\u0131ce", "\u0430lice", "ali\u200dce"} {
			if err := l.signsUp(name).is(422); err != nil {
				return err
			}
		}
		return nil
	}},
}

// forgery: requests that the server is talked into.
var forgery = []attack{
	{"SS-01", "ssrf", func(l *lab) error {
		h := newTrap(l)
		_, port, _ := strings.Cut(strings.TrimPrefix(h.url, "http://"), ":")
		var ids []string
		for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1", "0177.0.0.1"} {
			id, err := l.ben.says("http://" + host + ":" + port + "/a?" + canary())
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		time.Sleep(2 * time.Second)
		for _, id := range ids {
			if r := l.none.get("/api/v1/statuses/" + id); r.value("card") != nil {
				return fmt.Errorf("%s", r.body)
			}
		}
		return h.untouched()
	}},
	{"SS-05", "ssrf", func(l *lab) error {
		h := newTrap(l)
		e := url.QueryEscape(h.url + "/x")
		host := url.QueryEscape("@x@" + strings.TrimPrefix(h.url, "http://"))
		return first(l.ben.get("/api/v2/search?resolve=true&q="+e).is(200), l.ben.get("/api/v2/search?resolve=true&q="+host).is(200),
			l.none.get("/api/v2/search?resolve=true&q="+e).is(401), l.ben.get("/api/v1/accounts/lookup?acct=x@"+strings.TrimPrefix(h.url, "http://")).is(404), h.untouched())
	}},
	{"SS-07", "ssrf", func(l *lab) error {
		h := newTrap(l)
		defer l.ben.do("PATCH", "/api/v1/accounts/update_credentials", `{"fields_attributes": []}`)
		r := l.ben.do("PATCH", "/api/v1/accounts/update_credentials", `{"fields_attributes": [{"name": "me", "value": "`+h.url+`/me"}]}`)
		time.Sleep(time.Second)
		if r.value("fields.0.verified_at") != nil {
			return fmt.Errorf("%s", r.body)
		}
		return first(r.is(200), h.untouched())
	}},
	{"SS-13", "ssrf", sameInside},
}

// sameInside is SS-13: whether something listens inside or not, nothing of what
// the API says is different, now or later.
func sameInside(l *lab) error {
	h := newTrap(l)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	closed.Close()
	said := map[string][]string{}
	ids := map[string]string{}
	addresses := []string{h.url, "http://" + closed.Addr().String()}
	keep := func(address string, r reply) {
		said[address] = append(said[address], fmt.Sprint(r.status, r.value("card"), r.value("error"), r.value("endpoint") != nil, r.value("fields.0.verified_at"), r.value("accounts"), r.value("statuses")))
	}
	const keys = `"keys": {"p256dh": "BEm_a0bdPDhf0SOsrnB2-ategf1hHoCnpXgQsFj5JCkcoMrMt2WHoPfEYOYPzOIs9mZE8ZUaD7VA5vouy0kEkr8", "auth": "aGVsbG9oZWxsb2hlbGxvMQ"}`
	defer l.ben.do("PATCH", "/api/v1/accounts/update_credentials", `{"fields_attributes": []}`)
	for _, address := range addresses {
		id, err := l.ben.says("see " + address + "/a")
		if err != nil {
			return err
		}
		ids[address] = id
		keep(address, l.ben.get("/api/v2/search?resolve=true&q="+url.QueryEscape(address+"/x")))
		keep(address, l.ben.do("PATCH", "/api/v1/accounts/update_credentials", `{"fields_attributes": [{"name": "me", "value": "`+address+`/me"}]}`))
		keep(address, l.ben.post("/api/v1/push/subscription", `{"subscription": {"endpoint": "`+strings.Replace(address, "http:", "https:", 1)+`/p", `+keys+`}, "data": {"alerts": {"mention": true}}}`))
	}
	time.Sleep(time.Second) // while it would be asked
	for _, address := range addresses {
		keep(address, l.ben.get("/api/v1/statuses/"+ids[address]))
	}
	if open, shut := said[addresses[0]], said[addresses[1]]; !slices.Equal(open, shut) {
		return fmt.Errorf("open: %q, closed: %q", open, shut)
	}
	l.ben.do("DELETE", "/api/v1/push/subscription", "")
	return h.untouched()
}

// trap is a server that nothing may ask.
type trap struct {
	url  string
	hits atomic.Int32
}

func newTrap(l *lab) *trap {
	l.Helper()
	h := &trap{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			h.hits.Add(1)
			conn.Close()
		}
	}()
	h.url = "http://" + listener.Addr().String()
	return h
}

func (h *trap) untouched() error {
	if n := h.hits.Load(); n > 0 {
		return fmt.Errorf("asked %d times", n)
	}
	return nil
}

// listen opens sockets and returns how many messages with a text have come.
func (l *lab) listen(v visitor, streams ...string) (heard func(text string) int, end func(), err error) {
	ctx, cancel := context.WithTimeout(l.Context(), time.Minute)
	var mu sync.Mutex
	var all []string
	for _, name := range streams {
		conn, _, err := websocket.Dial(ctx, l.base+"/api/v1/streaming?access_token="+v.token+"&stream="+name, nil)
		if err != nil {
			continue // refused, which is fine
		}
		conn.SetReadLimit(1 << 20)
		go func() {
			for {
				_, text, err := conn.Read(ctx)
				if err != nil {
					return
				}
				mu.Lock()
				all = append(all, string(text))
				mu.Unlock()
			}
		}()
	}
	return func(text string) int {
		mu.Lock()
		defer mu.Unlock()
		n := 0
		for _, m := range all {
			if strings.Contains(m, text) {
				n++
			}
		}
		return n
	}, cancel, nil
}

// streamLeak is LK-03: what is not for a listener comes by no stream.
func streamLeak(l *lab) error {
	word := canary()
	outside, end1, err1 := l.listen(l.ben, "user", "public", "public:local", "public:media", "hashtag&tag=t"+word, "direct", "user:notification")
	inside, end2, err2 := l.listen(l.cleo, "user")
	if err := first(err1, err2); err != nil {
		return err
	}
	defer end1()
	defer end2()
	private, err1 := l.ann.says(word+" #t"+word, "visibility", "private")
	direct, err2 := l.ann.says("@"+l.cleo.name+" "+word, "visibility", "direct")
	if err := first(err1, err2, soonTrue("the direct post", func() bool { return inside(word) > 0 })); err != nil {
		return err
	}
	for _, id := range []string{private, direct} {
		if err := first(l.ann.do("PUT", "/api/v1/statuses/"+id, "status=@"+l.cleo.name+"+"+word+"+edited").is(200), l.ann.do("DELETE", "/api/v1/statuses/"+id, "").is(200)); err != nil {
			return err
		}
	}
	time.Sleep(500 * time.Millisecond)
	if n := outside(word); n > 0 {
		return fmt.Errorf("%d messages reached an outsider", n)
	}
	return nil
}

// pngImage is a picture of a size.
func pngImage(width, height int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// upload sends a file with further fields.
func (v visitor) upload(name string, data []byte, fields ...string) reply {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		form.WriteField(fields[i], fields[i+1])
	}
	part, err := form.CreatePart(textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename="%s"`, name)}, "Content-Type": {"image/png"}})
	if err != nil {
		v.l.Fatal(err)
	}
	part.Write(data)
	form.Close()
	return v.do(http.MethodPost, "/api/v2/media", b.String(), "Content-Type", form.FormDataContentType())
}
