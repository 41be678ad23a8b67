package mastodon_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// raw sends bytes over a connection of its own and returns the answer's status
// and the rest of it.
func (w *world) raw(request string) (status int, header http.Header, closes bool) {
	w.Helper()
	conn, err := net.Dial("tcp", w.server.Listener.Addr().String())
	w.must(err)
	defer conn.Close()
	_, err = conn.Write([]byte(request))
	w.must(err)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	w.must(err)
	w.must(res.Body.Close())
	return res.StatusCode, res.Header, res.Close
}

func TestFiles(t *testing.T) {
	t.Parallel()
	w := open(t)
	key, size, err := w.deps.Blobs.Put(w.kit.Ctx, strings.NewReader(picture(t, 20, 20)), ".png")
	w.must(err)
	a := w.do("GET", "/media/"+key, "", nil).is(200)
	for name, want := range map[string]string{"Content-Type": "image/png", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "public, max-age=31536000, immutable",
		"Content-Length": fmt.Sprint(size), "Accept-Ranges": "bytes", "Access-Control-Allow-Origin": "*"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if a := w.do("GET", "/media/"+key, "", nil, "Range", "bytes=1-3").is(206); string(a.body) != "PNG" {
		t.Errorf("range: %q", a.body)
	}
	w.do("GET", "/media/"+key, "", nil, "Range", "bytes=999999-").is(416)
	w.do("GET", "/media/"+key, "", nil, "If-None-Match", a.header.Get("ETag")).is(304)
	w.do("HEAD", "/media/"+key, "", nil).is(200)

	// XS-08: a page is never served as one, whatever it is called.
	page, _, err := w.deps.Blobs.Put(w.kit.Ctx, strings.NewReader("<script>alert(1)</script>"), ".html")
	w.must(err)
	if a := w.do("GET", "/media/"+page, "", nil).is(200); a.header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("%v", a.header)
	}
	for _, path := range []string{"/avatars/default.png", "/headers/default.png"} {
		if a := w.do("GET", path, "", nil).is(200); http.DetectContentType(a.body) != "image/png" {
			t.Errorf("%s: %.20q", path, a.body)
		}
	}
}

// ME-14: no path leads out of the media folder.
func TestME14Traversal(t *testing.T) {
	t.Parallel()
	w := open(t)
	key, _, err := w.deps.Blobs.Put(w.kit.Ctx, strings.NewReader("inside"), ".png")
	w.must(err)
	w.must(os.WriteFile(filepath.Join(w.kit.Dir, "secret.png"), []byte("outside"), 0o600))
	for _, path := range []string{"../secret.png", "..%2fsecret.png", "%2e%2e%2fsecret.png", "%2e%2e/secret.png", "..%5csecret.png", "....//secret.png",
		"..\\secret.png", "%00", key + "%00", "/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd", "", ".", "..", "tmp", "ab", "ab/../" + key,
		strings.Replace(key, "/", "%2f", 1), strings.ToUpper(key), key + "/", key + "/..", key + ".html", strings.Repeat("../", 20) + "etc/passwd"} {
		status, _, _ := w.raw("GET /media/" + path + " HTTP/1.1\r\nHost: guild.test\r\nConnection: close\r\n\r\n")
		if status != 400 && status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
	w.do("GET", "/media/"+key, "", nil).is(200)
}
