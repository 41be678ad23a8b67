package mastodon_test

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/identity"
)

const emojisPath = "/api/guildhall/v1/admin/custom_emojis"

func TestCustomEmojis(t *testing.T) {
	t.Parallel()
	w := open(t)
	mod, ann := w.staff("mod", identity.RoleModerator), w.person("ann")
	post := w.do("POST", "/api/v1/statuses", ann.token, form("status", "Ship :party: now", "spoiler_text", ":go_2:", "poll[options][]", "yes",
		"poll[options][]", ":party: no", "poll[expires_in]", "600")).is(200)
	path := "/api/v1/statuses/" + post.text("id")
	w.do("GET", path, "", nil).is(200).has(`{"emojis": [], "poll": {"emojis": []}, "account": {"emojis": []}}`)
	w.do("PATCH", "/api/v1/accounts/update_credentials", ann.token, form("display_name", "Ann :party:", "note", "at work: :Party:",
		"fields_attributes[0][name]", "x", "fields_attributes[0][value]", ":go_2:")).is(200)

	party := w.do("POST", emojisPath, mod.token, upload(t, "shortcode", "party", "@image", picture(t, 20, 20), "category", "fun")).is(200).
		has(`{"shortcode": "party", "category": "fun", "visible_in_picker": true, "featured": false}`)
	w.do("POST", emojisPath, mod.token, upload(t, "shortcode", "go_2", "@image", picture(t, 30, 20), "visible_in_picker", "false")).is(200)
	w.do("GET", "/api/v1/custom_emojis", "", nil).is(200).has(`[{"shortcode": "go_2", "category": null, "visible_in_picker": false}, {"shortcode": "party"}]`)
	w.do("GET", emojisPath, mod.token, nil).is(200).has(`[{"shortcode": "go_2"}, {"shortcode": "party"}]`)
	// What was written before, and is cached, has them at once.
	w.do("GET", path, "", nil).is(200).has(`{"emojis": [{"shortcode": "go_2"}, {"shortcode": "party"}], "poll": {"emojis": [{"shortcode": "party"}]},
		"account": {"emojis": [{"shortcode": "party"}, {"shortcode": "go_2"}]}}`)
	w.do("GET", path+"/history", "", nil).is(200).has(`[{"emojis": [{"shortcode": "go_2"}, {"shortcode": "party"}]}]`)
	key := strings.TrimPrefix(party.text("url"), base+"/media/")
	if f := w.do("GET", "/media/"+key, "", nil).is(200); !strings.HasPrefix(http.DetectContentType(f.body), "image/") {
		t.Errorf("the emoji is %q", f.body[:min(20, len(f.body))])
	}

	id := emojisPath + "/" + party.text("id")
	for _, method := range []string{"PATCH", "PUT"} {
		w.do(method, id, mod.token, `{"category": "", "featured": true}`).is(200).has(`{"shortcode": "party", "category": null, "featured": true}`)
	}
	changed := w.do("PATCH", id, mod.token, upload(t, "@image", picture(t, 40, 40))).is(200)
	w.do("GET", "/media/"+key, "", nil).is(404) // the picture before
	w.do("GET", path, "", nil).is(200).has(`{"poll": {"emojis": [{"url": "` + changed.text("url") + `"}]}}`)
	w.do("DELETE", id, mod.token, nil).is(200)
	w.do("GET", path, "", nil).is(200).has(`{"emojis": [{"shortcode": "go_2"}]}`)
	w.run([]test{
		{"gone", "DELETE", id, mod.token, nil, 404, ""},
		{"gone", "PATCH", id, mod.token, `{"category": "x"}`, 404, ""},
		{"a member", "GET", emojisPath, w.token(ann, "admin:read"), nil, 403, `{"error": "This action is not allowed"}`},
		{"a member", "POST", emojisPath, w.token(ann, "admin:write"), form("shortcode", "xx"), 403, ""},
		{"a member", "DELETE", id, w.token(ann, "admin:write"), nil, 403, ""},
		{"reading only", "DELETE", id, w.token(mod, "admin:read"), nil, 403, ""},
		{"nobody", "GET", emojisPath, "", nil, 401, ""},
	})
}

// Where a shortcode begins and ends.
func TestShortcodes(t *testing.T) {
	t.Parallel()
	w := open(t)
	mod := w.staff("mod", identity.RoleModerator)
	w.do("POST", emojisPath, mod.token, upload(t, "shortcode", "ab", "@image", picture(t, 20, 20))).is(200)
	for text, found := range map[string]bool{
		":ab:": true, "x :ab: y": true, "(:ab:)": true, ":ab::ab:": false, "::ab:": false, "x:ab:": false, ":ab:y": false, ":ab": false, "ab:": false,
		":AB:": false, ":a:ab:": false, "12:ab:30": false, ": :ab:": true, "é:ab:é": true, ":ab:!": true, ":a b:": false, ":x :ab:": true,
	} {
		a := w.do("POST", "/api/v1/statuses", mod.token, form("status", text)).is(200)
		if got := a.text("emojis.length") == "1"; got != found {
			t.Errorf("%q: %s", text, a.text("emojis.length"))
		}
	}
}

// ME-01, ME-03, ME-12, XS-08: what may not become an emoji.
func TestME03EmojiImages(t *testing.T) {
	t.Parallel()
	w := open(t)
	mod := w.staff("mod", identity.RoleModerator)
	var photo, animation bytes.Buffer
	w.must(jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 9, 9)), nil))
	frame := image.NewPaletted(image.Rect(0, 0, 9, 9), color.Palette{color.Black, color.White})
	w.must(gif.EncodeAll(&animation, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}}))
	huge := []byte(picture(t, 8, 8))
	copy(huge[16:24], "\x00\x00\xc3\x50\x00\x00\xc3\x50") // says that it has 50,000 x 50,000 pixels
	for name, data := range map[string]string{
		"JPEG": photo.String(), "text": "just text", "nothing": "", "SVG": `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
		"HTML": "<!doctype html><script>alert(1)</script>", "too many bytes": picture(t, 9, 9) + strings.Repeat("x", 256<<10), "cut": picture(t, 50, 50)[:60],
		"ELF": "\x7fELF\x02\x01\x01", "huge": string(huge),
	} {
		if a := w.do("POST", emojisPath, mod.token, upload(t, "shortcode", "xx", "@image", data)); a.status != 422 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	for _, code := range []string{"", "a", "a b", "a-b", ":ab:", "é2", "ab\n", strings.Repeat("a", 129), "../x"} {
		if a := w.do("POST", emojisPath, mod.token, upload(t, "shortcode", code, "@image", picture(t, 9, 9))); a.status != 422 {
			t.Errorf("%q: %d %s", code, a.status, a.body)
		}
	}
	w.do("POST", emojisPath, mod.token, form("shortcode", "xx")).is(422)
	w.do("GET", "/api/v1/custom_emojis", "", nil).is(200).has(`[]`)
	w.do("POST", emojisPath, mod.token, upload(t, "shortcode", strings.Repeat("a", 128), "@image", animation.String())).is(200)
	w.do("POST", emojisPath, mod.token, upload(t, "shortcode", strings.Repeat("a", 128), "@image", picture(t, 7, 7))).is(422).
		has(`{"details": {"shortcode": [{"error": "ERR_TAKEN"}]}}`)
	w.do("POST", emojisPath, mod.token, upload(t, "shortcode", "xx", "@image", picture(t, 9, 9), "category", strings.Repeat("x", 101))).is(422)
}
