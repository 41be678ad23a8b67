package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/text"
	"github.com/guildhall/guildhall/posts"
)

func photo(w *world) []byte {
	w.Helper()
	var b bytes.Buffer
	w.must(jpeg.Encode(&b, paint(64, 48), nil))
	return b.Bytes()
}

// sends posts a form with files; fields come in pairs and may repeat.
func (b *browser) sends(path string, files [][]byte, fields ...string) *shown {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		b.must(form.WriteField(fields[i], fields[i+1]))
	}
	for i, file := range files {
		part, err := form.CreateFormFile("file", fmt.Sprintf("picture %d.jpg", i))
		b.must(err)
		_, err = part.Write(file)
		b.must(err)
	}
	b.must(form.Close())
	r, err := http.NewRequestWithContext(b.kit.Ctx, "POST", b.base+path, &body)
	b.must(err)
	for name, values := range b.header {
		r.Header[name] = values
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.send(r)
}

// hidden is the value of the page's first field with a name.
func (s *shown) hidden(name string) string {
	s.Helper()
	for n := range s.nodes("input") {
		if attr(n, "name") == name {
			return attr(n, "value")
		}
	}
	s.Fatalf("%s has no field %s\n%s", s.call, name, s.body)
	return ""
}

// Without scripts, pictures come with the form, and are described before or
// after they are posted.
func TestPictures(t *testing.T) {
	w := open(t)
	w.member("ann")
	a := w.signedIn("ann")
	token := a.get("/compose").is(http.StatusOK).token()
	page := a.sends("/compose", [][]byte{photo(w)}, "token", token, "text", "Look", "attach", "1").is(http.StatusOK).says("Look", "Describe it")
	id := page.hidden("media")
	post := a.sends("/compose", nil, "token", token, "text", "Look", "media", id, "alt"+id, "A mill").is(http.StatusSeeOther).follow().is(http.StatusOK)
	if alts := post.attrs("img", "alt"); !strings.Contains(strings.Join(alts, "|"), "A mill") {
		t.Errorf("the pictures are %q", alts)
	}
	// A picture is enough, and at once is fine.
	a.sends("/compose", [][]byte{photo(w)}, "token", token, "text", "").is(http.StatusSeeOther)
	// What does not work is told, and nothing is lost.
	a.sends("/compose", [][]byte{[]byte("no picture")}, "token", token, "text", "Look again").is(http.StatusUnprocessableEntity).
		says("Look again", "picture 0.jpg", "The file is not a JPEG, PNG, GIF or WebP image")
	p := photo(w)
	many := a.sends("/compose", [][]byte{p, p, p, p, p}, "token", token, "text", "Five").is(http.StatusUnprocessableEntity).says("at most 4 pictures")
	if n := strings.Count(many.body, `name="media"`); n != 4 {
		t.Errorf("%d pictures are kept", n)
	}
	rest := a.sends("/compose", nil, "token", token, "text", "x", "media", id, "detach", id).is(http.StatusOK)
	if strings.Contains(rest.body, `name="media"`) {
		t.Error("what was removed is still there")
	}
}

// A script sends each picture by itself.
func TestUpload(t *testing.T) {
	w := open(t)
	w.member("ann")
	w.member("ben")
	a, b := w.signedIn("ann"), w.signedIn("ben")
	token, other := a.get("/").token(), b.get("/").token()
	a.header.Set("HX-Request", "true")
	part := a.sends("/media", [][]byte{photo(w)}, "token", token).is(http.StatusOK)
	id := part.hidden("media")
	if strings.Contains(part.body, "<html") || !strings.Contains(part.body, `name="alt`+id+`"`) {
		t.Errorf("the part: %s", part.body)
	}
	a.sends("/media", [][]byte{[]byte("x")}, "token", token).is(http.StatusUnprocessableEntity).says("not a JPEG")
	a.sends("/media", nil, "token", token).is(http.StatusBadRequest)
	a.sends("/media", [][]byte{photo(w)}, "token", other).is(http.StatusForbidden)
	// Somebody else's picture is nobody's to post.
	if s := b.sends("/compose", nil, "token", other, "text", "mine now", "media", id).is(http.StatusSeeOther).follow(); strings.Contains(s.body, `class="pictures`) {
		t.Error("ben has posted a picture of ann's")
	}
	// Who is not signed in sends no files.
	if s := w.browser().sends("/media", [][]byte{make([]byte, 100_000)}); s.status == http.StatusOK {
		t.Errorf("a visitor's upload: %d", s.status)
	}
}

func TestPollIsWritten(t *testing.T) {
	w := open(t)
	w.member("ann")
	a := w.signedIn("ann")
	token := a.get("/compose").token()
	form := url.Values{"token": {token}, "text": {"Tabs?"}, "option": {"Yes", "No", "", ""}, "expires": {"360"}, "multiple": {"1"}, "language": {"de"}}
	post := a.do("POST", "/compose", form).is(http.StatusSeeOther).follow().says("Tabs?", "Yes", "No", "6 hours left")
	if lang := strings.Join(post.attrs("div", "lang"), ""); lang != "de" {
		t.Errorf("the language is %q", lang)
	}
	form.Set("option", "Only one")
	again := a.do("POST", "/compose", form).is(http.StatusUnprocessableEntity).says("Poll must have more than one option")
	if !strings.Contains(again.body, `value="Only one"`) {
		t.Error("the option is lost")
	}
}

// Authors edit their posts, and everybody sees what they said before.
func TestEdit(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	w.member("ben")
	picture := w.picture(ann, 64, 48, "A mil")
	view := w.post(ann, posts.Draft{Text: "Helo", Media: []ids.ID{picture}})
	path := w.address("ann", view)
	a, b := w.signedIn("ann"), w.signedIn("ben")
	if to := a.get(path).href("Edit"); to != path+"/edit" {
		t.Errorf("edited at %s", to)
	}
	form := a.get(path+"/edit").is(http.StatusOK).says("Helo", "A mil")
	_, fields := form.form(path + "/edit")
	id, token := picture.String(), fields.Get("token")
	a.sends(path+"/edit", nil, "token", token, "text", strings.Repeat("x", 501), "media", id, "alt"+id, "A mill").
		is(http.StatusUnprocessableEntity).says(strings.Repeat("x", 501))
	now := a.sends(path+"/edit", nil, "token", token, "text", "Hello", "media", id, "alt"+id, "A mill").is(http.StatusSeeOther).follow().says("Hello", "edited")
	if alts := strings.Join(now.attrs("img", "alt"), "|"); !strings.Contains(alts, "A mill") {
		t.Errorf("the pictures are %q", alts)
	}
	w.browser().get(path+"/history").is(http.StatusOK).says("Helo", "Hello", "First", "Now")
	b.get(path + "/edit").is(http.StatusNotFound)
	b.do("POST", path+"/edit", url.Values{"token": {b.get("/").token()}, "text": {"mine"}}).is(http.StatusNotFound)
	b.get("/@ben/" + view.ID.String() + "/history").is(http.StatusNotFound)
	hidden := w.post(ann, posts.Draft{Text: "@ann note", Visibility: ref(posts.Direct)})
	b.get(w.address("ann", hidden) + "/history").is(http.StatusNotFound)
}

// lengths are texts that the script counts as the server does.
var lengths = []string{"", "  abc \n", "日本語", "e\u0301", "\u0301", "हिन्दी", "👍🏽", "👩‍👩‍👧‍👦!", "❤️", "🇩🇪🇫🇷", "각", "1️⃣", "#tag", "a\tb\r\nc",
	"https://example.com/" + strings.Repeat("x", 300), "(https://a.test) http://b.test", "see https://a.test/x_(y), ok", "https://a.test/a.", "xhttps://a.test/long/enough/to/tell",
	"https://ada@evil.test/path/that/is/long", "https://", "HTTPS://A.test/x", "https://a.test/?q=a&b=[c]…", "@ada hi", "@ada@far.example.com hi", "@ada@far.example.com. hi",
	"me@far.example.com", "@@ada@far.example.com", "@ada@far.example.com@x", "a" + strings.Repeat("\u0301", 319)}

// A picture with its description is posted from the home page, and what the
// script counts is what the server counts.
func TestChromiumPicture(t *testing.T) {
	w := open(t)
	w.member("ann")
	ctx := chromium(t)
	w.enters(ctx, "ann")
	for _, s := range lengths {
		quoted, err := json.Marshal(s)
		w.must(err)
		got, err := chromedp.Run(ctx, chromedp.Evaluate[int]("postLength("+string(quoted)+")"))
		w.must(err)
		if want := text.Length(s); got != want {
			t.Errorf("the script takes %q for %d long, want %d", s, got, want)
		}
	}
	file := filepath.Join(t.TempDir(), "mill.jpg")
	w.must(os.WriteFile(file, photo(w), 0o600))
	w.must(chromedp.Do(ctx, chromedp.SetUploadFiles("[data-composer] input[name=file]", []string{file}),
		chromedp.WaitVisible(".attachment textarea"), chromedp.SendKeys(".attachment textarea", "A mill at dawn"),
		chromedp.SendKeys("#text", "From the walk"), chromedp.Click("[data-composer] .tools .go"),
		chromedp.WaitVisible("#posted article"), chromedp.WaitReady(`#posted img[alt="A mill at dawn"]`)))
	kept, err := chromedp.Run(ctx, chromedp.Evaluate[int]("Object.keys(localStorage).filter(k => k.startsWith('draft:')).length"))
	w.must(err)
	if kept != 0 {
		t.Error("the draft is still kept")
	}
}
