package mastodon_test

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// picture returns a PNG of one colour.
func picture(t testing.TB, width, height int) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = 200
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestUpdateProfile(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	const path = "/api/v1/accounts/update_credentials"
	shown := "/api/v1/accounts/" + ann.id.String()
	w.do("GET", shown, "", nil).is(200).has(`{"display_name": ""}`)
	w.do("PATCH", path, ann.token, `{"display_name": "Ann B.", "note": "I code", "bot": true, "discoverable": true, "indexable": true,
		"hide_collections": true, "source": {"privacy": "private", "sensitive": true, "language": "de"}}`).is(200).
		has(`{"display_name": "Ann B.", "bot": true, "discoverable": true, "noindex": false, "hide_collections": true,
			"source": {"note": "I code", "privacy": "private", "sensitive": true, "language": "de"}}`)
	w.do("GET", shown, "", nil).is(200).has(`{"display_name": "Ann B.", "bot": true}`) // at once, though it was cached
	w.do("GET", "/api/v1/preferences", ann.token, nil).is(200).has(`{"posting:default:visibility": "private", "posting:default:language": "de"}`)
	w.run([]test{
		{"nothing", "PATCH", path, ann.token, nil, 200, `{"display_name": "Ann B."}`},
		{"long name", "PATCH", path, ann.token, form("display_name", strings.Repeat("x", 31)), 422, ""},
		{"long note", "PATCH", path, ann.token, form("note", strings.Repeat("x", 501)), 422, ""},
		{"long value", "PATCH", path, ann.token, form("fields_attributes[0][name]", "a", "fields_attributes[0][value]", strings.Repeat("x", 256)), 422, ""},
		{"many fields", "PATCH", path, ann.token, `{"fields_attributes": [{"name":"a","value":"b"},{"name":"a","value":"b"},{"name":"a","value":"b"},{"name":"a","value":"b"},{"name":"a","value":"b"}]}`, 422, ""},
		{"unknown privacy", "PATCH", path, ann.token, `{"source": {"privacy": "direct"}}`, 422, ""},
		{"nothing was changed", "GET", shown, "", nil, 200, `{"display_name": "Ann B.", "fields": []}`},
	})
}

// AZ-20: no parameter gives anybody more than they have.
func TestAZ20NoPrivileges(t *testing.T) {
	t.Parallel()
	w := open(t)
	bob := w.person("bob")
	before := string(w.do("GET", "/api/v1/accounts/verify_credentials", bob.token, nil).is(200).body)
	for _, body := range []string{
		`{"role": "owner", "role_id": 3, "admin": true, "is_admin": true, "confirmed": true, "approved": true, "suspended": false, "id": "1",
			"username": "root", "followers_count": 9, "created_at": "2001-01-01", "user": {"admin": 1}, "account": {"role": "owner"}, "source": {"follow_requests_count": 5}}`,
		form("role", "owner", "role_id", "3", "admin", "1", "is_admin", "1", "id", "1", "username", "root", "followers_count", "9",
			"created_at", "2001-01-01", "user[admin]", "1", "account[role]", "owner"),
	} {
		if after := string(w.do("PATCH", "/api/v1/accounts/update_credentials", bob.token, body).is(200).body); after != before {
			t.Errorf("%s\n%s", before, after)
		}
	}
	w.do("GET", "/api/v1/admin/accounts", bob.token, nil).is(403)
}

func TestPictures(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	const path = "/api/v1/accounts/update_credentials"
	a := w.do("PATCH", path, ann.token, upload(t, "@avatar", picture(t, 40, 30), "@header", picture(t, 90, 30), "avatar_description", "Me")).is(200).
		has(`{"avatar_description": "Me"}`)
	avatar, header := a.text("avatar"), a.text("header")
	for _, url := range []string{avatar, header} {
		key, ours := strings.CutPrefix(url, base+"/media/")
		if !ours {
			t.Fatalf("picture at %s", url)
		}
		f := w.do("GET", "/media/"+key, "", nil).is(200)
		if got := http.DetectContentType(f.body); got != f.header.Get("Content-Type") || !strings.HasPrefix(got, "image/") {
			t.Errorf("%s is %s", f.header.Get("Content-Type"), got)
		}
	}
	// ME-12, XS-08: what is no picture, or too much of one, changes nothing.
	var frames gif.GIF
	for range 100 {
		frames.Image = append(frames.Image, image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.White}))
		frames.Delay = append(frames.Delay, 1)
	}
	var animation bytes.Buffer
	w.must(gif.EncodeAll(&animation, &frames))
	for name, data := range map[string]string{
		"text": "just text", "nothing": "", "20 MB": strings.Repeat("\x89PNG\r\n\x1a\n12345678", 20<<16), "9 MB": strings.Repeat("\x89PNG\r\n\x1a\n12345678", 9<<16),
		"100 frames": animation.String(), "SVG": `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
		"HTML": "<!doctype html><script>alert(1)</script>", "XML": `<?xml version="1.0"?><a/>`, "PDF": "%PDF-1.7\n1 0 obj", "cut PNG": picture(t, 50, 50)[:60],
	} {
		for _, field := range []string{"@avatar", "@header"} {
			if a := w.do("PATCH", path, ann.token, upload(t, field, data, "note", "changed")); a.status != 422 && !(name == "100 frames" && a.status == 200) {
				t.Errorf("%s as %s: %d %s", name, field, a.status, a.body)
			}
		}
	}
	a = w.do("GET", "/api/v1/accounts/verify_credentials", ann.token, nil).is(200)
	if a.text("avatar") != avatar || a.text("header") != header || a.text("source.note") != "" {
		t.Errorf("changed: %s", a.body)
	}
	w.do("DELETE", "/api/v1/profile/avatar", ann.token, nil).is(200).has(`{"avatar": "https://guild.test/avatars/default.png"}`)
	w.do("DELETE", "/api/v1/profile/header", ann.token, nil).is(200).has(`{"header": "https://guild.test/headers/default.png"}`)
}

// XS-02: what people write of themselves carries nothing that a browser runs.
func TestXS02Profile(t *testing.T) {
	t.Parallel()
	w := open(t)
	bob := w.person("bob")
	for _, p := range []string{`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<svg/onload=alert(1)>`, `<a href="javascript:alert(1)">x</a>`,
		`"><img src=x>`, `&lt;script&gt;`, `<math><mi//xlink:href="data:x">`, `<svg><style><img title="</style><img src onerror=1>">`, strings.Repeat("<b>", 85)} {
		a := w.do("PATCH", "/api/v1/accounts/update_credentials", bob.token, form("note", p, "fields_attributes[0][name]", "x",
			"fields_attributes[0][value]", p)).is(200)
		if got := a.text("source.note"); got != p {
			t.Errorf("note %q is kept as %q", p, got)
		}
		for _, path := range []string{"note", "fields.0.value"} {
			harmless(t, a.text(path))
		}
	}
}

// harmless fails the test if HTML has more in it than text and links.
func harmless(t *testing.T, text string) {
	t.Helper()
	for z := html.NewTokenizer(strings.NewReader(text)); z.Next() != html.ErrorToken; {
		token := z.Token()
		if token.Type != html.StartTagToken && token.Type != html.SelfClosingTagToken {
			continue
		}
		if token.Data != "p" && token.Data != "br" && token.Data != "a" && token.Data != "span" {
			t.Errorf("%s in %s", token.Data, text)
		}
		for _, attr := range token.Attr {
			if attr.Key == "href" && !strings.HasPrefix(attr.Val, "http") || strings.HasPrefix(attr.Key, "on") {
				t.Errorf("%s=%q in %s", attr.Key, attr.Val, text)
			}
		}
	}
}
