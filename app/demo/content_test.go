package demo

import (
	"image"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWrittenContent(t *testing.T) {
	count := map[string]int{}
	members := map[string]bool{}
	for _, p := range loadProfiles() {
		members[p.Username] = true
	}
	used := map[string]bool{}
	for _, s := range loadScripts() {
		for _, p := range s.parts {
			if p.text == "" || strings.Contains(p.text, "\n\n\n") {
				t.Errorf("empty text or gap in %q", s.parts[0].text)
			}
			for _, ref := range p.images {
				used[ref.name] = true
			}
		}
		if len(s.topics) == 0 {
			t.Errorf("no topic: %q", s.parts[0].text)
		}
		for _, name := range s.cast {
			if !members[name] {
				t.Errorf("nobody is called %q", name)
			}
		}
		switch {
		case s.template:
			count["templates"]++
		case s.poll != nil:
			count["polls"]++
		case len(s.parts) > 3:
			count["threads"]++
		default:
			count["single"]++
		}
	}
	for what, least := range map[string]int{"single": 150, "threads": 60, "polls": 25, "templates": 15} {
		if count[what] < least {
			t.Errorf("%s: %d, want at least %d", what, count[what], least)
		}
	}
	for name := range pictures() {
		if !used[name] {
			t.Errorf("picture %q is not used", name)
		}
	}
}

func TestDirectPostsReachTheirReaders(t *testing.T) {
	for _, s := range loadScripts() {
		if s.visibility == "direct" && (len(s.cast) != s.voices() || !strings.HasPrefix(s.parts[0].text, "@"+s.cast[1])) {
			t.Errorf("cast or address is missing: %q", s.parts[0].text)
		}
	}
}

func TestParseScripts(t *testing.T) {
	const text = `# databases sre lang=de vis=private poll=2d multiple by=ada
cw: careful
First line
  indented
- yes
- no
! chart | A chart of something
> B: reply
second line
>> A: deeper
> C: another
`
	all, err := parseScripts(text)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d scripts, %v", len(all), err)
	}
	s := all[0]
	if !slices.Equal(s.topics, []string{"databases", "sre"}) || s.language != "de" || s.visibility != "private" || s.spoiler != "careful" ||
		!slices.Equal(s.poll.options, []string{"yes", "no"}) || !s.poll.multiple || !slices.Equal(s.cast, []string{"ada"}) || s.voices() != 3 {
		t.Errorf("%+v %+v", s, s.poll)
	}
	want := []part{
		{0, -1, "First line\n  indented", []imageRef{{"chart", "A chart of something"}}},
		{1, 0, "reply\nsecond line", nil}, {0, 1, "deeper", nil}, {2, 0, "another", nil},
	}
	for i, p := range s.parts {
		if p.voice != want[i].voice || p.parent != want[i].parent || p.text != want[i].text || !slices.Equal(p.images, want[i].images) {
			t.Errorf("part %d: %+v", i, p)
		}
	}
	for _, bad := range []string{"text", "# a x=y\n", "# a\n> no voice", "# a\n>> B: deep", "# a poll=x\n", "# a multiple\n", "# a\n! picture"} {
		if _, err := parseScripts(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestExpand(t *testing.T) {
	rng := (&generator{seed: 1}).rng(1, 1)
	for range 50 {
		got := expand(rng, "{a|{b|c} d} {3-5}")
		if !slices.Contains([]string{"a", "b d", "c d"}, got[:len(got)-2]) || !strings.Contains("345", got[len(got)-1:]) {
			t.Fatalf("%q", got)
		}
	}
}

// TestPictures draws everything once and checks sizes, and that something is there.
func TestPictures(t *testing.T) {
	for name, draw := range pictures() {
		checkPicture(t, name, draw(), pictureWidth, pictureHeight)
	}
	c := Generate(1, 42, 0, now)
	faces := map[string]string{}
	for i, m := range c.Members {
		avatar := m.Avatar()
		checkPicture(t, m.Username, avatar, avatarSize, avatarSize)
		if i%4 == 0 {
			checkPicture(t, m.Username, m.Header(), headerWidth, headerHeight)
		}
		pixels := string(avatar.(*image.RGBA).Pix)
		if twin, ok := faces[pixels]; ok {
			t.Errorf("%s looks like %s", m.Username, twin)
		}
		faces[pixels] = m.Username
		if string(m.Avatar().(*image.RGBA).Pix) != pixels {
			t.Errorf("%s looks different the second time", m.Username)
		}
	}
}

func checkPicture(t *testing.T, name string, img image.Image, w, h int) {
	t.Helper()
	if img.Bounds() != image.Rect(0, 0, w, h) {
		t.Errorf("%s: %v", name, img.Bounds())
	}
	pix := img.(*image.RGBA).Pix
	colours := map[[3]byte]bool{}
	for i := 0; i < len(pix); i += 4 * 97 {
		if pix[i+3] != 255 {
			t.Fatalf("%s is not opaque", name)
		}
		colours[[3]byte(pix[i:i+3])] = true
	}
	if len(colours) < 8 {
		t.Errorf("%s has only %d colours", name, len(colours))
	}
}

func TestNamesFoldToUsernames(t *testing.T) {
	for name, want := range map[string]string{"Łukasz": "lukasz", "Şahin": "sahin", "Nguyễn": "nguyen", "Dela Cruz": "delacruz", "Ağaoğlu": "agaoglu", "Brontë": "bronte"} {
		if got := ascii(name); got != want || utf8.RuneCountInString(got) != len(got) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
