package web_test

import (
	"bytes"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
)

// upload sends a form with a file.
func (b *browser) upload(path, name string, file []byte, fields ...string) *shown {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		b.must(form.WriteField(fields[i], fields[i+1]))
	}
	part, err := form.CreateFormFile(name, "picture.png")
	b.must(err)
	_, err = part.Write(file)
	b.must(err)
	b.must(form.Close())
	r, err := http.NewRequestWithContext(b.kit.Ctx, "POST", b.base+path, &body)
	b.must(err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.send(r)
}

// Administrators write rules, announcements and the server's texts.
func TestHouse(t *testing.T) {
	w := open(t)
	w.keeper("adm", identity.RoleAdmin)
	a := w.signedIn("adm")
	says := func(path, text string) {
		t.Helper()
		testkit.Eventually(t, func() bool { return strings.Contains(a.get(path).is(http.StatusOK).body, text) })
	}
	a.get("/admin/rules").is(http.StatusOK).says("No rules yet").submit("/admin/rules", "text", "", "hint", "kept").is(http.StatusUnprocessableEntity).says("an't be blank", "kept")
	a.get("/admin/rules").submit("/admin/rules", "text", "x", "position", "first").is(http.StatusUnprocessableEntity).says("ust be a number")
	a.get("/admin/rules").submit("/admin/rules", "text", "Be <kind>", "hint", "Always").is(http.StatusSeeOther)
	says("/admin/rules", "Be &lt;kind&gt;")
	edit := a.get("/admin/rules").href("Edit")
	_, form := a.get(edit).says("Change a rule").form("/admin/rules")
	form.Set("text", "Be fair")
	form.Set("id", strings.TrimPrefix(edit, "/admin/rules?edit="))
	a.do("POST", "/admin/rules", form).is(http.StatusSeeOther)
	says("/admin/rules", "Be fair")
	remove, _ := a.get("/admin/rules").form("/admin/rules/")
	a.get("/admin/rules").submit(remove).is(http.StatusSeeOther)
	says("/admin/rules", "No rules yet")
	a.get("/admin/rules?edit=1").is(http.StatusNotFound)

	a.get("/admin/announcements").submit("/admin/announcements", "text", "Party", "starts_at", "soon").is(http.StatusUnprocessableEntity).says("Party", "ust be a day")
	a.get("/admin/announcements").submit("/admin/announcements", "text", "Party at <eight>").is(http.StatusSeeOther).follow().says("Party at <eight>", "not published")
	publish, _ := a.get("/admin/announcements").form("/admin/announcements/")
	a.get("/admin/announcements").submit(publish).is(http.StatusSeeOther).follow().says("Take back")
	a.get("/admin/announcements").submit(strings.Replace(publish, "publish", "remove", 1)).is(http.StatusSeeOther).follow().says("Nothing was announced")

	a.get("/admin/terms").submit("/admin/terms/privacy", "privacy", strings.Repeat("We keep little. ", 5000)).is(http.StatusSeeOther)
	says("/privacy-policy", "We keep little.")
	a.get("/admin/terms").submit("/admin/terms/description", "description", "A hall for all").is(http.StatusSeeOther)
	says("/admin/terms", "A hall for all")
	a.get("/admin/terms").submit("/admin/terms/terms", "terms", "Be good", "effective_date", "2001-01-01").is(http.StatusUnprocessableEntity).says("Be good", "ay to come")
	a.get("/admin/terms").submit("/admin/terms/terms", "terms", "Be good", "effective_date", "2999-01-01").is(http.StatusSeeOther)
	says("/admin/terms", "Terms from 2999-01-01")
	for _, path := range []string{"/admin/rules", "/admin/announcements", "/admin/terms", "/admin"} {
		readable(t, path, a.get(path))
	}
}

// Emoji are small pictures; what is none is refused beside its field.
func TestEmojiPage(t *testing.T) {
	w := open(t)
	w.keeper("adm", identity.RoleAdmin)
	a := w.signedIn("adm")
	var picture bytes.Buffer
	w.must(png.Encode(&picture, paint(32, 32)))
	token := a.staffToken().Get("token")
	a.upload("/admin/emoji", "image", picture.Bytes(), "token", "x", "shortcode", "mill").is(http.StatusForbidden)
	a.upload("/admin/emoji", "image", []byte("no picture"), "token", token, "shortcode", "mill").is(http.StatusUnprocessableEntity).says("annot be used", "Picture")
	a.upload("/admin/emoji", "image", bytes.Repeat([]byte("x"), 300<<10), "token", token, "shortcode", "mill").is(http.StatusUnprocessableEntity)
	a.upload("/admin/emoji", "image", bytes.Repeat([]byte("x"), 1<<20), "token", token, "shortcode", "mill").is(http.StatusRequestEntityTooLarge)
	s := a.upload("/admin/emoji", "image", picture.Bytes(), "token", token, "shortcode", ":mill:", "category", "Work").is(http.StatusSeeOther).follow().says(":mill:", "Work", "Hide")
	readable(t, "emoji", s)
	hide, _ := s.form("/admin/emoji/")
	s.submit(hide).is(http.StatusSeeOther).follow().says("Offer").submit(strings.Replace(hide, "hide", "remove", 1)).is(http.StatusSeeOther).follow().says("No emoji of your own")
}

// Blocks are made, logged and taken back.
func TestBlocksPage(t *testing.T) {
	w := open(t)
	w.keeper("adm", identity.RoleAdmin)
	a := w.signedIn("adm")
	for kind, typed := range map[string]string{"email": "mail.test", "ip": "198.51.100.0/24", "domain": "server.test", "box": "Spam.Mer+x@mail.test", "allow": "friend.test"} {
		severity := map[string]string{"email": "approval", "ip": "sign_up_block", "domain": "suspend"}[kind]
		path := "/admin/blocks/" + kind
		a.get("/admin/blocks").submit(path, kind, "not <one>", kind+"-severity", severity).is(http.StatusUnprocessableEntity).says("What it does")
		s := a.get("/admin/blocks").submit(path, kind, typed, kind+"-severity", severity).is(http.StatusSeeOther).follow()
		if kind == "box" {
			typed = "9d8c819ae78" // what is kept of it
		}
		s.says(typed)
		readable(t, path, s)
		a.get("/admin/log").says(typed)
		remove, _ := s.form(path + "/")
		if s = s.submit(remove).is(http.StatusSeeOther).follow(); strings.Contains(s.body, typed+"<") || strings.Contains(s.body, typed+"…<") {
			t.Errorf("%s is still blocked", typed)
		}
		s.do("POST", remove, a.staffToken()).is(http.StatusNotFound)
	}
	a.get("/admin/blocks").submit("/admin/blocks/ip", "ip", "127.0.0.0/8", "ip-severity", "no_access").is(http.StatusUnprocessableEntity).says("Your own address")
	a.do("POST", "/admin/blocks/color", a.staffToken()).is(http.StatusNotFound)
	list, err := w.identity.IPBlocks(w.kit.Ctx, 0, page.Page{Limit: 9})
	w.must(err)
	if len(list) != 0 {
		t.Errorf("blocks are left: %v", list)
	}
}
