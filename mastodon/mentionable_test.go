package mastodon_test

import "testing"

// An app that says whom its author has in mind is told, before anything is
// published, whom else the text would reach.
func TestMentionable(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	const path = "/api/v1/statuses"
	all := `"status": "@bob @cleo @nobody and I, @ann"`
	refused := func(ids string) string { return `{` + all + `, "allowed_mentions": ` + ids + `}` }
	id := w.says(ann, "as it was")
	later := w.kit.Clock.Now().AddDate(0, 0, 1).UTC().Format("2006-01-02")
	w.run([]test{
		{"nobody", "POST", path, ann.token, refused(`[]`), 422, `{"details": {}, "unexpected_accounts": [{"id": "` + bob.id.String() + `", "acct": "bob"}, {"acct": "cleo"}]}`},
		{"one of two", "POST", path, ann.token, refused(`["` + bob.id.String() + `"]`), 422, `{"unexpected_accounts": [{"id": "` + cleo.id.String() + `"}]}`},
		{"nobody, as a form", "POST", path, ann.token, form("status", "@cleo", "allowed_mentions[]", ""), 422, `{"unexpected_accounts": [{"acct": "cleo"}]}`},
		{"what is no id", "POST", path, ann.token, refused(`["bob"]`), 422, `{"unexpected_accounts": [{"acct": "bob"}, {"acct": "cleo"}]}`},
		{"an edit", "PUT", statusesPath + id, ann.token, refused(`[]`), 422, `{"unexpected_accounts": [{"acct": "bob"}, {"acct": "cleo"}]}`},
		{"one that waits", "POST", path, ann.token, `{"status": "@bob", "allowed_mentions": [], "scheduled_at": "` + later + `"}`, 422, `{"unexpected_accounts": [{"acct": "bob"}]}`},
		{"no list", "POST", path, ann.token, refused(`{"a": "b"}`), 422, ""},
		{"nothing has come of it", "GET", "/api/v1/accounts/" + ann.id.String() + "/statuses", ann.token, nil, 200, `[{"id": "` + id + `", "content": "<p>as it was</p>"}]`},
		{"both", "POST", path, ann.token, refused(`["` + cleo.id.String() + `", "` + bob.id.String() + `"]`), 200, `{"mentions": [{"acct": "bob"}, {"acct": "cleo"}, {"acct": "ann"}]}`},
		{"more than are named", "POST", path, ann.token, `{"status": "@bob", "allowed_mentions": [` + bob.id.String() + `, ` + cleo.id.String() + `]}`, 200, `{"mentions": [{"acct": "bob"}]}`},
		{"none given", "POST", path, ann.token, refused(`null`), 200, ""},
		{"nobody is named", "POST", path, ann.token, `{"status": "x", "allowed_mentions": []}`, 200, `{"mentions": []}`},
	})
	// Whom the author cannot reach is not reached, and not told.
	w.do("POST", "/api/v1/accounts/"+ann.id.String()+"/block", cleo.token, nil).is(200)
	w.do("POST", path, ann.token, `{"status": "@cleo", "allowed_mentions": []}`).is(200).has(`{"mentions": []}`)
}
