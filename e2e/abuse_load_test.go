package e2e_test

import (
	"context"
	bigendian "encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// mediaAttacks: files that are not what they seem.
var mediaAttacks = []attack{
	{"ME-01", "media", func(l *lab) error {
		huge := pngImage(8, 8)
		bigendian.BigEndian.PutUint32(huge[16:], 50_000)
		bigendian.BigEndian.PutUint32(huge[20:], 50_000)
		bigendian.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
		return l.ben.upload("a.png", huge).is(422)
	}},
	{"ME-03", "media", func(l *lab) error {
		for _, data := range []string{"\x7fELF\x02\x01\x01", "PK\x03\x04xxxx", "%PDF-1.7\n", "<!doctype html><script>alert(1)</script>"} {
			if err := l.ben.upload("a.png", []byte(data+strings.Repeat("x", 200))).is(415, 422); err != nil {
				return err
			}
		}
		return l.ben.upload("a.pdf", pngImage(8, 8)).is(200)
	}},
	{"ME-04", "media", func(l *lab) error {
		for _, name := range []string{"../../../../tmp/pwn.png", `..\..\pwn`, "pwn%00.png", strings.Repeat("p", 4096), "con.png", "%2e%2e%2fpwn"} {
			r := l.ben.upload(name, pngImage(8, 8))
			if err := first(r.is(200, 422), r.lacks("pwn", "..")); err != nil {
				return err
			}
		}
		return nil
	}},
	{"ME-09", "media", func(l *lab) error {
		random := rand.New(rand.NewPCG(1, 2))
		for range 100 {
			data := pngImage(16, 16)
			for range 3 {
				data[random.IntN(len(data))] ^= byte(1 << random.IntN(8))
			}
			if err := l.ben.upload("a.png", data[:1+random.IntN(len(data))]).is(200, 415, 422); err != nil {
				return err
			}
		}
		return nil
	}},
	{"ME-11", "media", func(l *lab) error {
		id := l.ben.upload("a.png", pngImage(8, 8)).text("id")
		for _, focus := range []string{"nan,inf", "9e99,-9e99", "a,b", ",", "1"} {
			if err := l.ben.do("PUT", "/api/v1/media/"+id, url.Values{"focus": {focus}}.Encode()).is(200, 422); err != nil {
				return err
			}
		}
		return l.ben.do("PUT", "/api/v1/media/"+id, "description="+strings.Repeat("x", 20_000)).is(422)
	}},
	{"ME-12", "media", func(l *lab) error {
		before := l.ben.get("/api/v1/accounts/verify_credentials").text("avatar")
		for _, data := range []string{"text", "", strings.Repeat("x", 3<<20)} {
			r := l.ben.do("PATCH", "/api/v1/accounts/update_credentials", "--b\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"+data+"\r\n--b--\r\n",
				"Content-Type", "multipart/form-data; boundary=b")
			if err := r.is(413, 422); err != nil {
				return err
			}
		}
		if after := l.ben.get("/api/v1/accounts/verify_credentials").text("avatar"); after != before {
			return fmt.Errorf("%s was %s", after, before)
		}
		return nil
	}},
	{"ME-14", "media", func(l *lab) error {
		for _, path := range []string{"../keys.txt", "..%2fkeys.txt", "%2e%2e%2fkeys.txt", "..%5ckeys.txt", "....//keys.txt", "%00", "/etc/passwd", "%2fetc%2fpasswd"} {
			status, _, _ := strings.Cut(strings.TrimPrefix(l.raw("GET /media/"+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "HTTP/1.1 "), " ")
			if status != "400" && status != "404" {
				return fmt.Errorf("%s: %s", path, status)
			}
		}
		return nil
	}},
}

// denials: what costs the server more than the client.
var denials = []attack{
	{"DO-01", "dos", func(l *lab) error {
		r := l.ben.do("POST", "/api/v1/statuses", `{"status": "`+strings.Repeat("x", 50<<20)+`"}`)
		return r.is(413, 0) // refused, or closed while it is sent
	}},
	{"DO-02", "dos", func(l *lab) error {
		for _, body := range []string{`{"a": ` + strings.Repeat("[", 100_000), `{"a": [` + strings.Repeat("1,", 400_000) + "1]}", "status=x" + strings.Repeat("&a", 400_000), `{"` + strings.Repeat("k", 900_000) + `": 1}`} {
			if err := l.ben.post("/api/v1/statuses", body).is(400, 413, 422); err != nil {
				return err
			}
		}
		return nil
	}},
	{"DO-07", "dos", func(l *lab) error {
		for _, q := range []string{"limit=1000000", "limit=-1", "limit=0", "limit=abc", "limit=1e9", "limit=[]", "limit[]=1", "max_id=9e99", "max_id=-1", "max_id=", "max_id=../../x", "min_id=1&since_id=1", "offset=-5"} {
			for _, path := range []string{"/api/v1/timelines/public", "/api/v1/notifications", "/api/v1/accounts/" + l.ben.id + "/statuses", "/api/v1/accounts/search"} {
				r := l.ben.get(path + "?q=a&" + q)
				if err := r.is(200, 400, 422); err != nil || r.list() > 80 {
					return fmt.Errorf("%v: %d", err, r.list())
				}
			}
		}
		return nil
	}},
	{"DO-08", "dos", func(l *lab) error {
		for _, q := range []string{strings.Repeat("x", 6000), "%%%%", "____", `"((((`, "AND OR NOT", strings.Repeat("a* ", 200), `"`, "*", "-", "NEAR(a b", "a:b", `\`} {
			for _, more := range []string{"", "&offset=1000000000", "&type=statuses", "&type=accounts"} {
				if err := l.ben.get("/api/v2/search?q="+url.QueryEscape(q)+more).is(200, 400, 414, 422); err != nil {
					return err
				}
			}
		}
		return nil
	}},
	{"DO-09", "dos", func(l *lab) error {
		for _, part := range []string{"@a", "#", "http://", ".-", "(", "@a@a", "a.", ":a", "\u202e", "👩‍👩‍👧"} {
			for n, want := range map[int][]int{500: {200, 422}, 100_000: {422}} {
				if err := l.ben.post("/api/v1/statuses", url.Values{"status": {strings.Repeat(part, n/len(part))}}.Encode()).is(want...); err != nil {
					return fmt.Errorf("%s x %d: %w", part, n, err)
				}
			}
		}
		return nil
	}},
	{"DO-11", "dos", func(l *lab) error {
		long := func(n int) string { return strings.Repeat("x", n) }
		return first(l.ben.post("/api/v1/accounts/"+l.ann.id+"/note", "comment="+long(2001)).is(422), l.ben.post("/api/v1/apps", "client_name="+long(61)+"&redirect_uris=urn:ietf:wg:oauth:2.0:oob").is(422),
			l.ben.do("PATCH", "/api/v1/accounts/update_credentials", `{"fields_attributes": [{"name": "a", "value": "`+long(256)+`"}]}`).is(422),
			l.ben.do("PATCH", "/api/v1/accounts/update_credentials", "display_name="+long(31)).is(422), l.ben.post("/api/v1/statuses", "status="+long(501)).is(422))
	}},
	{"DO-12", "dos", func(l *lab) error {
		ask := func(expires string, options ...string) reply {
			return l.ben.post("/api/v1/statuses", url.Values{"status": {"?"}, "poll[expires_in]": {expires}, "poll[options][]": options}.Encode())
		}
		many := make([]string, 2000)
		for i := range many {
			many[i] = fmt.Sprint(i)
		}
		for _, r := range []reply{ask("300", "a"), ask("300", "a", "b", "c", "d", "e"), ask("300", many...), ask("300", strings.Repeat("x", 51), "b"), ask("300", "a", "a"), ask("0", "a", "b"),
			ask("299", "a", "b"), ask("2629747", "a", "b"), ask("-1", "a", "b"), ask("NaN", "a", "b")} {
			if err := r.is(422); err != nil {
				return err
			}
		}
		return ask("300", "a", "b", "c", "d").is(200)
	}},
	{"DO-13", "dos", func(l *lab) error {
		for name, head := range map[string]string{"headers": strings.Repeat("X-A: b\r\n", 1000), "a header": "X-A: " + strings.Repeat("x", 1<<20) + "\r\n", "cookies": "Cookie: " + strings.Repeat("a=b; ", 10_000) + "\r\n"} {
			if answer := l.raw("GET /api/v1/instance HTTP/1.1\r\nHost: x\r\n" + head + "\r\n"); answer != "" && !strings.HasPrefix(answer, "HTTP/1.1 4") {
				return fmt.Errorf("%s: %.100s", name, answer)
			}
		}
		return l.none.get("/api/v1/instance?"+strings.Repeat("x", 100_000)).is(414, 431, 0)
	}},
	{"DO-15", "dos", socketAbuse},
	{"DO-17", "dos", func(l *lab) error {
		l.ann.post("/api/v1/notifications/clear", "")
		if _, err := l.cleo.says(strings.Repeat("@"+l.ann.name+" ", 50) + canary()); err != nil {
			return err
		}
		if err := soonTrue("the notification", func() bool { return l.ann.get("/api/v1/notifications").list() > 0 }); err != nil {
			return err
		}
		time.Sleep(300 * time.Millisecond)
		if n := l.ann.get("/api/v1/notifications?types[]=mention").list(); n != 1 {
			return fmt.Errorf("%d notifications", n)
		}
		return nil
	}},
	{"DO-19", "dos", floodHTTP2},
	{"DO-20", "dos", func(l *lab) error {
		var idle []net.Conn
		for range 2000 {
			conn, err := net.Dial("tcp", strings.TrimPrefix(l.base, "http://"))
			if err != nil {
				break
			}
			idle = append(idle, conn)
		}
		defer func() {
			for _, c := range idle {
				c.Close()
			}
		}()
		return l.none.get("/api/v1/instance").is(200)
	}},
}

// socketAbuse is DO-15: a client that sends what no client sends.
func socketAbuse(l *lab) error {
	ctx, cancel := context.WithTimeout(l.Context(), 30*time.Second)
	defer cancel()
	dial := func() (*websocket.Conn, error) {
		conn, _, err := websocket.Dial(ctx, l.base+"/api/v1/streaming?access_token="+l.ben.token, nil)
		return conn, err
	}
	for name, message := range map[string][]byte{"large": []byte(strings.Repeat("x", 1<<20)), "no UTF-8": {0xff, 0xfe}} {
		conn, err := dial()
		if err != nil {
			return err
		}
		_ = conn.Write(ctx, websocket.MessageText, message) // the server may have closed already
		if name == "large" {
			if _, _, err = conn.Read(ctx); websocket.CloseStatus(err) != websocket.StatusMessageTooBig && err == nil {
				return fmt.Errorf("%s: %v", name, err)
			}
		}
		conn.CloseNow()
	}
	conn, err := dial()
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	refused := make(chan bool, 1)
	go func() {
		for {
			_, text, err := conn.Read(ctx)
			if err != nil || strings.Contains(string(text), `"error"`) {
				refused <- true
				return
			}
		}
	}()
	for i := range 2000 {
		if conn.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"type": "subscribe", "stream": "hashtag", "tag": "t%d"}`, i)) != nil {
			break
		}
	}
	select {
	case <-refused:
		return nil
	case <-time.After(10 * time.Second):
		return fmt.Errorf("2000 subscriptions of one connection")
	}
}

// protocol: HTTP that is none.
var protocol = []attack{
	{"PR-01", "protocol", func(l *lab) error {
		word := canary()
		hidden := "POST /api/v1/statuses?status=" + word + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + l.ben.token + "\r\nContent-Length: 0\r\n\r\n"
		l.raw("POST /api/v1/apps HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden)
		return l.none.get("/api/v1/accounts/" + l.ben.id + "/statuses").lacks(word)
	}},
	{"PR-03", "protocol", func(l *lab) error {
		for _, text := range []string{"GET /api/v1/instance HTTP/1.1\r\nHost: x\r\nX-A : b\r\n\r\n", "GET /api/v1/instance HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n", "GET /api/v1/instance HTTP/1.1\r\nHost: x\r\nnothing\r\n\r\n",
			"G\x01T /api/v1/instance HTTP/1.1\r\nHost: x\r\n\r\n", "GET /api/v1/instance HTTP/1.1\r\n\r\n", "GET /api/v1/instance HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"} {
			if answer := l.raw(text); !strings.HasPrefix(answer, "HTTP/1.1 4") || !strings.Contains(answer, "Connection: close") {
				return fmt.Errorf("%q: %.200s", text, answer)
			}
		}
		return nil
	}},
	{"PR-04", "protocol", func(l *lab) error {
		head := "POST /api/v1/statuses HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n"
		for _, body := range []string{"FFFFFFFFFFFFFFFF\r\nstatus=x", "FFFFFFFFFFFFFFFFF\r\nx", "-1\r\nx", "1;" + strings.Repeat("x", 1<<20) + "\r\na\r\n0\r\n\r\n"} {
			if answer := l.raw(head + "Authorization: Bearer " + l.ben.token + "\r\n\r\n" + body); strings.HasPrefix(answer, "HTTP/1.1 2") || strings.HasPrefix(answer, "HTTP/1.1 5") {
				return fmt.Errorf("%.40s: %.200s", body, answer)
			}
		}
		answer := l.raw(head + "Trailer: Authorization\r\n\r\n8\r\nstatus=x\r\n0\r\nAuthorization: Bearer " + l.ben.token + "\r\n\r\n")
		if !strings.HasPrefix(answer, "HTTP/1.1 401") {
			return fmt.Errorf("a trailer: %.200s", answer)
		}
		return nil
	}},
	{"PR-06", "protocol", func(l *lab) error {
		for _, path := range []string{"/api/v1/../v1/admin/accounts", "/api//v1/admin/accounts", "/api/v1/%61dmin/accounts", "/api/v1/admin/accounts;x", "/API/V1/ADMIN/accounts", "/api/v1/admin%2faccounts",
			"/api/v1/admin/accounts.", "/api/v1/admin/accounts/", "/api/v1/./admin/accounts"} {
			answer := l.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + l.ben.token + "\r\nConnection: close\r\n\r\n")
			if !strings.HasPrefix(answer, "HTTP/1.1 4") {
				return fmt.Errorf("%s: %.200s", path, answer)
			}
		}
		return nil
	}},
	{"PR-07", "protocol", func(l *lab) error {
		id, err := l.ben.says("stays")
		path := "/api/v1/statuses/" + id
		for _, method := range []string{"TRACE", "CONNECT", "PROPFIND", "DEBUG", strings.Repeat("X", 1000)} {
			answer := l.raw(method + " " + path + " HTTP/1.1\r\nHost: x\r\nX-Marker: echo\r\nConnection: close\r\n\r\n")
			if !strings.HasPrefix(answer, "HTTP/1.1 4") && !strings.HasPrefix(answer, "HTTP/1.1 501") || strings.Contains(answer, "echo") {
				return fmt.Errorf("%.20s: %.200s", method, answer)
			}
		}
		l.ben.do("POST", path, "", "X-HTTP-Method-Override", "DELETE")
		l.ben.do("GET", path, "", "X-HTTP-Method-Override", "DELETE")
		return first(err, l.ben.get(path).is(200))
	}},
	{"PR-09", "protocol", func(l *lab) error {
		for _, c := range [][2]string{{"text/plain", `{"status": "x"}`}, {"application/json", "status=x"}, {"application/json; charset=utf-16", `{"status": "x"}`}, {"multipart/form-data", "x"}, {"x", "x"}} {
			if err := l.ben.do("POST", "/api/v1/statuses", c[1], "Content-Type", c[0]).is(400, 415, 422); err != nil {
				return fmt.Errorf("%s: %w", c[0], err)
			}
		}
		return nil
	}},
	{"PR-10", "protocol", func(l *lab) error {
		upgrade := "Connection: Upgrade\r\nUpgrade: websocket\r\n"
		for name, text := range map[string]string{
			"a cookie":    " HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.test\r\nCookie: session=x\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + upgrade,
			"no key":      " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + l.ben.token + "\r\nSec-WebSocket-Version: 13\r\n" + upgrade,
			"a short key": " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + l.ben.token + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n" + upgrade,
			"version 12":  " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + l.ben.token + "\r\nSec-WebSocket-Version: 12\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + upgrade,
			"HTTP/1.0":    " HTTP/1.0\r\nHost: x\r\nAuthorization: Bearer " + l.ben.token + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + upgrade,
		} {
			if answer := l.raw("GET /api/v1/streaming?stream=user" + text + "\r\n"); !strings.Contains(answer, " 4") || strings.Contains(answer, " 101 ") {
				return fmt.Errorf("%s: %.200s", name, answer)
			}
		}
		return nil
	}},
	{"PR-12", "protocol", func(l *lab) error {
		data := filepath.Join(l.TempDir(), "data")
		s, _, _ := secure(l.T, "serve", "--data", data)
		plain := &lab{T: l.T, base: strings.Replace(s.base, "https://", "http://", 1)}
		r := visitor{l: plain}.post("/api/v1/apps", "client_name=x&redirect_uris=urn:ietf:wg:oauth:2.0:oob")
		return first(r.is(http.StatusBadRequest), r.lacks("client_id"))
	}},
}
