package mastodon_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/mastodon"
)

// upload sends a small picture and returns its id.
func (w *world) upload(p *person, description string) string {
	w.Helper()
	return w.do("POST", "/api/v2/media", p.token, upload(w.T, "@file", picture(w.T, 8, 6), "description", description)).is(200).text("id")
}

// file reads what is at an address of the server's own.
func (w *world) file(url string) *answer {
	w.Helper()
	path, ours := strings.CutPrefix(url, base)
	if !ours {
		w.Fatalf("a file at %s", url)
	}
	return w.do("GET", path, "", nil)
}

func TestMedia(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	for _, path := range []string{"/api/v1/media", "/api/v2/media"} {
		a := w.do("POST", path, ann.token, upload(t, "@file", picture(t, 720, 480), "description", "an owl", "focus", "0.25,-1")).is(200).
			has(`{"type": "image", "description": "an owl", "remote_url": null, "preview_remote_url": null, "text_url": null,
				"meta": {"original": {"width": 720, "height": 480, "size": "720x480", "aspect": 1.5}, "focus": {"x": 0.25, "y": -1}}}`)
		for _, name := range []string{"url", "preview_url"} {
			f := w.file(a.text(name)).is(200)
			if kind := http.DetectContentType(f.body); kind != f.header.Get("Content-Type") || !strings.HasPrefix(kind, "image/") {
				t.Errorf("%s is served as %s", kind, f.header.Get("Content-Type"))
			}
		}
		if a.text("blurhash") == "" || a.text("meta.small.width") == "720" {
			t.Errorf("%s", a.body)
		}
	}
	id := w.upload(ann, "")
	at := "/api/v1/media/" + id
	w.run([]test{
		{"as it is", "GET", at, ann.token, nil, 200, `{"id": "` + id + `", "description": null, "meta": {"focus": {"x": 0, "y": 0}}}`},
		{"another's", "GET", at, bob.token, nil, 404, `{"error": "Record not found"}`},
		{"described", "PUT", at, ann.token, `{"description": "an owl"}`, 200, `{"description": "an owl", "meta": {"focus": {"x": 0, "y": 0}}}`},
		{"focussed", "PUT", at, ann.token, form("focus", " 0.5 , 1 "), 200, `{"description": "an owl", "meta": {"focus": {"x": 0.5, "y": 1}}}`},
		{"in a multipart form", "PATCH", at, ann.token, upload(t, "description", "a barn owl", "focus", "undefined"), 200, `{"description": "a barn owl"}`},
		{"nothing", "PUT", at, ann.token, nil, 200, `{"description": "a barn owl"}`},
		{"no description", "PUT", at, ann.token, `{"description": ""}`, 200, `{"description": null}`},
		{"another's description", "PUT", at, bob.token, `{"description": "x"}`, 404, ""},
		{"another deletes", "DELETE", at, bob.token, nil, 404, ""},
		// ME-11
		{"long description", "PUT", at, ann.token, form("description", strings.Repeat("x", 1501)), 422, ""},
		{"focus of text", "PUT", at, ann.token, form("focus", "a,b"), 422, `{"error": "Validation failed: Focus must be two numbers between -1 and 1, separated by a comma"}`},
		{"half a focus", "PUT", at, ann.token, form("focus", "1"), 422, ""},
		{"no number", "PUT", at, ann.token, form("focus", "nan,inf"), 422, ""},
		{"far focus", "PUT", at, ann.token, form("focus", "9e99,-9e99"), 200, `{"meta": {"focus": {"x": 1, "y": -1}}}`},
		{"endless focus", "PUT", at, ann.token, form("focus", "inf,-inf"), 200, `{"meta": {"focus": {"x": 1, "y": -1}}}`},
		{"three numbers", "PUT", at, ann.token, form("focus", "1,1,1"), 422, ""},
		{"bad focus at once", "POST", "/api/v2/media", ann.token, upload(t, "@file", picture(t, 8, 6), "focus", "x"), 422, ""},

		{"no file", "POST", "/api/v2/media", ann.token, upload(t, "description", "x"), 422, `{"details": {"file": [{"error": "ERR_INVALID", "description": "can't be blank"}]}}`},
		{"no body", "POST", "/api/v2/media", ann.token, nil, 422, ""},
		{"file as text", "POST", "/api/v2/media", ann.token, upload(t, "file", "x"), 422, ""},
		{"file in JSON", "POST", "/api/v1/media", ann.token, `{"file": "data:image/png;base64,AAAA"}`, 422, ""},
		{"delete", "DELETE", at, ann.token, nil, 200, `{}`},
		{"deleted", "GET", at, ann.token, nil, 404, ""},
	})
}

// AZ-04, ME-08: what may be attached, to whom, and that a refusal uses nothing up.
func TestME08Attach(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	var m []string
	for range 5 {
		m = append(m, w.upload(ann, ""))
	}
	attach := func(p *person, ids ...string) *answer {
		return w.do("POST", "/api/v1/statuses", p.token, `{"status": "x", "media_ids": ["`+strings.Join(ids, `","`)+`"]}`)
	}
	attach(bob, m[0]).is(422) // AZ-04
	attach(bob, "1").is(422)
	attach(ann, m...).is(422).has(`{"error": "Validation failed: Cannot attach more than 4 files"}`)
	attach(ann, m[0], m[0]).is(422)
	attach(ann, m[0], "1").is(422)
	one := attach(ann, m[1], m[0], m[3], m[2]).is(200).has(`{"media_attachments": [{"id": "` + m[1] + `"}, {"id": "` + m[0] + `"}, {"id": "` + m[3] + `"}, {"id": "` + m[2] + `"}]}`)
	attach(ann, m[0]).is(422) // posted already
	w.do("PUT", "/api/v1/media/"+m[0], ann.token, `{"description": "later"}`).is(404)
	w.do("DELETE", "/api/v1/media/"+m[0], ann.token, nil).is(422)
	w.do("POST", "/api/v1/statuses", ann.token, form("media_ids[0]", m[4])).is(200).has(`{"content": "", "media_attachments": [{"id": "` + m[4] + `"}]}`)
	w.do("PUT", statusesPath+one.text("id"), bob.token, `{"status": "x", "media_ids": ["`+m[0]+`"]}`).is(404)
}

// ME-15: with its status a picture goes too, unless another has the same one.
func TestME15Deleted(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	send := func(width int) *answer {
		return w.do("POST", "/api/v2/media", ann.token, upload(t, "@file", picture(t, width, 5))).is(200)
	}
	own, shared, again := send(9), send(10), send(10)
	id := w.says(ann, "x", "media_ids[]", own.text("id"), "media_ids[]", shared.text("id"))
	w.says(ann, "y", "media_ids[]", again.text("id"))
	w.file(own.text("url")).is(200)
	deleted := w.do("DELETE", statusesPath+id, ann.token, nil).is(200).has(`{"media_attachments": [{"id": "` + own.text("id") + `"}, {"id": "` + shared.text("id") + `"}]}`)
	w.file(own.text("url")).is(404)
	w.file(own.text("preview_url")).is(404)
	w.file(shared.text("url")).is(200)
	// The author writes it anew with the same pictures, at other addresses.
	w.file(w.do("GET", "/api/v1/media/"+own.text("id"), ann.token, nil).is(200).text("url")).is(200)
	anew := w.says(ann, "z", "media_ids[]", own.text("id"), "media_ids[]", shared.text("id"))
	w.do("GET", statusesPath+anew, "", nil).is(200).has(`{"media_attachments": [{"id": "` + own.text("id") + `"}, {"id": "` + shared.text("id") + `"}]}`)
	if strings.Contains(string(deleted.body), own.text("url")) {
		t.Error("the answer shows an address that is gone")
	}
}

// ME-03, ME-04: neither what a file is called nor what it is said to be counts.
func TestME04Names(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	named := func(name, kind, data string) *multipartBody {
		return &multipartBody{[]byte("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\nContent-Type: " + kind + "\r\n\r\n" + data + "\r\n--b--\r\n"),
			"multipart/form-data; boundary=b"}
	}
	for i, name := range []string{"../../../../tmp/pwn.png", `..\\..\\x`, "a%00.png", strings.Repeat("x", 4096), "con.png", "%2e%2e", "\u202egnp.exe", "a;b.png", ".", "x.html"} {
		a := w.do("POST", "/api/v2/media", ann.token, named(name, "text/html", picture(t, 8+i, 8))).is(200).has(`{"type": "image"}`)
		key := strings.TrimPrefix(a.text("url"), base+"/media/")
		if strings.Trim(key, "0123456789abcdef/") != ".png" && strings.Trim(key, "0123456789abcdef/") != ".jpg" && strings.Trim(key, "0123456789abcdef/") != ".webp" {
			t.Errorf("%q is at %s", name, key)
		}
		w.file(a.text("url")).is(200)
	}
	for name, data := range map[string]string{"ELF": "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 100), "ZIP": "PK\x03\x04" + strings.Repeat("\x00", 100), "PDF": "%PDF-1.7\n1 0 obj",
		"HTML": "<!doctype html><script>alert(1)</script>", "MP4": "\x00\x00\x00\x18ftypmp42" + strings.Repeat("\x00", 100), "SVG": `<svg xmlns="http://www.w3.org/2000/svg"/>`,
		"empty": "", "PNG that is cut": picture(t, 40, 40)[:50], "GIF that is cut": "GIF89a", "text": "just text"} {
		if a := w.do("POST", "/api/v2/media", ann.token, named("a.png", "image/png", data)); a.status != 422 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

// chunk returns a PNG chunk.
func chunk(kind string, data []byte) string {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.BigEndian, uint32(len(data)))
	b.WriteString(kind)
	b.Write(data)
	_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(append([]byte(kind), data...)))
	return b.String()
}

// ME-01: pictures that claim to be enormous are refused before they are read.
func TestME01Bombs(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	size := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 50_000), 50_000)
	for name, data := range map[string]string{
		"PNG":  "\x89PNG\r\n\x1a\n" + chunk("IHDR", append(size, 8, 2, 0, 0, 0)) + chunk("IDAT", bytes.Repeat([]byte{0}, 1000)) + chunk("IEND", nil),
		"GIF":  "GIF89a\x50\xc3\x50\xc3\x00\x00\x00,\x00\x00\x00\x00\x50\xc3\x50\xc3\x00\x02\x02\x44\x01\x00;",
		"JPEG": "\xff\xd8\xff\xc0\x00\x11\x08\xc3\x50\xc3\x50\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xff\xd9",
		"WebP": "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\xff\xff\xff\x0f\x07\x10\x11\x11\x88\x88\xfe\x07\x00",
	} {
		start := time.Now()
		a := w.do("POST", "/api/v2/media", ann.token, upload(t, "@file", data))
		if a.status != 422 || time.Since(start) > 3*time.Second {
			t.Errorf("%s: %d after %v: %s", name, a.status, time.Since(start), a.body)
		}
	}
}

// ME-06: what a camera writes into a picture is not passed on, and it stays upright.
func TestME06Metadata(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	const canary = "canary52.5200N"
	img := image.NewRGBA(image.Rect(0, 0, 40, 20))
	var plain bytes.Buffer
	w.must(jpeg.Encode(&plain, img, nil))
	segment := func(marker byte, data string) string {
		return "\xff" + string([]byte{marker, byte((len(data) + 2) >> 8), byte(len(data) + 2)}) + data
	}
	// A TIFF directory of one entry: orientation 6, a quarter turn.
	exif := "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00" + canary
	photo := "\xff\xd8" + segment(0xe1, exif) + segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x>"+canary+"</x>") + segment(0xed, "Photoshop 3.0\x00"+canary) +
		segment(0xfe, canary) + plain.String()[2:]
	drawing := picture(t, 20, 40)
	drawing = drawing[:33] + chunk("tEXt", []byte("Author\x00"+canary)) + chunk("eXIf", []byte(canary)) + drawing[33:]
	for name, data := range map[string]string{"JPEG": photo, "PNG": drawing} {
		a := w.do("POST", "/api/v2/media", ann.token, upload(t, "@file", data)).is(200).has(`{"meta": {"original": {"width": 20, "height": 40}}}`)
		for _, url := range []string{"url", "preview_url"} {
			if f := w.file(a.text(url)).is(200); bytes.Contains(f.body, []byte("canary")) || bytes.Contains(f.body, []byte("Exif")) {
				t.Errorf("%s: %s has what the camera wrote", name, url)
			}
		}
	}
}

// zeros is a body that never ends, and how much of it was read.
type zeros struct{ read int64 }

func (z *zeros) Read(p []byte) (int, error) {
	z.read += int64(len(p))
	return len(p), nil
}

// ME-07: one byte too much is refused, and of far too much not all is read.
func TestME07Sizes(t *testing.T) {
	t.Parallel()
	w := open(t, func(_ *mastodon.Deps, c *mastodon.Config) { c.UploadBytes = 2 << 20 })
	ann := w.person("ann")
	small := picture(t, 10, 10)
	if a := w.do("POST", "/api/v2/media", ann.token, upload(t, "@file", small+strings.Repeat("\x00", 2<<20))); a.status != 413 {
		t.Errorf("%d %s", a.status, a.body)
	}
	endless := &zeros{}
	r, err := http.NewRequest("POST", w.server.URL+"/api/v2/media", io.MultiReader(
		strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n"), endless))
	w.must(err)
	r.Header.Set("Authorization", "Bearer "+ann.token)
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	res, err := http.DefaultClient.Do(r)
	if err == nil { // else the connection was closed under our feet
		if res.StatusCode != 413 {
			t.Errorf("%d", res.StatusCode)
		}
		w.must(res.Body.Close())
	}
	if endless.read > 16<<20 { // what the server took, and the sockets' buffers
		t.Errorf("%d bytes were read", endless.read)
	}

	// The limit of the picture itself, which the instance tells.
	w = open(t)
	ann = w.person("ann")
	limit := int(mustInt(t, w.do("GET", "/api/v2/instance", "", nil).text("configuration.media_attachments.image_size_limit")))
	w.do("POST", "/api/v2/media", ann.token, upload(t, "@file", small+strings.Repeat("\x00", limit+1-len(small)))).is(413)
	w.do("POST", "/api/v2/media", ann.token, upload(t, "@file", small)).is(200)
}

func mustInt(t *testing.T, s string) (n int64) {
	t.Helper()
	if _, err := fmt.Sscan(s, &n); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return n
}

// ME-09: damaged pictures are refused or shown, and nothing else happens.
func TestME09Mutations(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	img := image.NewPaletted(image.Rect(0, 0, 12, 9), color.Palette{color.Black, color.White, color.RGBA{200, 0, 0, 255}})
	for i := range img.Pix {
		img.Pix[i] = uint8(i % 3)
	}
	var photo, animation bytes.Buffer
	w.must(jpeg.Encode(&photo, img, nil))
	w.must(gif.EncodeAll(&animation, &gif.GIF{Image: []*image.Paletted{img, img}, Delay: []int{1, 1}}))
	web, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	w.must(err)
	random := rand.New(rand.NewPCG(1, 2))
	for name, seed := range map[string][]byte{"JPEG": photo.Bytes(), "PNG": []byte(picture(t, 12, 9)), "GIF": animation.Bytes(), "WebP": web} {
		w.do("POST", "/api/v2/media", ann.token, upload(t, "@file", string(seed))).is(200)
		for range 15 {
			data := bytes.Clone(seed)
			for range 1 + random.IntN(4) {
				data[random.IntN(len(data))] ^= 1 << random.IntN(8)
			}
			if random.IntN(3) == 0 {
				data = data[:random.IntN(len(data))]
			}
			if a := w.do("POST", "/api/v2/media", ann.token, upload(t, "@file", string(data))); a.status != 200 && a.status != 422 {
				t.Errorf("%s %x: %d %s", name, data, a.status, a.body)
			}
		}
	}
	w.upload(ann, "alive")
}

// Whoever deletes a post for good can have its images deleted with it.
func TestDeleteWithMedia(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	post := func() (id, media string) {
		media = w.upload(ann, "a picture")
		return w.says(ann, "look", "media_ids[]", media), media
	}
	kept, media := post()
	w.do("DELETE", statusesPath+kept+"?delete_media=false", ann.token, nil).is(200)
	w.do("GET", "/api/v1/media/"+media, ann.token, nil).is(200)
	for _, ask := range []struct{ query, body string }{{"?delete_media=true", ""}, {"", "delete_media=true"}, {"", `{"delete_media": true}`}} {
		id, media := post()
		var body any
		if ask.body != "" {
			body = ask.body
		}
		w.do("DELETE", statusesPath+id+ask.query, bob.token, body).same404()
		w.do("DELETE", statusesPath+id+ask.query, ann.token, body).is(200).has(`{"id": "` + id + `", "text": "look"}`)
		w.do("GET", "/api/v1/media/"+media, ann.token, nil).same404()
		w.do("POST", "/api/v1/statuses", ann.token, form("status", "again", "media_ids[]", media)).is(422)
	}
	id, media := post()
	boost := w.do("POST", statusesPath+id+"/reblog", ann.token, nil).is(200).text("id")
	w.do("DELETE", statusesPath+boost+"?delete_media=true", ann.token, nil).is(200)
	w.do("GET", statusesPath+id, "", nil).is(200).has(`{"media_attachments": [{"id": "` + media + `"}]}`)
}
