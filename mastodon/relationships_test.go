package mastodon_test

import (
	"strings"
	"testing"
	"time"
)

func TestFollow(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	to := "/api/v1/accounts/" + bob.id.String()
	w.run([]test{
		{"nothing yet", "GET", "/api/v1/accounts/relationships?id[]=" + bob.id.String() + "&id[]=1", ann.token, nil, 200,
			`[{"following": false, "showing_reblogs": false, "languages": null, "muting_expires_at": null}]`},
		{"follow", "POST", to + "/follow", ann.token, nil, 200, `{"following": true, "showing_reblogs": true, "notifying": false, "requested": false}`},
		{"again with options", "POST", to + "/follow", ann.token, `{"reblogs": false, "notify": true, "languages": ["de", "en"]}`, 200,
			`{"following": true, "showing_reblogs": false, "notifying": true, "languages": ["de", "en"]}`},
		{"bad language", "POST", to + "/follow", ann.token, `languages[]=%2F`, 422, ""},
		{"back", "GET", "/api/v1/accounts/relationships?id=" + ann.id.String(), bob.token, nil, 200, `[{"followed_by": true, "following": false}]`},
		{"counted", "GET", to, "", nil, 200, `{"followers_count": 1, "following_count": 0}`},
		{"followers", "GET", to + "/followers", "", nil, 200, `[{"username": "ann"}]`},
		{"following", "GET", "/api/v1/accounts/" + ann.id.String() + "/following", "", nil, 200, `[{"username": "bob"}]`},
		{"oneself", "POST", "/api/v1/accounts/" + ann.id.String() + "/follow", ann.token, nil, 403, ""},
		{"nobody", "POST", "/api/v1/accounts/1/follow", ann.token, nil, 404, ""},
		{"note", "POST", to + "/note", ann.token, `{"comment": "met at <GopherCon>"}`, 200, `{"note": "met at <GopherCon>"}`},
		{"no note", "POST", to + "/note", ann.token, nil, 200, `{"note": ""}`},
		{"long note", "POST", to + "/note", ann.token, "comment=" + strings.Repeat("x", 2001), 422, ""},
		{"mute", "POST", to + "/mute", ann.token, `{"notifications": false, "duration": 3600}`, 200, `{"muting": true, "muting_notifications": false}`},
		{"mutes", "GET", "/api/v1/mutes", ann.token, nil, 200, `[{"username": "bob"}]`},
		{"mute for ever", "POST", to + "/mute", ann.token, nil, 200, `{"muting": true, "muting_notifications": true, "muting_expires_at": null}`},
		{"mute too long", "POST", to + "/mute", ann.token, `duration=99999999999`, 422, ""},
		{"mute negative", "POST", to + "/mute", ann.token, `duration=-1`, 422, ""},
		{"unmute", "POST", to + "/unmute", ann.token, nil, 200, `{"muting": false}`},
		{"remove follower", "POST", "/api/v1/accounts/" + ann.id.String() + "/remove_from_followers", bob.token, nil, 200, `{"followed_by": false}`},
		{"follow anew", "POST", to + "/follow", ann.token, nil, 200, `{"following": true}`},
		{"unfollow", "POST", to + "/unfollow", ann.token, nil, 200, `{"following": false}`},
		{"unfollow again", "POST", to + "/unfollow", ann.token, nil, 200, `{"following": false}`},
	})
	w.do("POST", to+"/mute", ann.token, "duration=3600").is(200)
	if at := w.do("GET", "/api/v1/mutes", ann.token, nil).is(200).text("0.mute_expires_at"); at != w.kit.Clock.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05.000Z") {
		t.Errorf("mute ends %s, now is %v", at, w.kit.Clock.Now())
	}
}

// AZ-16: who is blocked can do nothing with who blocks, and does not stay a follower.
func TestBlock(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	a, b := "/api/v1/accounts/"+ann.id.String(), "/api/v1/accounts/"+bob.id.String()
	w.run([]test{
		{"follow", "POST", a + "/follow", bob.token, nil, 200, `{"following": true}`},
		{"block", "POST", b + "/block", ann.token, nil, 200, `{"blocking": true, "followed_by": false}`},
		{"seen from the other side", "GET", "/api/v1/accounts/relationships?id[]=" + ann.id.String(), bob.token, nil, 200, `[{"blocked_by": true, "following": false}]`},
		{"no follower", "GET", a + "/followers", ann.token, nil, 200, `[]`},
		{"follow again", "POST", a + "/follow", bob.token, nil, 403, `{"error": "This action is not allowed"}`},
		{"the list", "GET", "/api/v1/blocks", ann.token, nil, 200, `[{"username": "bob"}]`},
		{"the list is one's own", "GET", "/api/v1/blocks", bob.token, nil, 200, `[]`},
		{"unblock", "POST", b + "/unblock", ann.token, nil, 200, `{"blocking": false}`},
		{"follow after", "POST", a + "/follow", bob.token, nil, 200, `{"following": true}`},
	})
}

// AZ-12, AZ-14: requests are answered by whom they were made to, and only if they were made.
func TestRequests(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cyd := w.person("ann"), w.person("bob"), w.person("cyd")
	w.do("PATCH", "/api/v1/accounts/update_credentials", ann.token, "locked=true").is(200).has(`{"locked": true}`)
	answer := func(p *person, what string) string {
		return "/api/v1/follow_requests/" + p.id.String() + "/" + what
	}
	w.run([]test{
		{"never asked", "POST", answer(cyd, "authorize"), ann.token, nil, 404, `{"error": "Record not found"}`},
		{"never asked", "POST", answer(cyd, "reject"), ann.token, nil, 404, ""},
		{"no relation", "GET", "/api/v1/accounts/relationships?id[]=" + cyd.id.String(), ann.token, nil, 200, `[{"following": false, "followed_by": false, "requested_by": false}]`},
		{"ask", "POST", "/api/v1/accounts/" + ann.id.String() + "/follow", bob.token, nil, 200, `{"following": false, "requested": true}`},
		{"ask too", "POST", "/api/v1/accounts/" + ann.id.String() + "/follow", cyd.token, nil, 200, `{"following": false, "requested": true}`},
		{"somebody else's request", "POST", answer(bob, "authorize"), cyd.token, nil, 404, ""},
		{"waiting", "GET", "/api/v1/follow_requests", ann.token, nil, 200, `[{"username": "cyd"}, {"username": "bob"}]`},
		{"counted", "GET", "/api/v1/accounts/verify_credentials", ann.token, nil, 200, `{"source": {"follow_requests_count": 2}}`},
		{"authorize", "POST", answer(bob, "authorize"), ann.token, nil, 200, `{"followed_by": true, "requested_by": false}`},
		{"reject", "POST", answer(cyd, "reject"), ann.token, nil, 200, `{"followed_by": false, "requested_by": false}`},
		{"done", "GET", "/api/v1/follow_requests", ann.token, nil, 200, `[]`},
		{"follower", "GET", "/api/v1/accounts/" + ann.id.String() + "/followers", "", nil, 200, `[{"username": "bob"}]`},
	})
}

// The pages of a list meet, whichever way they are read, and know no other address.
func TestPages(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	for _, name := range []string{"p1", "p2", "p3", "p4", "p5"} {
		p := w.person(name)
		w.do("POST", "/api/v1/accounts/"+ann.id.String()+"/follow", p.token, nil).is(200)
	}
	path := "/api/v1/accounts/" + ann.id.String() + "/followers?limit=2"
	var forward, back []string
	var last *answer
	for a := w.do("GET", path, "", nil, "Host", "evil.test"); ; {
		a.is(200)
		if a.text("0") == "<nil>" {
			break
		}
		last = a
		for i := range 2 {
			if name := a.text([]string{"0", "1"}[i] + ".username"); name != "<nil>" {
				forward = append(forward, name)
			}
		}
		a = w.do("GET", link(a, "next"), "", nil)
	}
	for a := w.do("GET", link(last, "prev"), "", nil).is(200); a.text("0") != "<nil>"; a = w.do("GET", link(a, "prev"), "", nil).is(200) {
		back = append(back, a.text("1.username"), a.text("0.username"))
	}
	if got := strings.Join(forward, " "); got != "p5 p4 p3 p2 p1" {
		t.Errorf("forward: %s", got)
	}
	if got := strings.Join(back, " "); got != "p2 p3 p4 p5" {
		t.Errorf("back: %s", got)
	}
	// DO-07: what no page can be is the first one.
	for _, q := range []string{"limit=1000000", "limit=-1", "limit=0", "limit=abc", "limit=1e9", "limit=[]", "limit[]=1", "max_id=9e99", "max_id=-1",
		"max_id=", "max_id=../../x", "max_id=99999999999999999999", "min_id=1&since_id=1", "limit=99999999999999999999", "max_id=%00", "%zz"} {
		a := w.do("GET", "/api/v1/accounts/"+ann.id.String()+"/followers?"+q, "", nil).is(200)
		if n := a.text("length"); n != "5" {
			t.Errorf("%s: %s items", q, n)
		}
		if l := a.header.Get("Link"); strings.ContainsAny(l, "\r\n") || strings.Count(l, "<") != 2 {
			t.Errorf("%s: Link %q", q, l)
		}
	}
}

// link returns the path of a link of the answer's header.
func link(a *answer, rel string) string {
	a.Helper()
	for part := range strings.SplitSeq(a.header.Get("Link"), ", ") {
		if target, ok := strings.CutSuffix(part, `>; rel="`+rel+`"`); ok {
			path, ours := strings.CutPrefix(target, "<"+base)
			if !ours {
				a.Fatalf("a link to elsewhere: %s", part)
			}
			return path
		}
	}
	a.Fatalf("%s: no link %q in %q", a.call, rel, a.header.Get("Link"))
	return ""
}
