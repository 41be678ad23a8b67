package mastodon_test

import (
	"strconv"
	"strings"
	"testing"
)

func TestCollections(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cyd, dan := w.person("ann"), w.person("bob"), w.person("cyd"), w.person("dan")
	for _, p := range []*person{bob, cyd} {
		w.do("PATCH", "/api/v1/accounts/update_credentials", p.token, `{"discoverable": true}`).is(200)
	}
	const path = "/api/v1/collections"
	made := w.do("POST", path, ann.token, `{"name": "Nice <b>people</b>", "description": "Very", "language": "en", "tag_name": "#Go", "account_ids": ["`+bob.id.String()+`", "`+bob.id.String()+`"]}`).is(200).
		has(`{"collection": {"account_id": "` + ann.id.String() + `", "name": "Nice <b>people</b>", "language": "en", "local": true, "sensitive": false, "discoverable": true,
			"tag": {"name": "go"}, "item_count": 1, "items": [{"account_id": "` + bob.id.String() + `", "state": "accepted"}]}}`)
	id := path + "/" + made.text("collection.id")
	for _, method := range []string{"PATCH", "PUT"} {
		w.do(method, id, ann.token, `{"name": "People", "tag_name": "", "sensitive": true}`).is(200).
			has(`{"collection": {"name": "People", "description": "Very", "tag": null, "sensitive": true, "item_count": 1}}`)
	}
	item := w.do("POST", id+"/items", ann.token, form("account_id", cyd.id.String())).is(200).has(`{"collection_item": {"account_id": "` + cyd.id.String() + `", "state": "accepted"}}`)
	for _, token := range []string{"", dan.token} {
		w.do("GET", id, token, nil).is(200).has(`{"accounts": [{"username": "ann"}, {"username": "bob"}, {"username": "cyd"}], "collection": {"item_count": 2}}`)
		w.do("GET", "/api/v1/accounts/"+ann.id.String()+"/collections", token, nil).is(200).has(`{"collections": [{"name": "People"}]}`)
		w.do("GET", "/api/v1/accounts/"+cyd.id.String()+"/in_collections", token, nil).is(200).has(`{"collections": [{"name": "People"}]}`)
	}
	items := id + "/items/"
	mine := items + item.text("collection_item.id")
	w.run([]test{
		{"wants not to be found", "POST", id + "/items", ann.token, form("account_id", dan.id.String()), 422, ""},
		{"twice", "POST", id + "/items", ann.token, form("account_id", cyd.id.String()), 422, ""},
		{"nobody", "POST", id + "/items", ann.token, form("account_id", "12345"), 422, ""},
		{"none", "POST", id + "/items", ann.token, nil, 422, ""},
		{"somebody else's", "POST", id + "/items", bob.token, form("account_id", cyd.id.String()), 403, `{"error": "This action is not allowed"}`},
		{"somebody else's", "PATCH", id, bob.token, `{"name": "x"}`, 403, ""},
		{"somebody else's", "DELETE", id, bob.token, nil, 403, ""},
		{"somebody else's", "DELETE", mine, bob.token, nil, 403, ""},
		{"another's place", "POST", mine + "/revoke", bob.token, nil, 403, ""},
		{"blank", "POST", path, ann.token, `{}`, 422, `{"error": {"details": {"name": [{"error": "ERR_BLANK"}]}}}`},
		{"long", "POST", path, ann.token, form("name", strings.Repeat("x", 41)), 422, `{"error": {"details": {"name": [{"error": "ERR_TOO_LONG"}]}}}`},
		{"long", "PATCH", id, ann.token, form("description", strings.Repeat("x", 101)), 422, `{"error": {"details": {"description": [{"error": "ERR_TOO_LONG"}]}}}`},
		{"no tag", "PATCH", id, ann.token, form("tag_name", "a b"), 422, ""},
		{"no language", "PATCH", id, ann.token, form("language", "?"), 422, ""},
		{"leaving", "POST", mine + "/revoke", cyd.token, nil, 200, ""},
		{"left", "GET", id, "", nil, 200, `{"collection": {"item_count": 1}}`},
		{"not again", "POST", id + "/items", ann.token, form("account_id", cyd.id.String()), 422, ""},
		{"left already", "POST", mine + "/revoke", cyd.token, nil, 404, ""},
		{"out", "DELETE", items + made.text("collection.items.0.id"), ann.token, nil, 200, ""},
		{"out already", "DELETE", items + made.text("collection.items.0.id"), ann.token, nil, 404, ""},
		{"not listed", "PATCH", id, ann.token, `{"discoverable": false}`, 200, ""},
		{"not listed", "GET", "/api/v1/accounts/" + ann.id.String() + "/collections", bob.token, nil, 200, `{"collections": []}`},
		{"one's own", "GET", "/api/v1/accounts/" + ann.id.String() + "/collections?limit=1", ann.token, nil, 200, `{"collections": [{}]}`},
		{"no account", "GET", "/api/v1/accounts/12345/collections", "", nil, 404, ""},
		{"removed", "DELETE", id, ann.token, nil, 200, ""},
		{"removed", "GET", id, ann.token, nil, 404, ""},
	})
}

// Who blocks whom sees nothing of the other, and is in no collection of theirs.
func TestCollectionsAndBlocks(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	w.do("PATCH", "/api/v1/accounts/update_credentials", bob.token, `{"discoverable": true}`).is(200)
	made := w.do("POST", "/api/v1/collections", ann.token, form("name", "x", "account_ids[]", bob.id.String())).is(200)
	id := "/api/v1/collections/" + made.text("collection.id")
	w.do("POST", "/api/v1/accounts/"+ann.id.String()+"/block", bob.token, nil).is(200)
	w.do("GET", id, bob.token, nil).is(404)
	w.do("PATCH", id, bob.token, `{"name": "y"}`).is(404)
	w.do("GET", id, "", nil).is(200).has(`{"collection": {"item_count": 0}}`)
	w.do("POST", id+"/items", ann.token, form("account_id", bob.id.String())).is(422)
	for i := range 9 {
		w.do("POST", "/api/v1/collections", ann.token, form("name", "n"+strconv.Itoa(i))).is(200)
	}
	w.do("POST", "/api/v1/collections", ann.token, form("name", "one too many")).is(422)
}

// Who is put into a collection is told, and told again when it is changed, as
// long as they are in it.
func TestCollectionNotifications(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cyd := w.person("ann"), w.person("bob"), w.person("cyd")
	for _, p := range []*person{bob, cyd} {
		w.do("PATCH", "/api/v1/accounts/update_credentials", p.token, `{"discoverable": true, "show_media": false}`).is(200).
			has(`{"show_media": false, "show_media_replies": true, "show_featured": true, "feature_approval": {"automatic": ["public"], "manual": [], "current_user": "automatic"}}`)
	}
	w.do("GET", "/api/v1/accounts/"+ann.id.String(), "", nil).is(200).has(`{"show_featured": true, "feature_approval": {"automatic": [], "manual": [], "current_user": "denied"}}`)
	made := w.do("POST", "/api/v1/collections", ann.token, form("name", "People", "account_ids[]", bob.id.String())).is(200)
	const v1, v2 = "/api/v1/notifications", "/api/v2/notifications"
	collection := `"collection": {"id": "` + made.text("collection.id") + `", "name": "People", "item_count": 1}`
	one := w.told(bob, 1).has(`[{"type": "added_to_collection", "account": {"username": "ann"}, ` + collection + `}]`)
	if one.value("0.fallback") != nil {
		t.Errorf("a fallback nobody asked for: %s", one.body)
	}
	fallback := `"fallback": {"title": "ann added you to a collection"}`
	none := func(a *answer, path string) {
		t.Helper()
		if a.value(path) != nil {
			t.Errorf("%s: %s", a.call, a.body)
		}
	}
	w.run([]test{
		{"not shown by the app", "GET", v1 + "?supported_types[]=mention", bob.token, nil, 200, `[{` + fallback + `}]`},
		{"one", "GET", v1 + "/" + one.text("0.id") + "?supported_types[]=mention", bob.token, nil, 200, `{` + collection + `, ` + fallback + `}`},
		{"grouped", "GET", v2 + "?supported_types[]=mention", bob.token, nil, 200, `{"notification_groups": [{"type": "added_to_collection", ` + collection + `, ` + fallback + `}]}`},
		{"a group", "GET", v2 + "/" + one.text("0.group_key") + "?supported_types[]=mention", bob.token, nil, 200, `{"notification_groups": [{` + collection + `, ` + fallback + `}]}`},
		{"of the type", "GET", v1 + "?types[]=added_to_collection", bob.token, nil, 200, `[{}]`},
		{"not of the type", "GET", v1 + "?exclude_types[]=added_to_collection", bob.token, nil, 200, `[]`},
	})
	none(w.do("GET", v1+"?supported_types[]=added_to_collection", bob.token, nil).is(200), "0.fallback")
	none(w.do("GET", v2+"?supported_types[]=added_to_collection", bob.token, nil).is(200), "notification_groups.0.fallback")

	id := "/api/v1/collections/" + made.text("collection.id")
	w.do("PATCH", id, ann.token, `{"name": "Others"}`).is(200)
	w.told(bob, 2).has(`[{"type": "collection_update", "collection": {"name": "Others"}}, {"type": "added_to_collection", "collection": {"name": "Others"}}]`)
	w.do("POST", id+"/items/"+made.text("collection.items.0.id")+"/revoke", bob.token, nil).is(200)
	w.told(bob, 0)
	w.do("POST", id+"/items", ann.token, form("account_id", cyd.id.String())).is(200)
	w.told(cyd, 1)
	w.do("PUT", id, ann.token, `{"description": "again"}`).is(200)
	w.told(cyd, 2)
	w.told(bob, 0)
	w.do("DELETE", id, ann.token, nil).is(200)
	w.told(cyd, 0)
}

// A post shows the collections that it links to, to whom may see them.
func TestTaggedCollections(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cyd := w.person("ann"), w.person("bob"), w.person("cyd")
	made := w.do("POST", "/api/v1/collections", ann.token, form("name", "People")).is(200)
	link := base + "/collections/" + made.text("collection.id")
	id := w.says(bob, "See "+link+" and "+base+"/collections/12 and https://elsewhere.test/collections/"+made.text("collection.id"))
	plain := w.says(bob, "nothing")
	w.do("GET", statusesPath+id, "", nil).is(200).has(`{"tagged_collections": [{"name": "People", "uri": "` + link + `"}]}`)
	w.do("GET", statusesPath+plain, "", nil).is(200).has(`{"tagged_collections": []}`)
	w.do("POST", "/api/v1/accounts/"+cyd.id.String()+"/block", ann.token, nil).is(200)
	w.do("GET", statusesPath+id, cyd.token, nil).is(200).has(`{"tagged_collections": []}`)
	w.do("DELETE", "/api/v1/collections/"+made.text("collection.id"), ann.token, nil).is(200)
	w.do("GET", statusesPath+id, "", nil).is(200).has(`{"tagged_collections": []}`)
}

// AZ-27, of collections: a report attaches those of the reported that its author
// may see.
func TestReportedCollections(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cyd, boss := w.person("ann"), w.person("bob"), w.person("cyd"), w.staff("boss", "moderator")
	id := w.do("POST", "/api/v1/collections", ann.token, form("name", "People")).is(200).text("collection.id")
	other := w.do("POST", "/api/v1/collections", cyd.token, form("name", "More")).is(200).text("collection.id")
	report := form("account_id", ann.id.String(), "collection_ids[]", id, "collection_ids[]", other, "collection_ids[]", "12")
	w.do("POST", "/api/v1/reports", bob.token, report).is(200).has(`{"collection_ids": ["` + id + `"]}`)
	w.told(boss, 1).has(`[{"type": "admin.report", "report": {"collection_ids": ["` + id + `"]}}]`)
	w.do("POST", "/api/v1/accounts/"+cyd.id.String()+"/block", ann.token, nil).is(200)
	w.do("POST", "/api/v1/reports", cyd.token, report).is(200).has(`{"collection_ids": []}`)
}
