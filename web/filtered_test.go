package web_test

import (
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// emoji adds a custom emoji.
func (w *world) emoji(by ids.ID, shortcode string) *instance.Emoji {
	w.Helper()
	r, write := io.Pipe()
	go func() { write.CloseWithError(png.Encode(write, paint(32, 32))) }()
	e, err := w.instance.AddEmoji(w.kit.Ctx, by, instance.EmojiDraft{Shortcode: shortcode, Image: r})
	w.must(err)
	return e
}

func (w *world) filter(of ids.ID, title, keyword string, do posts.FilterAction, in posts.FilterContexts) {
	w.Helper()
	_, err := w.posts.CreateFilter(w.kit.Ctx, of, posts.FilterDraft{Title: &title, Action: &do, Contexts: &in, Keywords: []posts.KeywordDraft{{Keyword: &keyword}}})
	w.must(err)
}

// A filter leaves posts out or covers them, in the places that it is for, and
// for its owner only.
func TestFiltersInPages(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	_, err := w.profiles.Follow(w.kit.Ctx, ann, ben, profiles.FollowOptions{})
	w.must(err)
	everywhere := posts.FilterHome | posts.FilterPublic | posts.FilterThread | posts.FilterAccount | posts.FilterNotifications
	w.filter(ann, "No spoilers", "finale", posts.FilterHide, everywhere)
	w.filter(ann, "Politics", "election", posts.FilterWarn, everywhere)
	w.filter(ann, "Spiders", "spider", posts.FilterBlur, everywhere)
	w.filter(ann, "Only home", "breakfast", posts.FilterHide, posts.FilterHome)
	first := w.post(ben, posts.Draft{Text: "Plain #go words"})
	for _, text := range []string{"The finale was #go long", "The election is #go near", "My #go breakfast"} {
		w.post(ben, posts.Draft{Text: "@ann " + text, InReplyToID: first.ID})
		w.post(ben, posts.Draft{Text: text})
	}
	w.post(ben, posts.Draft{Text: "A spider #go", Media: []ids.ID{w.picture(ben, 64, 48, "It has legs")}})
	quoting := w.post(ben, posts.Draft{Text: "See this", QuoteOfID: w.post(ben, posts.Draft{Text: "election quoted"}).ID})
	own := w.post(ann, posts.Draft{Text: "My own finale #go"})
	a, b := w.signedIn("ann"), w.signedIn("ben")
	testkit.Eventually(t, func() bool { return strings.Count(a.get("/notifications").body, "mentioned you") == 2 })
	for _, path := range []string{"/", "/?since_id=0", "/public/local", "/tags/go", "/@ben", w.address("ben", first), "/notifications", "/search?type=statuses&q=go"} {
		if strings.Contains(path, "since_id") {
			a.header.Set("HX-Request", "true")
		}
		testkit.Eventually(t, func() bool { return strings.Contains(a.get(path).body, "election") }) // the index takes a moment
		page := a.get(path).is(http.StatusOK).says("Filtered: Politics", "election is")
		a.header.Del("HX-Request")
		if strings.Contains(page.body, "finale was") {
			t.Errorf("%s shows what is hidden", path)
		}
		if home := strings.HasPrefix(path, "/?") || path == "/"; home == strings.Contains(page.body, "breakfast") {
			t.Errorf("%s: breakfast %v", path, !home)
		}
		if strings.Contains(page.body, "It has legs") && !strings.Contains(squeeze(page.words()), squeeze("Filtered: Spiders")) {
			t.Errorf("%s shows the spider", path)
		}
	}
	if page := a.get(w.address("ben", quoting)).is(http.StatusOK); strings.Count(page.body, "data-show=\"Show anyway\"") != 1 {
		t.Errorf("a quoted post is not covered: %s", page.words())
	}
	a.get(w.address("ann", own)).says("My own finale")
	for _, page := range []*shown{b.get("/public/local").says("finale was", "election is"), w.browser().get("/").says("finale was")} {
		if strings.Contains(page.body, "Filtered") {
			t.Error("somebody else's posts are filtered")
		}
	}
}

// The community's emoji are pictures wherever people write; what is none stays.
func TestEmojiInPages(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	party := w.emoji(ann, "party")
	_, err := w.profiles.Update(w.kit.Ctx, ann, profiles.Update{DisplayName: ref("Ann :party:"), Note: ref("I :party: at https://a.test/:party:/x"),
		Fields: &[]profiles.Field{{Name: ":party:", Value: "so :party:"}}})
	w.must(err)
	view := w.post(ann, posts.Draft{Text: "Ship it :party: not:party: :unknown: <b>:party:</b>", Spoiler: "big :party:",
		Poll: &posts.PollDraft{Options: []string{"yes :party:", "no"}, ExpiresIn: 3600e9}})
	count := func(page *shown) (n int) {
		for i := range page.is(http.StatusOK).nodes("img") {
			if attr(i, "class") == "emoji" {
				n++
				if attr(i, "src") != "/media/"+party.Image || attr(i, "alt") != ":party:" || attr(i, "title") != ":party:" || attr(i, "loading") != "lazy" {
					t.Errorf("the picture %v", i.Attr)
				}
			}
		}
		return n
	}
	post := w.browser().get(w.address("ann", view)).says("not:party:", ":unknown:", "<b>", "</b>")
	if n := count(post); n != 6 { // the heading, the name, the warning, twice the text, an option
		t.Errorf("the post has %d emoji", n)
	}
	profile := w.browser().get("/@ann?show=replies")
	if n := count(profile); n != 10 { // the heading, the bio, twice the table, the aside, and the post
		t.Errorf("the profile has %d emoji", n)
	}
	if !strings.Contains(profile.body, `href="https://a.test/:party:/x"`) {
		t.Error("an address was changed")
	}
	if faces := strings.Join(profile.attrs("span", "class"), " "); !strings.Contains(faces, "face") || strings.Contains(profile.body, ">AP<") {
		t.Error("the initials have an emoji")
	}
}
