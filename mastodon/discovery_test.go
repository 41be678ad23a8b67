package mastodon_test

import "testing"

// listed makes a member whom others may be shown.
func (w *world) listed(name string) *person {
	w.Helper()
	p := w.person(name)
	w.do("PATCH", "/api/v1/accounts/update_credentials", p.token, "discoverable=true").is(200)
	return p
}

func TestEndorsements(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cyd := w.person("ann"), w.person("bob"), w.person("cyd")
	path := func(p *person, what string) string { return "/api/v1/accounts/" + p.id.String() + "/" + what }
	w.run([]test{
		{"a stranger", "POST", path(bob, "endorse"), ann.token, nil, 422, ""},
		{"nobody", "POST", "/api/v1/accounts/1/endorse", ann.token, nil, 404, ""},
		{"without a token", "POST", path(bob, "endorse"), "", nil, 401, ""},
		{"follow", "POST", path(bob, "follow"), ann.token, nil, 200, `{"endorsed": false}`},
		{"follow", "POST", path(cyd, "follow"), ann.token, nil, 200, ""},
		{"endorse", "POST", path(bob, "endorse"), ann.token, nil, 200, `{"following": true, "endorsed": true}`},
		{"again", "POST", path(bob, "pin"), ann.token, nil, 200, `{"endorsed": true}`},
		{"another", "POST", path(cyd, "pin"), ann.token, nil, 200, `{"endorsed": true}`},
		{"told", "GET", "/api/v1/accounts/relationships?id=" + bob.id.String(), ann.token, nil, 200, `[{"endorsed": true}]`},
		{"mine", "GET", "/api/v1/endorsements", ann.token, nil, 200, `[{"username": "cyd"}, {"username": "bob"}]`},
		{"not mine", "GET", "/api/v1/endorsements", bob.token, nil, 200, `[]`},
		{"no one's", "GET", "/api/v1/endorsements", "", nil, 401, ""},
		{"to everybody", "GET", path(ann, "endorsements") + "?limit=1", "", nil, 200, `[{"username": "cyd"}]`},
		{"of nobody", "GET", "/api/v1/accounts/1/endorsements", "", nil, 404, ""},
		{"unendorse", "POST", path(cyd, "unpin"), ann.token, nil, 200, `{"endorsed": false}`},
		{"unendorse again", "POST", path(cyd, "unendorse"), ann.token, nil, 200, `{"endorsed": false}`},
		{"unfollow", "POST", path(bob, "unfollow"), ann.token, nil, 200, `{"endorsed": false}`},
		{"with the follow it ends", "GET", path(ann, "endorsements"), "", nil, 200, `[]`},
		{"no proofs", "GET", path(ann, "identity_proofs"), ann.token, nil, 200, `[]`},
		{"of nobody", "GET", "/api/v1/accounts/1/identity_proofs", ann.token, nil, 404, ""},
	})
	w.follows(ann, cyd)
	w.do("POST", path(cyd, "endorse"), ann.token, nil).is(200)
	w.do("POST", path(bob, "block"), ann.token, nil).is(200)
	w.do("GET", path(ann, "endorsements"), bob.token, nil).is(200).has(`[]`)
}

// LK: who hides whom they follow is not named, nor are followers of who hides these.
func TestFamiliarFollowers(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cyd, dan := w.person("ann"), w.person("bob"), w.person("cyd"), w.person("dan")
	w.follows(ann, bob)
	w.follows(ann, cyd)
	w.follows(bob, dan)
	w.follows(cyd, dan)
	path := "/api/v1/accounts/familiar_followers?id[]=" + dan.id.String() + "&id[]=" + bob.id.String() + "&id[]=1"
	w.do("GET", path, ann.token, nil).is(200).
		has(`[{"id": "` + dan.id.String() + `", "accounts": [{"username": "bob"}, {"username": "cyd"}]}, {"id": "` + bob.id.String() + `", "accounts": []}]`)
	w.do("GET", path, dan.token, nil).is(200).has(`[{"accounts": []}, {"accounts": []}]`)
	w.do("GET", path, "", nil).is(401)
	w.do("PATCH", "/api/v1/accounts/update_credentials", cyd.token, "hide_collections=true").is(200)
	w.do("GET", path, ann.token, nil).is(200).has(`[{"accounts": [{"username": "bob"}]}, {}]`)
	w.do("PATCH", "/api/v1/accounts/update_credentials", dan.token, "hide_collections=true").is(200)
	w.do("GET", path, ann.token, nil).is(200).has(`[{"accounts": []}, {}]`)
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cyd := w.listed("ann"), w.listed("bob"), w.person("cyd")
	w.says(bob, "hello")
	w.says(ann, "hello")
	w.says(cyd, "not for all")
	w.run([]test{
		{"by activity", "GET", "/api/v1/directory", "", nil, 200, `[{"username": "ann"}, {"username": "bob"}]`},
		{"by age", "GET", "/api/v1/directory?order=new&local=true", cyd.token, nil, 200, `[{"username": "bob"}, {"username": "ann"}]`},
		{"a part", "GET", "/api/v1/directory?limit=1&offset=1", "", nil, 200, `[{"username": "bob"}]`},
		{"beyond", "GET", "/api/v1/directory?offset=9999999999", "", nil, 200, ""},
		{"unknown order", "GET", "/api/v1/directory?order=x", "", nil, 400, ""},
		{"block", "POST", "/api/v1/accounts/" + cyd.id.String() + "/block", bob.token, nil, 200, ""},
		{"of whom it blocks", "GET", "/api/v1/directory", cyd.token, nil, 200, `[{"username": "ann"}]`},
		{"of whom it blocks", "GET", "/api/v1/directory?order=new", cyd.token, nil, 200, `[{"username": "ann"}]`},
	})
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cyd, dan, eve := w.listed("ann"), w.listed("bob"), w.listed("cyd"), w.listed("dan"), w.person("eve")
	w.follows(ann, bob)
	w.follows(bob, cyd)
	w.follows(bob, eve) // does not want to be discovered
	w.run([]test{
		{"friends of friends first", "GET", "/api/v2/suggestions", ann.token, nil, 200,
			`[{"sources": ["friends_of_friends", "most_followed"], "account": {"username": "cyd"}}, {"source": "global", "sources": ["most_followed"], "account": {"username": "dan"}}]`},
		{"as accounts", "GET", "/api/v1/suggestions?limit=1", ann.token, nil, 200, `[{"username": "cyd"}]`},
		{"further", "GET", "/api/v1/suggestions?offset=1", ann.token, nil, 200, `[{"username": "dan"}]`},
		{"to nobody", "GET", "/api/v2/suggestions", "", nil, 401, ""},
		{"dismiss", "DELETE", "/api/v1/suggestions/" + cyd.id.String(), ann.token, nil, 200, `{}`},
		{"dismiss nobody", "DELETE", "/api/v1/suggestions/1", ann.token, nil, 404, ""},
		{"dismissed", "GET", "/api/v1/suggestions", ann.token, nil, 200, `[{"username": "dan"}]`},
		{"mute", "POST", "/api/v1/accounts/" + dan.id.String() + "/mute", ann.token, nil, 200, ""},
		{"muted", "GET", "/api/v1/suggestions", ann.token, nil, 200, `[]`},
		{"unmute", "POST", "/api/v1/accounts/" + dan.id.String() + "/unmute", ann.token, nil, 200, ""},
		{"lock", "PATCH", "/api/v1/accounts/update_credentials", dan.token, "locked=true", 200, ""},
		{"locked", "GET", "/api/v1/suggestions", ann.token, nil, 200, `[{"username": "dan"}]`},
		{"ask", "POST", "/api/v1/accounts/" + dan.id.String() + "/follow", ann.token, nil, 200, `{"requested": true}`},
		{"asked", "GET", "/api/v1/suggestions", ann.token, nil, 200, `[]`},
		{"blocked", "POST", "/api/v1/accounts/" + bob.id.String() + "/block", eve.token, nil, 200, ""},
		{"from the other side", "GET", "/api/v1/suggestions", eve.token, nil, 200, `[{"username": "cyd"}, {"username": "ann"}, {"username": "dan"}]`},
	})
	w.do("PATCH", "/api/v1/accounts/update_credentials", bob.token, "hide_collections=true").is(200)
	fay := w.person("fay")
	w.follows(fay, bob) // who does not say whom they follow
	w.do("GET", "/api/v2/suggestions", fay.token, nil).is(200).has(`[{"sources": ["most_followed"], "account": {"username": "cyd"}}, {}, {}]`)
}
