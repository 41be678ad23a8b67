package mastodon_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/profiles"
)

// Every column whose name ends in _id names either an account or something else.
// A new one must be put into one of the two lists, or the test fails; and what
// names an account must go with it, or be among those that are kept.
var (
	namesAccount = []string{"account_id", "user_id", "author_id", "from_id", "to_id", "target_id", "actor_id", "assigned_id", "resolved_id", "in_reply_to_account_id"}
	namesOther   = []string{"announcement_id", "app_id", "ask_id", "attempt_id", "block_id", "boost_of_id", "card_id", "client_id", "collection_id", "conversation_id", "deck_id", "edit_id", "event_id", "filter_id",
		"in_reply_to_id", "invite_id", "lab_id", "last_id", "last_read_id", "link_id", "list_id", "media_id", "mock_id", "notification_id", "object_id", "poll_id", "post_id",
		"quote_of_id", "report_id", "review_id", "rule_id", "scheduled_id", "session_id", "status_id", "story_id", "subscription_id", "tag_id", "thread_id", "token_id", "version_id", "warning_id"}
)

// isAccount are the tables whose id is an account's.
var isAccount = []string{"identity_users.id", "profiles_accounts.id"}

// keptOfErased are the columns that go on naming an account that was erased, and
// why.
var keptOfErased = map[string]string{
	"identity_usernames.user_id":         "a name is never given to somebody else",
	"posts_posts.in_reply_to_account_id": "the answers of others stay answers",
	"posts_mentions.account_id":          "what others wrote stays as they wrote it",
	"posts_links.author_id":              "a page of somebody else's says who wrote it",
	"moderation_reports.account_id":      "that there was a report; its words are gone",
	"moderation_reports.target_id":       "that there was a report; its words and posts are gone",
	"moderation_reports.assigned_id":     "which moderator was to look after a report",
	"moderation_reports.resolved_id":     "which moderator has decided a report",
	"moderation_report_notes.actor_id":   "which moderator has noted something about a report",
	"moderation_warnings.actor_id":       "which moderator has warned somebody else",
	"moderation_log.actor_id":            "the log is never changed",
	"moderation_log.target_id":           "the log is never changed",
	"moderation_erasures.account_id":     "that it was erased",
}

// schemas are the rooms that have tables.
var schemas = map[string]func() fs.FS{"identity": identity.Schema, "profiles": profiles.Schema, "posts": posts.Schema,
	"instance": instance.Schema, "moderation": moderation.Schema, "notifications": notifications.Schema, "practice": practice.Schema}

// column is a column that names accounts.
type column struct {
	of          *db.DB
	table, name string
}

func (c column) String() string { return c.table + "." + c.name }

// accountColumns returns the columns of all rooms that name accounts.
func (w *world) accountColumns() []column {
	w.Helper()
	var all []column
	for room, schema := range schemas {
		d, err := w.kit.Reopen(room, schema())
		w.must(err)
		w.Cleanup(func() { w.must(d.Close()) })
		text := "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'"
		if d.Engine() == db.Postgres {
			text = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
		}
		columns, err := db.All(w.kit.Ctx, d, func(c *column) []any { return []any{&c.table, &c.name} }, text)
		w.must(err)
		if len(columns) == 0 {
			w.Fatalf("%s has no tables", room)
		}
		for _, c := range columns {
			c.of = d
			switch {
			case !strings.HasPrefix(c.table, room+"_"):
			case slices.Contains(namesAccount, c.name), slices.Contains(isAccount, c.String()):
				all = append(all, c)
			case strings.HasSuffix(c.name, "_id") && !slices.Contains(namesOther, c.name):
				w.Errorf("does %s name an account?", c)
			}
		}
	}
	return all
}

// naming returns those of the columns that name a person in some row.
func (w *world) naming(p *person, columns []column) []string {
	w.Helper()
	var list []string
	for _, c := range columns {
		n, err := db.Value[int](w.kit.Ctx, c.of, "SELECT COUNT(*) FROM "+c.table+" WHERE "+c.name+" = $1", p.id)
		w.must(err)
		if n > 0 {
			list = append(list, c.String())
		}
	}
	slices.Sort(list)
	return list
}

// What the moderators erase is gone from every table of every room that says
// nothing of why it keeps it. A new table must be filled by lives.
func TestErasureReachesEveryTable(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		w := openOn(k)
		k.Clock.Set(time.Date(k.Clock.Now().Year(), 12, 12, 9, 0, 0, 0, time.UTC)) // when annual reports are made
		ann, boss := w.person("ann"), w.staff("boss", identity.RoleOwner)
		w.lives(ann, boss)
		columns := slices.DeleteFunc(w.accountColumns(), func(c column) bool { return keptOfErased[c.String()] != "" })
		var named []string
		for _, c := range columns {
			named = append(named, c.String())
		}
		slices.Sort(named)
		var found []string
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && !slices.Equal(found, named); time.Sleep(10 * time.Millisecond) {
			found = w.naming(ann, columns)
		}
		for _, name := range named {
			if !slices.Contains(found, name) {
				t.Errorf("nothing in %s is the account's: fill it in lives, so that this test shows something", name)
			}
		}
		// What others have of themselves stays.
		others := w.naming(boss, columns)

		admin := "/api/v1/admin/accounts/" + ann.id.String()
		w.do("POST", admin+"/action", boss.token, form("type", "suspend")).is(200)
		w.do("DELETE", admin, boss.token, nil).is(200)
		left := named
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end) && len(left) > 0; time.Sleep(20 * time.Millisecond) {
			left = w.naming(ann, columns)
		}
		if len(left) > 0 {
			t.Errorf("still there: %q", left)
		}
		for _, name := range others {
			if !slices.Contains(w.naming(boss, columns), name) {
				t.Errorf("somebody else's %s is gone", name)
			}
		}
		for _, c := range w.accountColumns() {
			if c.String() != "moderation_reports.target_id" && c.String() != "moderation_reports.account_id" {
				continue
			}
			words, err := db.Values[string](k.Ctx, c.of, "SELECT comment FROM moderation_reports WHERE "+c.name+" = $1", ann.id)
			w.must(err)
			if !slices.Equal(words, []string{""}) {
				t.Errorf("%s: the words of reports are %q", c, words)
			}
		}
	})
}

// lives lets somebody do all that one can do, also as a moderator, and others do
// it to them.
func (w *world) lives(ann, boss *person) {
	w.Helper()
	bob, dan, eve, gus := w.person("bob"), w.person("dan"), w.person("eve"), w.person("gus")
	w.strangers(ann, w.person("hal"), w.person("ivy"))
	w.must(w.identity.SetRole(w.kit.Ctx, ann.id, identity.RoleModerator)) // now that strangers may put them aside
	post := func(p *person, path string, pairs ...string) *answer {
		w.Helper()
		w.kit.Clock.Advance(time.Second)
		return w.do("POST", path, p.token, form(pairs...)).is(200)
	}
	of := func(p *person) string { return "/api/v1/accounts/" + p.id.String() }
	for _, p := range []*person{ann, bob} {
		w.do("PATCH", "/api/v1/accounts/update_credentials", p.token,
			`{"discoverable": true, "attribution_domains": ["example.org"], "fields_attributes": [{"name": "a", "value": "b"}]}`).is(200)
	}

	// Who may come in.
	w.must(w.identity.SetPassword(w.kit.Ctx, ann.id, password))
	ann.token = w.token(ann, allowed+" admin:read admin:write")
	_, _, err := w.identity.SignIn(w.kit.Ctx, "ann", password, "192.0.2.7", "test")
	w.must(err)
	w.must(w.identity.RequestReset(w.kit.Ctx, "ann@example.org", "192.0.2.7", ""))
	w.must(w.identity.ChangeEmail(w.kit.Ctx, ann.id, password, "ann@example.net"))
	w.must(w.identity.RequestExport(w.kit.Ctx, ann.id, password))
	w.must(w.identity.RequestImport(w.kit.Ctx, ann.id, identity.Import{List: "following", Body: []byte("Account address\n"), Lines: 1}))
	_, err = w.identity.CreateInvite(w.kit.Ctx, ann.id, 1, time.Time{})
	w.must(err)
	w.code(ann, w.app("read"), "read")

	// Whom they know.
	for _, pair := range [][2]*person{{ann, bob}, {bob, ann}} {
		from, to := pair[0], pair[1]
		post(from, of(to)+"/follow", "languages[]", "en")
		post(from, of(to)+"/endorse")
		post(from, of(to)+"/note", "comment", "a note")
		post(from, "/api/v1/collections", "name", "people", "account_ids[]", to.id.String())
	}
	for _, pair := range [][2]*person{{ann, gus}, {eve, ann}} {
		post(pair[0], of(pair[1])+"/block")
	}
	for _, pair := range [][2]*person{{ann, dan}, {dan, ann}} {
		post(pair[0], of(pair[1])+"/mute", "notifications", "false")
		w.do("DELETE", "/api/v1/suggestions/"+pair[1].id.String(), pair[0].token, nil).is(200)
	}
	post(ann, "/api/v1/domain_blocks", "domain", "bad.example")

	// What they write and keep.
	w.says(ann, "#go https://example.org/", "media_ids[]", w.upload(ann, "posted"))
	w.upload(ann, "not posted")
	w.do("POST", "/api/v1/statuses", ann.token, form("status", "@bob for you", "visibility", "direct"), "Idempotency-Key", "k").is(200)
	w.says(bob, "@ann for you too", "visibility", "direct")
	poll := w.do("POST", "/api/v1/statuses", bob.token, `{"status": "@ann ?", "poll": {"options": ["a", "b"], "expires_in": 3600}}`).is(200)
	post(ann, "/api/v1/polls/"+poll.text("poll.id")+"/votes", "choices[]", "0")
	for _, verb := range []string{"/favourite", "/reblog", "/bookmark", "/mute"} {
		post(ann, statusesPath+poll.text("id")+verb)
	}
	post(ann, statusesPath+w.says(ann, "mine")+"/pin")
	post(ann, "/api/v1/lists", "title", "a list")
	post(bob, "/api/v1/lists/"+post(bob, "/api/v1/lists", "title", "a list").text("id")+"/accounts", "account_ids[]", ann.id.String())
	post(ann, "/api/v1/statuses", "status", "later", "scheduled_at", w.kit.Clock.Now().Add(time.Hour).Format(time.RFC3339))
	post(ann, "/api/v2/filters", "title", "a filter", "context[]", "home", "keywords_attributes[][keyword]", "x")
	post(ann, "/api/v1/tags/go/follow")
	post(ann, "/api/v1/tags/go/feature")

	// How they prepare.
	w.do("PUT", practiceAt+"/plan", ann.token, `{"minutes": 30, "remind": true}`).is(200)
	post(ann, practiceAt+"/sessions")
	post(ann, practiceAt+"/labs/L06/attempts")
	w.passes(ann)
	post(ann, practiceAt+"/stories", "title", "Outage")
	attempt := practiceAt + "/attempts/" + post(ann, practiceAt+"/attempts", "deck", "backend-core", "card", "be-024").text("id")
	w.do("PUT", attempt+"/recording", ann.token, upload(w, "@file", "OggS what is said")).is(200)
	post(ann, attempt+"/answer", "text", "It was me.")
	opened := post(ann, attempt+"/prediction", "percent", "50")
	var marks []string
	for i := range 7 {
		marks = append(marks, fmt.Sprintf(`{"point": %q, "mark": "yes"}`, opened.text(fmt.Sprintf("card.rubric.%d.id", i))))
	}
	w.do("POST", attempt+"/review", ann.token, `{"marks": [`+strings.Join(marks, ",")+`]}`).is(200)

	w.interviews(ann, bob)

	post(ann, attempt+"/ask", "circle", "everyone")
	asked := post(bob, practiceAt+"/attempts/"+w.checkedAttempt(bob, "be-001", "Bob's", "yes")+"/ask", "circle", "person", "account_id", ann.id.String())
	post(ann, practiceAt+"/open_asks/"+asked.text("id")+"/take")

	// What they are told, and tell.
	w.do("POST", "/api/v1/markers", ann.token, `{"home": {"last_read_id": "1"}}`).is(200)
	r := testkit.NewPushReceiver(w.T, w.kit.Clock.Now)
	w.do("POST", pushPath, ann.token, subscription(r)).is(200)

	// The house.
	announcement := w.do("POST", announcementsPath, boss.token, `{"text": "Hello"}`).is(200).text("id")
	w.do("PUT", "/api/v1/announcements/"+announcement+"/reactions/%F0%9F%91%8D", ann.token, nil).is(200)
	post(ann, "/api/v1/announcements/"+announcement+"/dismiss")
	w.do("POST", "/api/v1/annual_reports/"+w.kit.Clock.Now().Format("2006")+"/generate", ann.token, nil).is(202)
	post(ann, "/api/v1/reports", "account_id", bob.id.String(), "comment", "rude")
	report := post(bob, "/api/v1/reports", "account_id", ann.id.String(), "comment", "rude too", "status_ids[]", w.says(ann, "rude"))
	for _, verb := range []string{"/assign_to_self", "/resolve"} {
		w.do("POST", "/api/v1/admin/reports/"+report.text("id")+verb, ann.token, nil).is(200)
	}
	post(boss, "/api/v1/admin/accounts/"+ann.id.String()+"/action", "type", "none", "text", "be kind")
}

// strangers lets somebody and others put aside what they tell each other; one of
// two is accepted in the end.
func (w *world) strangers(p, accepted, waiting *person) {
	w.Helper()
	for _, pair := range [][2]*person{{p, accepted}, {p, waiting}, {accepted, p}, {waiting, p}} {
		reader, from := pair[0], pair[1]
		w.do("PATCH", policyPath, reader.token, `{"for_not_following": "filter"}`).is(200)
		w.do("POST", statusesPath+w.says(reader, "a post")+"/favourite", from.token, nil).is(200)
		w.pending(reader, 1, 1)
		if waiting == from || waiting == reader {
			continue
		}
		id := w.do("GET", requestsPath, reader.token, nil).is(200).text("0.id")
		w.do("POST", requestsPath+"/"+id+"/accept", reader.token, nil).is(200)
	}
}
