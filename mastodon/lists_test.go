package mastodon_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/guildhall/guildhall/internal/testkit"
)

const listsPath = "/api/v1/lists"

// list makes a list with members and returns its id.
func (w *world) list(owner *person, body string, members ...*person) string {
	w.Helper()
	id := w.do("POST", listsPath, owner.token, body).is(200).text("id")
	w.lists(owner, id, members...)
	return id
}

// lists puts accounts into a list.
func (w *world) lists(owner *person, list string, members ...*person) {
	w.Helper()
	values := url.Values{}
	for _, m := range members {
		values.Add("account_ids[]", m.id.String())
	}
	w.do("POST", listsPath+"/"+list+"/accounts", owner.token, values.Encode()).is(200).has(`{}`)
}

func TestLists(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	w.do("GET", listsPath, ann.token, nil).is(200).has(`[]`)
	id := w.do("POST", listsPath, ann.token, `{"title": "  Friends <b>\n"}`).is(200).has(`{"title": "Friends <b>", "replies_policy": "list", "exclusive": false}`).text("id")
	path := listsPath + "/" + id
	w.run([]test{
		{"all of it, as a form", "POST", listsPath, ann.token, form("title", "Work", "replies_policy", "followed", "exclusive", "1"), 200,
			`{"title": "Work", "replies_policy": "followed", "exclusive": true}`},
		{"listed", "GET", listsPath, ann.token, nil, 200, `[{"id": "` + id + `"}, {"title": "Work"}]`},
		{"one", "GET", path, ann.token, nil, 200, `{"id": "` + id + `", "title": "Friends <b>"}`},
		{"a part changed", "PUT", path, ann.token, `{"exclusive": true}`, 200, `{"title": "Friends <b>", "replies_policy": "list", "exclusive": true}`},
		{"changed", "PATCH", path, ann.token, `{"title": "Old friends", "replies_policy": "none", "exclusive": false}`, 200,
			`{"title": "Old friends", "replies_policy": "none", "exclusive": false}`},
		{"longest title", "PUT", path, ann.token, form("title", strings.Repeat("ä", 256)), 200, ""},
		{"no title", "POST", listsPath, ann.token, `{}`, 422, `{"error": "Validation failed: Title can't be blank"}`},
		{"a blank title", "POST", listsPath, ann.token, `{"title": " "}`, 422, ""},
		{"a blank title later", "PUT", path, ann.token, `{"title": ""}`, 422, ""},
		{"another policy", "POST", listsPath, ann.token, `{"title": "x", "replies_policy": "all"}`, 422, `{"error": "Validation failed: replies_policy is not included in the list"}`},
		{"a policy that is none", "POST", listsPath, ann.token, `{"title": "x", "replies_policy": ["list"]}`, 422, ""},
		{"title too long (DO-11)", "POST", listsPath, ann.token, form("title", strings.Repeat("x", 257)), 422, ""},
		{"title of a megabyte (DO-11)", "POST", listsPath, ann.token, form("title", strings.Repeat("x", 1<<20)), 413, ""},
		{"too long later", "PUT", path, ann.token, form("title", strings.Repeat("x", 257)), 422, ""},
		{"nothing was stored", "GET", listsPath, ann.token, nil, 200, `[{}, {}]`},
		{"no list", "GET", listsPath + "/1", ann.token, nil, 404, ""},
		{"no id", "GET", listsPath + "/x", ann.token, nil, 404, ""},
		{"nobody's", "GET", listsPath, "", nil, 401, ""},
	})
	w.do("DELETE", path, ann.token, nil).is(200).has(`{}`)
	w.do("GET", path, ann.token, nil).same404()
	w.do("DELETE", path, ann.token, nil).same404()
	for i := range 49 {
		w.do("POST", listsPath, ann.token, form("title", fmt.Sprint(i))).is(200)
	}
	w.do("POST", listsPath, ann.token, form("title", "one more")).is(422).has(`{"error": "Validation failed: You have reached the maximum number of lists (50)"}`)
	w.do("POST", listsPath, bob.token, form("title", "another's first")).is(200)
}

func TestListMembers(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo, dora, eve := w.person("ann"), w.person("bob"), w.person("cleo"), w.person("dora"), w.person("eve")
	for _, p := range []*person{bob, cleo, dora} {
		w.follows(ann, p)
	}
	id := w.list(ann, `{"title": "x"}`, bob)
	members := listsPath + "/" + id + "/accounts"
	w.lists(ann, id, cleo, ann)
	w.do("POST", members, ann.token, `{"account_ids": ["`+dora.id.String()+`"]}`).is(200)
	const all = `[{"username": "dora"}, {"username": "ann"}, {"username": "cleo"}, {"username": "bob"}]`
	w.run([]test{
		{"all", "GET", members, ann.token, nil, 200, all},
		{"without a limit", "GET", members + "?limit=0", ann.token, nil, 200, all},
		{"not followed", "POST", members, ann.token, form("account_ids[]", eve.id.String()), 404, `{"error": "Record not found"}`},
		{"nobody", "POST", members, ann.token, form("account_ids[]", "1"), 404, `{"error": "Record not found"}`},
		{"no id", "POST", members, ann.token, form("account_ids[]", "x"), 404, ""},
		{"a member", "POST", members, ann.token, form("account_ids[]", bob.id.String()), 422, `{"error": "Validation failed: Account has already been taken"}`},
		{"none", "POST", members, ann.token, `{}`, 200, `{}`},
		{"no list", "POST", listsPath + "/1/accounts", ann.token, form("account_ids[]", bob.id.String()), 404, ""},
		{"lists with bob", "GET", "/api/v1/accounts/" + bob.id.String() + "/lists", ann.token, nil, 200, `[{"id": "` + id + `"}]`},
		{"lists with eve", "GET", "/api/v1/accounts/" + eve.id.String() + "/lists", ann.token, nil, 200, `[]`},
		{"lists of another with bob", "GET", "/api/v1/accounts/" + bob.id.String() + "/lists", eve.token, nil, 200, `[]`},
		{"lists with nobody", "GET", "/api/v1/accounts/1/lists", ann.token, nil, 404, ""},
		{"without a token", "GET", "/api/v1/accounts/" + bob.id.String() + "/lists", "", nil, 401, ""},
	})
	a := w.do("GET", members+"?limit=3", ann.token, nil).is(200).has(`[{"username": "dora"}, {"username": "ann"}, {"username": "cleo"}]`)
	a = w.do("GET", link(a, "next"), ann.token, nil).is(200).has(`[{"username": "bob"}]`)
	w.do("GET", link(a, "prev"), ann.token, nil).is(200).has(`[{"username": "dora"}, {"username": "ann"}, {"username": "cleo"}]`)

	// Clients name members in the address or in the body.
	w.do("DELETE", members+"?account_ids[]="+dora.id.String()+"&account_ids[]="+eve.id.String(), ann.token, nil).is(200)
	w.do("DELETE", members, ann.token, `{"account_ids": ["`+ann.id.String()+`"]}`).is(200)
	w.do("GET", members, ann.token, nil).is(200).has(`[{"username": "cleo"}, {"username": "bob"}]`)
	w.do("POST", "/api/v1/accounts/"+bob.id.String()+"/unfollow", ann.token, nil).is(200)
	w.do("GET", members, ann.token, nil).is(200).has(`[{"username": "cleo"}]`)
	w.do("POST", "/api/v1/accounts/"+ann.id.String()+"/block", cleo.token, nil).is(200)
	w.do("GET", members, ann.token, nil).is(200).has(`[]`)
}

func TestListTimeline(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	w.follows(ann, bob)
	w.follows(ann, cleo)
	id := w.list(ann, `{"title": "x", "exclusive": true}`, bob)
	path := "/api/v1/timelines/list/" + id
	w.do("GET", path, ann.token, nil).is(200).has(`[]`)

	s := w.dial("?stream=list&list=" + id + "&access_token=" + ann.token)
	s.send(`{"type": "subscribe", "stream": "user"}`)
	e := w.events("list?list="+id, ann.token)
	first := w.says(bob, "one")
	s.gets("list/" + id + " update bob one")
	e.gets("update bob one")
	w.says(cleo, "two")
	s.gets("user update cleo two")
	w.says(bob, "three @ann", "visibility", "direct")
	s.gets("user notification mention bob")
	w.do("PUT", statusesPath+first, bob.token, `{"status": "four"}`).is(200)
	s.gets("list/" + id + " status.update bob four")
	e.gets("status.update bob four")
	w.says(bob, "five")
	w.says(bob, "six")
	s.gets("list/"+id+" update bob five", "list/"+id+" update bob six")
	e.gets("update bob five", "update bob six")

	for path, want := range map[string]string{path: "six five four", path + "?limit=1": "six", path + "?max_id=" + first: "", path + "?min_id=" + first + "&limit=1": "five",
		"/api/v1/timelines/home": "two"} {
		if got := w.do("GET", path, ann.token, nil).contents(); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	a := w.do("GET", path+"?limit=2", ann.token, nil)
	if got := w.do("GET", link(a, "next"), ann.token, nil).contents(); got != "four" {
		t.Errorf("the next page is %q", got)
	}
	// What a list is changes at once for its owner.
	w.do("DELETE", statusesPath+first, bob.token, nil).is(200)
	s.gets("list/" + id + " delete " + first)
	w.do("DELETE", listsPath+"/"+id+"/accounts", ann.token, form("account_ids[]", bob.id.String())).is(200)
	if got := w.do("GET", path, ann.token, nil).contents() + "/" + w.do("GET", "/api/v1/timelines/home", ann.token, nil).contents(); got != "/six five three two" {
		t.Errorf("without bob: %q", got)
	}
	w.says(bob, "seven")
	s.gets("user update bob seven")
	w.do("GET", "/api/v1/timelines/list/1", ann.token, nil).same404()
	w.do("GET", path, w.token(ann, "read:statuses"), nil).is(403)
	w.must(s.conn.Close(websocket.StatusNormalClosure, ""))
}

// AZ-07: a list is its owner's alone; to others it does not exist.
func TestAZ07OthersLists(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	w.follows(ann, cleo)
	w.follows(bob, cleo)
	id := w.list(ann, `{"title": "mine"}`, cleo)
	before := string(w.do("GET", listsPath+"/"+id, ann.token, nil).is(200).body)
	who := form("account_ids[]", cleo.id.String())
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{"GET", listsPath + "/" + id, nil}, {"PUT", listsPath + "/" + id, form("title", "stolen")}, {"PATCH", listsPath + "/" + id, form("title", "")},
		{"DELETE", listsPath + "/" + id, nil}, {"GET", listsPath + "/" + id + "/accounts", nil}, {"POST", listsPath + "/" + id + "/accounts", who},
		{"DELETE", listsPath + "/" + id + "/accounts", who}, {"GET", "/api/v1/timelines/list/" + id, nil},
		{"GET", "/api/v1/streaming/list?list=" + id, nil},
	} {
		w.do(c.method, c.path, bob.token, c.body).same404()
		if a := w.do(c.method, c.path, "", c.body); a.status != 401 {
			t.Errorf("%s without a token: %d", a.call, a.status)
		}
	}
	// IN-03: what is no id is nobody's list, whatever it means to a queue.
	s := w.dial("?access_token=" + bob.token)
	for list, want := range map[string]string{id: "404 Record not found", "*": "404 Record not found", ">": "404 Record not found", "a.>": "404 Record not found",
		"-1": "404 Record not found", "": "400 Missing list name parameter"} {
		w.must(s.conn.Write(s.ctx, websocket.MessageText, fmt.Appendf(nil, `{"type": "subscribe", "stream": "list", "list": %q}`, list)))
		if got := s.next().String(); got != want {
			t.Errorf("list %q: %s, want %s", list, got, want)
		}
	}
	s.send(`{"type": "subscribe", "stream": "public"}`, `{"type": "unsubscribe", "stream": "list", "list": "`+id+`"}`)
	w.says(cleo, "hello")
	s.gets("public update cleo hello")
	w.do("GET", listsPath+"/"+id+"/accounts", ann.token, nil).is(200).has(`[{"username": "cleo"}]`)
	if after := string(w.do("GET", listsPath+"/"+id, ann.token, nil).is(200).body); after != before {
		t.Errorf("changed: %s", after)
	}
	testkit.Eventually(t, func() bool { return w.do("GET", "/api/v1/timelines/list/"+id, ann.token, nil).contents() == "hello" })
}
