package profiles_test

import (
	"bytes"
	"errors"
	"fmt"
	stdimage "image"
	"image/color"
	"image/gif"
	"image/png"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

func TestUpdate(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ann := w.people("ann")[0]
		old := w.account(ann)
		a := w.update(ann, profiles.Update{
			DisplayName: ref(" Ann\n\x00Lee\xff "), Note: ref("one\r\ntwo <b>"),
			Fields: &[]profiles.Field{{Name: "Site", Value: "https://ann.example"}, {}, {Name: "Empty"}},
			Locked: ref(true), Bot: ref(true), Discoverable: ref(true), Indexable: ref(true), HideCollections: ref(true),
			Privacy: ref("private"), Language: ref("PT-br"), Sensitive: ref(true), AvatarAlt: ref("me"), HeaderAlt: ref("a hill"),
		})
		if a.DisplayName != "Ann Lee\uFFFD" || a.Note != "one\ntwo <b>" || a.NoteHTML != "one\ntwo &lt;b&gt;" || len(a.Fields) != 2 ||
			a.Fields[0].Value != "https://ann.example" || a.Fields[1].Name != "Empty" ||
			!a.Locked || !a.Bot || !a.Discoverable || !a.Indexable || !a.HideCollections || a.Privacy != "private" || a.Language != "pt-BR" ||
			!a.Sensitive || a.AvatarAlt != "me" || a.HeaderAlt != "a hill" {
			t.Errorf("%+v", a)
		}
		if old.DisplayName != "" || old == a {
			t.Error("the shared value was changed")
		}
		if b := w.update(ann, profiles.Update{}); fmt.Sprintf("%+v", *b) != fmt.Sprintf("%+v", *a) {
			t.Errorf("nothing given, but\n%+v\n%+v", a, b)
		}
		b := w.update(ann, profiles.Update{DisplayName: ref(""), Fields: &[]profiles.Field{}, Locked: ref(false), Language: ref("")})
		if b.DisplayName != "" || len(b.Fields) != 0 || b.Locked || b.Language != "" || b.Note != a.Note || !b.Bot {
			t.Errorf("%+v", b)
		}
		if got := w.recorded(); got != "updated updated updated" {
			t.Error(got)
		}
		if _, err := w.Update(k.Ctx, 42, profiles.Update{}); !errs.Is(err, errs.NotFound) {
			t.Error(err)
		}
	})
}

// Websites on the list, and those below them, may name the account as an author.
func TestAttributions(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ann := w.people("ann")[0]
		a := w.update(ann, profiles.Update{AttributionDomains: &[]string{"News.Example", " *.blog.example ", "", "news.example"},
			Fields: &[]profiles.Field{{Name: "a", Value: "b"}, {Name: "c", Value: "d"}}})
		if fmt.Sprint(a.Attributions) != "[news.example blog.example]" || len(a.Fields) != 2 {
			t.Errorf("%+v", a)
		}
		for host, want := range map[string]bool{"news.example": true, "NEWS.example.": true, "a.b.blog.example": true, "ews.example": false, "example": false, "": false,
			"news.example.evil.test": false, "evilnews.example": false} {
			if a.Attributes(host) != want {
				t.Errorf("%q: %v", host, !want)
			}
		}
		if a = w.update(ann, profiles.Update{AttributionDomains: &[]string{}}); len(a.Attributions) != 0 || a.Attributes("news.example") || len(a.Fields) != 2 {
			t.Errorf("%+v", a)
		}
	})
}

func TestUpdateRefuses(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ann := w.people("ann")[0]
		long := func(n int) *string { return ref(strings.Repeat("é", n)) }
		fields := func(list ...profiles.Field) *[]profiles.Field { return &list }
		w.update(ann, profiles.Update{DisplayName: long(30), Note: long(500), Fields: fields(profiles.Field{Name: *long(255), Value: *long(255)})})
		before := w.account(ann)
		for _, c := range []struct {
			u    profiles.Update
			want string
		}{
			{profiles.Update{DisplayName: long(31)}, "display_name ERR_TOO_LONG"},
			{profiles.Update{Note: long(501)}, "note ERR_TOO_LONG"},
			{profiles.Update{AvatarAlt: long(1501)}, "avatar_description ERR_TOO_LONG"},
			{profiles.Update{HeaderAlt: long(1 << 20)}, "header_description ERR_TOO_LONG"},
			{profiles.Update{Fields: fields(profiles.Field{Name: "a", Value: *long(256)})}, "fields ERR_TOO_LONG"},
			{profiles.Update{Fields: fields(profiles.Field{Name: *long(256)})}, "fields ERR_TOO_LONG"},
			{profiles.Update{Fields: fields(profiles.Field{Value: "a"})}, "fields ERR_BLANK"},
			{profiles.Update{Fields: ref(make5())}, "fields ERR_TOO_MANY"},
			{profiles.Update{Privacy: ref("everyone")}, "privacy ERR_INCLUSION"},
			{profiles.Update{Language: ref("not a language")}, "language ERR_INVALID"},
			{profiles.Update{Language: long(1 << 20)}, "language ERR_INVALID"},
		} {
			c.u.Bot = ref(true)
			_, err := w.Update(k.Ctx, ann, c.u)
			var e *errs.Error
			input, code, _ := strings.Cut(c.want, " ")
			if !errors.As(err, &e) || e.Kind != errs.Invalid || len(e.Fields) != 1 || e.Fields[input][0].Code != code || !strings.HasPrefix(e.Text, "Validation failed: ") {
				t.Errorf("%s: %+v", c.want, err)
			}
		}
		if w.account(ann) != before {
			t.Error("something was changed")
		}
	})
}

func make5() []profiles.Field {
	var list []profiles.Field
	for i := range 5 {
		list = append(list, profiles.Field{Name: fmt.Sprint(i), Value: "x"})
	}
	return list
}

func TestPictures(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ann := w.people("ann")[0]
		a := w.update(ann, profiles.Update{Avatar: pngOf(t, 30, 60), Header: gifOf(t, 3)})
		for key, want := range map[string]stdimage.Point{a.Avatar: {X: 400, Y: 400}, a.Header: {X: 1500, Y: 500}} {
			if got := w.size(key); got != want {
				t.Errorf("%s: %v, want %v", key, got, want)
			}
		}
		b := w.update(ann, profiles.Update{RemoveAvatar: true})
		if b.Avatar != "" || b.Header != a.Header {
			t.Errorf("%+v", b)
		}
		// An upload wins over a removal in the same request.
		if b := w.update(ann, profiles.Update{RemoveAvatar: true, Avatar: pngOf(t, 30, 60)}); b.Avatar != a.Avatar {
			t.Errorf("%+v", b)
		}
	})
}

// ME-12: what is no picture is refused, and the old one stays.
func TestME12BadPictures(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := open(t, k)
		ann := w.people("ann")[0]
		before := w.update(ann, profiles.Update{Avatar: pngOf(t, 30, 60), Header: pngOf(t, 60, 30)})
		huge := append(pngOf(t, 30, 60), make([]byte, 20<<20)...)
		for name, data := range map[string][]byte{
			"text":          []byte("just text, whatever its name"),
			"20 MB":         huge,
			"0 bytes":       {},
			"100 frames":    gifOf(t, 100),
			"cut":           pngOf(t, 30, 60)[:60],
			"cut animation": gifOf(t, 3)[:20],
			"svg":           []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`),
		} {
			for input, u := range map[string]profiles.Update{"avatar": {Avatar: data}, "header": {Header: data}} {
				u.DisplayName = ref("changed")
				_, err := w.Update(k.Ctx, ann, u)
				var e *errs.Error
				if !errors.As(err, &e) || e.Kind != errs.Invalid || len(e.Fields[input]) != 1 {
					t.Errorf("%s as %s: %v", name, input, err)
				}
			}
		}
		if w.account(ann) != before || w.size(before.Avatar).X != 400 {
			t.Error("the old picture has gone")
		}
	})
}

// size decodes a stored picture.
func (w *town) size(key string) stdimage.Point {
	w.Helper()
	f, _, err := w.deps.Blobs.Open(w.kit.Ctx, key)
	if err != nil {
		w.Fatal(err)
	}
	defer f.Close()
	c, _, err := stdimage.DecodeConfig(f)
	if err != nil {
		w.Fatal(err)
	}
	return stdimage.Point{X: c.Width, Y: c.Height}
}

func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, stdimage.NewGray(stdimage.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gifOf(t *testing.T, frames int) []byte {
	t.Helper()
	g := &gif.GIF{}
	for range frames {
		g.Image = append(g.Image, stdimage.NewPaletted(stdimage.Rect(0, 0, 40, 40), color.Palette{color.Black, color.White}))
		g.Delay = append(g.Delay, 1)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
