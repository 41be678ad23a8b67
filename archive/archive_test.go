package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/archive"
	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	imaging "github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/limit"
	"github.com/guildhall/guildhall/internal/mail"
	"github.com/guildhall/guildhall/internal/seal"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/internal/webpush"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/profiles"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const password = "a passphrase of some length"

// hall is the room with all rooms before it.
type hall struct {
	*testing.T
	*archive.Service
	kit   *testkit.Kit
	files *blob.Store
}

func open(t *testing.T, k *testkit.Kit) *hall {
	t.Helper()
	h := &hall{T: t, kit: k}
	store := func(name string) *blob.Store {
		b, err := blob.Open(filepath.Join(k.Dir, name))
		h.must(err)
		t.Cleanup(func() { h.must(b.Close()) })
		return b
	}
	blobs := store("blobs")
	h.files = store("exports")
	keys, err := seal.LoadOrCreate(filepath.Join(k.Dir, "keys"))
	h.must(err)
	mails, err := mail.New(mail.Config{From: "Guild <no-reply@guild.test>", Folder: filepath.Join(k.Dir, "mails"), Now: k.Clock.Now}, k.Log)
	h.must(err)
	images := imaging.New(2, imaging.Limits{Bytes: 1 << 20, Pixels: 1 << 20})
	users := identity.New(identity.Deps{DB: k.Open("identity", identity.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Keys: keys, Mail: mails}, identity.DefaultConfig())
	config := profiles.DefaultConfig()
	config.Domain = "guild.test"
	people := profiles.New(profiles.Deps{DB: k.Open("profiles", profiles.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: users, Images: images, Blobs: blobs, Format: html.EscapeString}, config)
	talk := posts.New(posts.Deps{DB: k.Open("posts", posts.Schema()), Search: k.Open("search", posts.SearchSchema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now,
		Log: k.Log, Profiles: people, Images: images, Blobs: blobs}, posts.DefaultConfig())
	house := instance.New(instance.Deps{DB: k.Open("instance", instance.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log, Profiles: people, Posts: talk,
		Images: images, Blobs: blobs}, instance.DefaultConfig())
	staff := moderation.New(moderation.Deps{DB: k.Open("moderation", moderation.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: users, Profiles: people, Posts: talk, Instance: house})
	told := notifications.New(notifications.Deps{DB: k.Open("notifications", notifications.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: users, Profiles: people, Posts: talk, Keys: keys, Push: webpush.NewClient(nil, "mailto:operator@guild.test", k.Clock.Now),
		Icon: func(*profiles.Account) string { return "" }}, notifications.DefaultConfig())
	interviews := practice.New(practice.Deps{DB: k.Open("practice", practice.Schema()), Bus: k.Bus, IDs: k.IDs, Now: k.Clock.Now, Log: k.Log,
		Identity: users, Profiles: people, Posts: talk, Keys: keys, Recordings: store("recordings"), Bundled: os.DirFS("../decks")}, practice.DefaultConfig())
	h.must(interviews.Start(k.Ctx))
	h.Service = archive.New(archive.Deps{Practice: interviews, Limit: limit.New(k.Clock.Now), FollowRule: limit.Rule{Name: "follows", Limit: 25, Window: 24 * time.Hour},
		Identity: users, Profiles: people, Posts: talk, Instance: house, Moderation: staff, Notifications: told,
		Files: h.files, Media: blobs, Pictures: blobs, BaseURL: "https://guild.test", Now: k.Clock.Now, Log: k.Log})
	return h
}

func (h *hall) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// brings has a file done, and returns what has become of it.
func (h *hall) brings(account ids.ID, l archive.List, overwrite bool, file string) archive.Imported {
	h.Helper()
	h.must(h.Import(h.kit.Ctx, account, l, overwrite, file))
	h.must(h.ImportAll(h.kit.Ctx))
	list, err := h.Imports(h.kit.Ctx, account)
	h.must(err)
	if !list[0].Finished || list[0].At != list[0].Lines {
		h.Errorf("not finished: %+v", list[0])
	}
	return list[0].Imported
}

func (h *hall) member(name string) ids.ID {
	h.Helper()
	u, err := h.Profiles.Register(h.kit.Ctx, identity.SignUp{Username: name, Email: name + "@example.org", Password: password, Trusted: true})
	h.must(err)
	return u.ID
}

func (h *hall) says(author ids.ID, d posts.Draft) *posts.View {
	h.Helper()
	h.kit.Clock.Advance(time.Second)
	v, err := h.Posts.Create(h.kit.Ctx, author, d)
	h.must(err)
	return v
}

func ref[T any](v T) *T { return &v }

// unzip returns the files of an archive, of which all JSON can be read.
func (h *hall) unzip(data []byte) map[string]string {
	h.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	h.must(err)
	files := map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		h.must(err)
		body, err := io.ReadAll(in)
		h.must(err)
		if strings.HasSuffix(f.Name, ".json") && !json.Valid(body) {
			h.Errorf("%s is not JSON: %s", f.Name, body)
		}
		files[f.Name] = string(body)
	}
	return files
}

// All that is held about a member is in the archive, and nothing of others'.
func TestArchive(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		ctx := k.Ctx
		ann, ben := h.member("ann"), h.member("ben")
		var picture bytes.Buffer
		h.must(png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 64, 48))))
		m, err := h.Posts.Upload(ctx, ann, bytes.NewReader(picture.Bytes()), "A chart", 0, 0)
		h.must(err)
		_, err = h.Profiles.Update(ctx, ann, profiles.Update{DisplayName: ref("Ann"), Note: ref("I write"), Avatar: picture.Bytes()})
		h.must(err)
		h.says(ann, posts.Draft{Text: "public #go", Media: []ids.ID{m.ID}})
		h.says(ann, posts.Draft{Text: "for @ben alone", Visibility: ref(posts.Direct)})
		edited := h.says(ann, posts.Draft{Text: "first words"})
		k.Clock.Advance(time.Minute)
		_, err = h.Posts.Edit(ctx, ann, edited.ID, posts.Draft{Text: "second words"})
		h.must(err)
		theirs := h.says(ben, posts.Draft{Text: "secret of ben's", Poll: &posts.PollDraft{Options: []string{"a", "b"}, ExpiresIn: time.Hour}})
		for _, do := range []func(context.Context, ids.ID, ids.ID) (*posts.View, error){h.Posts.Favourite, h.Posts.Bookmark} {
			_, err := do(ctx, ann, theirs.ID)
			h.must(err)
		}
		_, err = h.Posts.Boost(ctx, ann, theirs.ID, nil)
		h.must(err)
		_, _, err = h.Posts.Vote(ctx, ann, theirs.PollID, []int{1})
		h.must(err)
		_, err = h.Profiles.SetNote(ctx, ann, ben, "met in Leeds")
		h.must(err)
		_, err = h.Posts.CreateFilter(ctx, ann, posts.FilterDraft{Title: ref("Films"), Contexts: ref(posts.FilterHome), Keywords: []posts.KeywordDraft{{Keyword: ref("spoilers")}}})
		h.must(err)
		_, _, err = h.Identity.SignIn(ctx, "ann", password, "192.0.2.7", "a browser")
		h.must(err)

		var b bytes.Buffer
		h.must(h.Write(ctx, ann, &b))
		files := h.unzip(b.Bytes())
		for name, want := range map[string][]string{
			"actor.json":             {`"name": "Ann"`, `"url": "avatar.`, "https://guild.test/users/ann"},
			"outbox.json":            {"public", "for ", "second words", `"Announce"`, "https://guild.test/users/ben/statuses/" + theirs.ID.String(), `"totalItems":4`, "media_attachments/files/" + m.ID.String()},
			"likes.json":             {"users/ben/statuses/" + theirs.ID.String()},
			"bookmarks.json":         {"users/ben/statuses/" + theirs.ID.String()},
			"account.json":           {"ann@example.org", "192.0.2.7", "a browser"},
			"notes.json":             {"met in Leeds"},
			"votes.json":             {`"choice":1`},
			"edits.json":             {"first words"},
			"filters.json":           {"spoilers"},
			"settings.json":          {`"default_privacy": "public"`},
			"following_accounts.csv": {"Account address"},
			"README.txt":             {"guild.test"},
			"media_attachments/files/" + m.ID.String(): {},
			"avatar": {},
		} {
			full := ""
			for have := range files {
				if have == name || strings.HasPrefix(have, name+".") {
					full = have
				}
			}
			if full == "" || files[full] == "" {
				t.Errorf("no %s", name)
			}
			for _, part := range want {
				if !strings.Contains(files[full], part) {
					t.Errorf("%s lacks %q: %s", full, part, files[full])
				}
			}
		}
		for name, body := range files {
			if strings.Contains(body, "secret of ben") || strings.Contains(body, "ben@example.org") {
				t.Errorf("%s tells what is somebody else's", name)
			}
		}
		if err := h.Write(ctx, 1, io.Discard); !errs.Is(err, errs.NotFound) {
			t.Errorf("of nobody: %v", err)
		}
	})
}

// A member of many posts gets them all, and none twice.
func TestArchiveOfManyPosts(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		ann := h.member("ann")
		const many = 450 // more than are read at once
		for i := range many {
			h.says(ann, posts.Draft{Text: fmt.Sprint("number ", i)})
		}
		var b bytes.Buffer
		h.must(h.Write(k.Ctx, ann, &b))
		var outbox struct {
			TotalItems   int `json:"totalItems"`
			OrderedItems []struct {
				ID     string `json:"id"`
				Object struct {
					Source struct{ Content string }
				}
			} `json:"orderedItems"`
		}
		h.must(json.Unmarshal([]byte(h.unzip(b.Bytes())["outbox.json"]), &outbox))
		if outbox.TotalItems != many || len(outbox.OrderedItems) != many {
			t.Fatalf("%d of %d", len(outbox.OrderedItems), outbox.TotalItems)
		}
		for i, item := range outbox.OrderedItems {
			if item.Object.Source.Content != fmt.Sprint("number ", i) {
				t.Fatalf("the %d-th is %+v", i, item)
			}
		}
	})
}

// The worker makes what was asked for and deletes what is too old, or of who has
// gone.
func TestWorker(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		ann, ben := h.member("ann"), h.member("ben")
		h.must(h.Start(k.Ctx))
		keys := map[ids.ID]string{}
		for _, who := range []ids.ID{ann, ben} {
			h.must(h.Request(k.Ctx, who, password))
			testkit.Eventually(t, func() bool {
				all, err := h.Identity.Exports(k.Ctx, who)
				h.must(err)
				keys[who] = all[0].File
				return !all[0].FinishedAt.IsZero()
			})
		}
		all, err := h.Identity.Exports(k.Ctx, ann)
		h.must(err)
		if _, _, err := h.Open(k.Ctx, ben, all[0].ID); !errs.Is(err, errs.NotFound) { // AZ-32
			t.Errorf("somebody else's: %v", err)
		}
		f, e, err := h.Open(k.Ctx, ann, all[0].ID)
		h.must(err)
		data, err := io.ReadAll(f)
		h.must(err)
		h.must(f.Close())
		if int64(len(data)) != e.Size || h.unzip(data)["actor.json"] == "" {
			t.Errorf("%d bytes, want %d", len(data), e.Size)
		}
		h.must(h.Identity.Remove(k.Ctx, ben))
		gone := func(who ids.ID) bool {
			h.must(h.Sweep(k.Ctx))
			there, err := h.files.Exists(k.Ctx, keys[who])
			h.must(err)
			return !there
		}
		k.Clock.Advance(10 * time.Minute)
		if !gone(ben) || gone(ann) {
			t.Error("not the one of who has gone")
		}
		k.Clock.Advance(8 * 24 * time.Hour)
		if !gone(ann) {
			t.Error("too old, and there")
		}
	})
}

// What one server has written another one reads, of every list.
func TestListsThereAndBack(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		ctx := k.Ctx
		ann, ben, eve := h.member("ann"), h.member("ben"), h.member("eve")
		for _, who := range []ids.ID{ben, eve} {
			_, err := h.Profiles.Follow(ctx, ann, who, profiles.FollowOptions{Notify: ref(true), Languages: &[]string{"de"}})
			h.must(err)
		}
		dan, fay := h.member("dan"), h.member("fay")
		_, err := h.Profiles.Block(ctx, ann, dan)
		h.must(err)
		_, err = h.Profiles.Mute(ctx, ann, fay, false, 0)
		h.must(err)
		h.must(h.Profiles.BlockDomain(ctx, ann, "bad.example"))
		l, err := h.Posts.CreateList(ctx, ann, posts.ListUpdate{Title: ref("Friends, old")})
		h.must(err)
		h.must(h.Posts.AddToList(ctx, ann, l.ID, []ids.ID{ben, eve}))
		_, err = h.Posts.Bookmark(ctx, ann, h.says(ben, posts.Draft{Text: "keep"}).ID)
		h.must(err)

		bob := h.member("bob")
		for _, list := range archive.Importable() {
			file := func(of ids.ID) string {
				var b strings.Builder
				h.must(h.WriteList(ctx, of, list, &b))
				lines := strings.Split(b.String(), "\n")
				slices.Sort(lines)
				return strings.Join(lines, "\n")
			}
			for _, overwrite := range []bool{false, true} {
				var b strings.Builder
				h.must(h.WriteList(ctx, ann, list, &b))
				done := h.brings(bob, list, overwrite, b.String())
				if done.Done == 0 || done.Failed > 0 || done.Removed > 0 {
					t.Errorf("%s: %+v", list, done)
				}
				if file(bob) != file(ann) {
					t.Errorf("%s:\n%s\nwant\n%s", list, file(bob), file(ann))
				}
			}
			one := strings.Split(strings.TrimSpace(file(bob)), "\n")
			if list == archive.Follows || list == archive.Lists { // which have two
				first := one[len(one)-1]
				if done := h.brings(bob, list, true, first+"\n"); done.Removed != 1 {
					t.Errorf("%s put in the place: %+v", list, done)
				}
				h.brings(bob, list, false, strings.Join(one, "\n"))
			}
		}
	})
}

func TestImportOfNonsense(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		ann := h.member("ann")
		h.member("ben")
		for name, text := range map[string]string{"nothing": "", "only a header": "Account address\n", "too much": strings.Repeat("x", archive.ImportBytes+1),
			"too many lines": strings.Repeat("ben\n", archive.ImportLines+1)} {
			if err := h.Import(k.Ctx, ann, archive.Follows, true, text); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := h.Import(k.Ctx, ann, archive.Followers, false, "ben\n"); !errs.Is(err, errs.Invalid) {
			t.Errorf("followers: %v", err)
		}
		done := h.brings(ann, archive.Follows, true, "ben,true,true,klingonisch!\n\nann\n=cmd()\n\"\xff\x00\"\n@ben\n")
		var lines []int
		for _, p := range done.Problems {
			lines = append(lines, p.Line)
		}
		if done.Done != 1 || done.Failed != 4 || !slices.Equal(lines, []int{1, 3, 4, 5}) {
			t.Errorf("%+v", done)
		}
	})
}

// A file goes on where it was left: after the day's follows, and after a node that
// did not finish it. What the member has done meanwhile is not done again.
func TestImportGoesOn(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		h := open(t, k)
		ann := h.member("ann")
		var file strings.Builder
		var people []ids.ID
		for i := range 30 {
			name := fmt.Sprintf("p%02d", i)
			u, err := h.Profiles.Register(k.Ctx, identity.SignUp{Username: name, Email: name + "@example.org", Trusted: true}) // hashes no password
			h.must(err)
			people = append(people, u.ID)
			file.WriteString(name + "\n")
		}
		file.WriteString("nobody\n")
		follows := func() int {
			g, err := h.Profiles.Graph(k.Ctx, ann)
			h.must(err)
			return len(g.Following)
		}
		h.must(h.Import(k.Ctx, ann, archive.Follows, false, file.String()))
		if err := h.Import(k.Ctx, ann, archive.Blocks, false, "p01\n"); !errs.Is(err, errs.Conflict) {
			t.Errorf("two at a time: %v", err)
		}
		ended, stop := context.WithCancel(k.Ctx)
		stop()
		if err := h.ImportAll(ended); err == nil || follows() != 0 {
			t.Errorf("a node that ends: %v", err)
		}
		k.Clock.Advance(3 * time.Minute) // it may have claimed the file
		h.must(h.ImportAll(k.Ctx))
		list, err := h.Imports(k.Ctx, ann)
		h.must(err)
		if m := list[0]; m.Finished || m.Failed || m.At != 25 || m.Lines != 31 || m.Imported.Done != 25 || !m.PausedUntil.After(k.Clock.Now()) || follows() != 25 {
			t.Errorf("after the day's follows: %+v, %d", m, follows())
		}
		_, err = h.Profiles.Unfollow(k.Ctx, ann, people[0])
		h.must(err)
		h.must(h.ImportAll(k.Ctx)) // too early
		k.Clock.Advance(24 * time.Hour)
		c, err := h.Identity.ClaimImport(k.Ctx) // a node that is killed
		h.must(err)
		if c == nil || c.At != 25 {
			t.Fatalf("claimed %+v", c)
		}
		h.must(h.ImportAll(k.Ctx))
		if n := follows(); n != 24 {
			t.Errorf("claimed by another one: %d", n)
		}
		k.Clock.Advance(3 * time.Minute)
		h.must(h.ImportAll(k.Ctx))
		if list, err = h.Imports(k.Ctx, ann); err != nil || !list[0].Finished || list[0].Imported.Done != 30 || list[0].Imported.Failed != 1 || list[0].Imported.Problems[0].Line != 31 {
			t.Errorf("at the end: %+v, %v", list, err)
		}
		if n := follows(); n != 29 {
			t.Errorf("follows %d", n)
		}
	})
}
