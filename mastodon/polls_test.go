package mastodon_test

import (
	"testing"
	"time"
)

func TestPolls(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo := w.person("ann"), w.person("bob"), w.person("cleo")
	ask := func(body string) (poll, status string) {
		a := w.do("POST", "/api/v1/statuses", ann.token, `{"status": "?", "poll": {"options": ["a", "b", "c"], "expires_in": 3600`+body+`}}`).is(200)
		return "/api/v1/polls/" + a.text("poll.id"), a.text("id")
	}
	one, status := ask("")
	many, _ := ask(`, "multiple": true`)
	hidden, _ := ask(`, "hide_totals": true`)
	const none = `{"title": "a", "votes_count": 0}, {"title": "b", "votes_count": 0}, {"title": "c", "votes_count": 0}`
	w.run([]test{
		{"anonymous", "GET", one, "", nil, 200, `{"expired": false, "multiple": false, "votes_count": 0, "options": [` + none + `], "emojis": []}`},
		{"not voted", "GET", one, bob.token, nil, 200, `{"voted": false, "own_votes": []}`},
		{"the author", "GET", one, ann.token, nil, 200, `{"voted": true, "own_votes": []}`},
		{"the author votes", "POST", one + "/votes", ann.token, `{"choices": [0]}`, 422, `{"error": "Validation failed: You cannot vote in your own polls"}`},
		{"no choice", "POST", one + "/votes", bob.token, nil, 422, ""},
		{"empty choice", "POST", one + "/votes", bob.token, `{"choices": []}`, 422, ""},
		{"unknown choice", "POST", one + "/votes", bob.token, `{"choices": [3]}`, 422, ""},
		{"negative choice", "POST", one + "/votes", bob.token, `{"choices": [-1]}`, 422, ""},
		{"no number", "POST", one + "/votes", bob.token, `{"choices": ["a"]}`, 422, ""},
		{"two", "POST", one + "/votes", bob.token, `{"choices": [0, 1]}`, 422, `{"error": "Validation failed: Only one option can be chosen"}`},
		{"nobody", "POST", one + "/votes", "", `{"choices": [0]}`, 401, ""},
		{"vote", "POST", one + "/votes", bob.token, `{"choices": [1]}`, 200,
			`{"voted": true, "own_votes": [1], "votes_count": 1, "voters_count": 1, "options": [{"votes_count": 0}, {"votes_count": 1}, {"votes_count": 0}]}`},
		{"vote again", "POST", one + "/votes", bob.token, `{"choices": [0]}`, 422, `{"error": "Validation failed: You have already voted on this poll"}`},
		{"as text", "POST", one + "/votes", cleo.token, `{"choices": ["1"]}`, 200, `{"own_votes": [1], "votes_count": 2}`},
		{"in the status", "GET", statusesPath + status, bob.token, nil, 200, `{"poll": {"voted": true, "own_votes": [1], "votes_count": 2}}`},
		{"in the author's", "GET", statusesPath + status, ann.token, nil, 200, `{"poll": {"voted": true, "own_votes": [], "votes_count": 2}}`},
		{"many", "POST", many + "/votes", bob.token, form("choices[]", "2", "choices[]", "0", "choices[]", "0"), 200,
			`{"own_votes": [0, 2], "votes_count": 2, "voters_count": 1, "options": [{"votes_count": 1}, {"votes_count": 0}, {"votes_count": 1}]}`},
		{"with numbers", "POST", many + "/votes", cleo.token, form("choices[0]", "1", "choices[1]", "2"), 200, `{"own_votes": [1, 2], "votes_count": 4, "voters_count": 2}`},
		{"hidden", "POST", hidden + "/votes", bob.token, `{"choices": [0]}`, 200,
			`{"own_votes": [0], "votes_count": 1, "options": [{"title": "a", "votes_count": null}, {"votes_count": null}, {"votes_count": null}]}`},
		{"hidden from its author too", "GET", hidden, ann.token, nil, 200, `{"options": [{"votes_count": null}, {"votes_count": null}, {"votes_count": null}]}`},
	})
	for _, name := range []string{"voted", "own_votes"} {
		if a := w.do("GET", one, "", nil); a.value(name) != nil {
			t.Errorf("an anonymous reader is told %s: %s", name, a.body)
		}
	}
	w.kit.Clock.Advance(time.Hour)
	w.run([]test{
		{"ended", "GET", one, bob.token, nil, 200, `{"expired": true, "voted": true, "own_votes": [1]}`},
		{"told at the end", "GET", hidden, cleo.token, nil, 200, `{"expired": true, "voted": false, "options": [{"votes_count": 1}, {"votes_count": 0}, {"votes_count": 0}]}`},
		{"too late", "POST", hidden + "/votes", cleo.token, `{"choices": [0]}`, 422, `{"error": "Validation failed: The poll has already ended"}`},
	})
	// A poll that an edit has replaced is gone with its votes.
	w.do("PUT", statusesPath+status, ann.token, `{"status": "?", "poll": {"options": ["x", "y"], "expires_in": 3600}}`).is(200).has(`{"poll": {"votes_count": 0, "expired": false}}`)
	w.do("GET", one, bob.token, nil).same404()
	w.do("GET", statusesPath+status, bob.token, nil).is(200).has(`{"poll": {"voted": false, "own_votes": []}}`)
}
