package posts_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

func TestCreate(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		first := d.post(ada, posts.Draft{Text: "Hi @Bob@here.test and @nobody #Go #Läuft\x00", Language: "EN-us", AppID: 7})
		want := `<p>Hi <span class="h-card" translate="no"><a href="https://here.test/@bob" class="u-url mention" rel="nofollow noopener">@<span>bob</span></a></span> and @nobody ` +
			`<a href="https://here.test/tags/go" class="mention hashtag" rel="tag nofollow noopener">#<span>Go</span></a> <a href="https://here.test/tags/l%C3%A4uft" class="mention hashtag" rel="tag nofollow noopener">#<span>Läuft</span></a></p>`
		if first.Content != want {
			t.Errorf("content\n%s, want\n%s", first.Content, want)
		}
		d.tells(posts.Created{ID: first.ID, AccountID: ada, ThreadID: first.ID, Mentions: []ids.ID{bob}, Tags: []string{"go", "läuft"}, Language: "en"})

		reply := d.post(bob, posts.Draft{Text: "@ada yes", InReplyToID: first.ID, Spoiler: "agreement"})
		d.tells(posts.Created{ID: reply.ID, AccountID: bob, InReplyToID: first.ID, InReplyToAccountID: ada, ThreadID: first.ID, Mentions: []ids.ID{ada}})
		if !reply.Sensitive || reply.Spoiler != "agreement" {
			t.Errorf("sensitive %v, spoiler %q", reply.Sensitive, reply.Spoiler)
		}
		if n := d.get(ada, first.ID).Stats.Replies; n != 1 {
			t.Errorf("%d replies, want 1", n)
		}
		// What was cached at once is what the database says.
		fresh := newReader(d)
		for _, v := range []*posts.View{d.get(ada, first.ID), reply} {
			stored, err := fresh.Get(d.ctx, ada, v.ID)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := fmt.Sprintf("%+v %+v", *v.Post, v.Stats), fmt.Sprintf("%+v %+v", *stored.Post, stored.Stats); a != b {
				t.Errorf("cached %s\nstored %s", a, b)
			}
		}
		if n := d.number("SELECT posts FROM posts_authors WHERE account_id = $1", ada); n != 1 {
			t.Errorf("ada has %d posts, want 1", n)
		}
	})
}

func TestCreateDefaults(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada := d.person("ada")
		if _, err := d.who.Update(d.ctx, ada, profiles.Update{Privacy: to("unlisted"), Language: to("de"), Sensitive: to(true)}); err != nil {
			t.Fatal(err)
		}
		v := d.post(ada, posts.Draft{Text: "a"})
		if v.Visibility != posts.Unlisted || v.Language != "de" || !v.Sensitive {
			t.Errorf("visibility %d, language %q, sensitive %v", v.Visibility, v.Language, v.Sensitive)
		}
		v = d.post(ada, posts.Draft{Text: "b", Language: "zh-TW", Sensitive: to(false), Visibility: to(posts.Public)})
		if v.Visibility != posts.Public || v.Language != "zh-TW" || v.Sensitive {
			t.Errorf("visibility %d, language %q, sensitive %v", v.Visibility, v.Language, v.Sensitive)
		}
		if v := d.post(ada, posts.Draft{Text: " \n", Spoiler: "only\nthis", Language: "no such"}); v.Text != "only this" || v.Spoiler != "" || v.Language != "" {
			t.Errorf("text %q, spoiler %q, language %q", v.Text, v.Spoiler, v.Language)
		}
		// An answer is not shown to more people than the talk, unless that is asked for.
		secret := d.say(ada, "c", posts.Direct)
		if v := d.post(ada, posts.Draft{Text: "d", InReplyToID: secret.ID}); v.Visibility != posts.Direct {
			t.Errorf("visibility %d, want direct", v.Visibility)
		}
		if v := d.post(ada, posts.Draft{Text: "e", InReplyToID: secret.ID, Visibility: to(posts.Public)}); v.Visibility != posts.Public {
			t.Errorf("visibility %d, want public", v.Visibility)
		}
		if n := d.number("SELECT posts FROM posts_authors WHERE account_id = $1", ada); n != 4 {
			t.Errorf("%d posts are counted, want the 4 that are not direct", n)
		}
	})
}

func TestCreateLimits(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada := d.person("ada")
		poll := func(in time.Duration, options ...string) *posts.PollDraft {
			return &posts.PollDraft{Options: options, ExpiresIn: in}
		}
		for _, c := range []struct {
			name  string
			draft posts.Draft
			want  string // in the error; empty: accepted
		}{
			{"nothing", posts.Draft{}, "blank"},
			{"nothing to see", posts.Draft{Text: " \x00\n\t"}, "blank"},
			{"a poll without text", posts.Draft{Poll: poll(time.Hour, "a", "b")}, "blank"},
			{"just fits", posts.Draft{Text: strings.Repeat("é", 490), Spoiler: strings.Repeat("ü", 10)}, ""},
			{"too long", posts.Draft{Text: strings.Repeat("é", 490), Spoiler: strings.Repeat("ü", 11)}, "character limit of 500"},
			{"a link counts 23", posts.Draft{Text: strings.Repeat("a", 476) + " https://a.test/" + strings.Repeat("x", 800)}, ""},
			{"too many bytes", posts.Draft{Text: "a" + strings.Repeat("\u0301", 1000)}, "character limit of 500"},
			{"a megabyte", posts.Draft{Text: strings.Repeat("<", 1<<20)}, "character limit of 500"},
			{"poll", posts.Draft{Text: "?", Poll: poll(5*time.Minute, "a", "b", "", "c", "d")}, ""},
			{"longest poll", posts.Draft{Text: "?", Poll: poll(2_629_746*time.Second, strings.Repeat("日", 50), "b")}, ""},
			{"one option", posts.Draft{Text: "?", Poll: poll(time.Hour, "a", " ")}, "more than one"},
			{"no option", posts.Draft{Text: "?", Poll: poll(time.Hour)}, "more than one"},
			{"five options", posts.Draft{Text: "?", Poll: poll(time.Hour, "a", "b", "c", "d", "e")}, "4 options"},
			{"long option", posts.Draft{Text: "?", Poll: poll(time.Hour, "a", strings.Repeat("b", 51))}, "50 characters"},
			{"same options", posts.Draft{Text: "?", Poll: poll(time.Hour, "a", "a ")}, "same"},
			{"short poll", posts.Draft{Text: "?", Poll: poll(299*time.Second, "a", "b")}, "too soon"},
			{"negative poll", posts.Draft{Text: "?", Poll: poll(-time.Hour, "a", "b")}, "too soon"},
			{"long poll", posts.Draft{Text: "?", Poll: poll(2_629_747*time.Second, "a", "b")}, "too far"},
			{"unknown image", posts.Draft{Text: "?", Media: []ids.ID{1}}, "does not exist"},
		} {
			v, err := d.Create(d.ctx, ada, c.draft)
			switch {
			case c.want != "":
				if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s: error %v, want %q", c.name, err, c.want)
				}
			case err != nil:
				t.Errorf("%s: %v", c.name, err)
			case c.draft.Poll != nil && (v.Poll == nil || !v.Poll.Expires.Equal(k.Clock.Now().Add(c.draft.Poll.ExpiresIn))):
				t.Errorf("%s: poll %+v", c.name, v.Poll)
			}
		}
	})
}

// The last row's image does not exist: everything of the post must be undone.
func TestCreateIsWholeOrNot(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada := d.person("ada")
		parent := d.say(ada, "parent", posts.Public)
		d.told()
		draft := posts.Draft{Text: "#undone", InReplyToID: parent.ID, Media: []ids.ID{1}, Key: "k"}
		for range 2 {
			_, err := d.Create(d.ctx, ada, draft)
			d.fails(err, errs.Invalid, "does not exist")
		}
		d.tells()
		if v := d.get(ada, parent.ID); v.Stats != (posts.Stats{}) {
			t.Errorf("stats %+v", v.Stats)
		}
		draft.Media = nil
		if v := d.post(ada, draft); !slices.Equal(v.Tags, []string{"undone"}) {
			t.Errorf("tags %v", v.Tags)
		}
	})
}

func TestIdempotencyKey(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		draft := posts.Draft{Text: "once", Key: "k\x00\xff"}
		first := d.post(ada, draft)
		k.Clock.Advance(59 * time.Minute)
		if again := d.post(ada, draft); again.ID != first.ID {
			t.Errorf("another post within the hour")
		}
		if other := d.post(bob, draft); other.ID == first.ID || other.AccountID != bob {
			t.Errorf("the key of somebody else counted")
		}
		k.Clock.Advance(time.Minute)
		second := d.post(ada, draft)
		if second.ID == first.ID {
			t.Errorf("the same post after the hour")
		}
		if _, err := d.Delete(d.ctx, ada, second.ID); err != nil {
			t.Fatal(err)
		}
		if third := d.post(ada, draft); third.ID == second.ID {
			t.Errorf("the key stands for a deleted post")
		}
	})
}

func TestIdempotencyKeyAtOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada := d.person("ada")
		found := make([]ids.ID, 20)
		var all sync.WaitGroup
		for i := range found {
			all.Go(func() {
				v, err := d.Create(d.ctx, ada, posts.Draft{Text: "once #tag", Key: "k"})
				if err != nil {
					t.Error(err)
					return
				}
				found[i] = v.ID
			})
		}
		all.Wait()
		if slices.Sort(found); len(slices.Compact(found)) != 1 {
			t.Errorf("posts %v, want one", found)
		}
		if n := d.number("SELECT posts FROM posts_authors WHERE account_id = $1", ada); n != 1 || len(d.told()) != 1 {
			t.Errorf("%d posts are counted", n)
		}
	})
}

func TestManyCreateAtOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada := d.person("ada")
		parent := d.say(ada, "parent", posts.Public)
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				if _, err := d.Create(d.ctx, ada, posts.Draft{Text: fmt.Sprintf("#b%d #a #c%d", i%3, i%5), InReplyToID: parent.ID}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := d.get(ada, parent.ID).Stats.Replies; n != 50 {
			t.Errorf("%d replies, want 50", n)
		}
		if n := d.number("SELECT COUNT(*) FROM posts_tags WHERE tag_id = (SELECT id FROM posts_tags_names WHERE name = $1)", "a"); n != 50 {
			t.Errorf("%d posts with the tag, want 50", n)
		}
	})
}

func TestMentionsOfTheBlocked(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob, cat := d.person("ada"), d.person("bob"), d.person("cat")
		if _, err := d.who.Block(d.ctx, ada, bob); err != nil {
			t.Fatal(err)
		}
		if _, err := d.who.Block(d.ctx, cat, ada); err != nil {
			t.Fatal(err)
		}
		if v := d.post(ada, posts.Draft{Text: "@bob @cat"}); len(v.Mentions) != 0 || v.Content != "<p>@bob @cat</p>" {
			t.Errorf("mentions %v, content %s", v.Mentions, v.Content)
		}
	})
}

// AZ-25, and the same for posts of those who block the author.
func TestAnswersToWhatIsNotVisible(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := newDesk(t, k)
		ada, bob := d.person("ada"), d.person("bob")
		hidden := []ids.ID{d.say(ada, "for followers", posts.Followers).ID, d.say(ada, "direct", posts.Direct).ID, ids.ID(12345)}
		d.told()
		for _, id := range hidden {
			_, err := d.Create(d.ctx, bob, posts.Draft{Text: "re", InReplyToID: id})
			if err == nil || err.Error() != errs.NotFoundRecord().Error() {
				t.Errorf("answer to %d: %v", id, err)
			}
		}
		d.tells()
		d.follow(bob, ada)
		d.post(bob, posts.Draft{Text: "re", InReplyToID: hidden[0]})
	})
}
