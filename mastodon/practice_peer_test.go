package mastodon_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/testkit"
)

// ticksOf marks all points of a card alike.
func ticksOf(a *answer, card, mark string) string {
	a.Helper()
	var marks []string
	for i := 0; a.value(fmt.Sprintf("%s.rubric.%d", card, i)) != nil; i++ {
		marks = append(marks, fmt.Sprintf(`{"point": %q, "mark": %q}`, a.text(fmt.Sprintf("%s.rubric.%d.id", card, i)), mark))
	}
	return `{"marks": [` + strings.Join(marks, ",") + `], "note": "noted as ` + mark + `"}`
}

// checkedAttempt is an answer whose rubric its author has ticked.
func (w *world) checkedAttempt(p *person, card, text, mark string) string {
	w.Helper()
	id := w.do("POST", practiceAt+"/attempts", p.token, `{"deck": "backend-core", "card": "`+card+`"}`).is(200).text("id")
	at := practiceAt + "/attempts/" + id
	w.do("PUT", at+"/recording", p.token, upload(w.T, "@file", "OggS "+text)).is(200)
	w.do("POST", at+"/answer", p.token, `{"text": "`+text+`"}`).is(200)
	opened := w.do("POST", at+"/prediction", p.token, `{"percent": 33}`).is(200)
	w.do("POST", at+"/review", p.token, ticksOf(opened, "card", mark)).is(200)
	return id
}

// toldByTheHouse waits for a direct post of the house's own account that has a text.
func (w *world) toldByTheHouse(p *person, text string) *answer {
	w.Helper()
	var a *answer
	var at int
	testkit.Eventually(w.T, func() bool {
		a = w.do("GET", "/api/v1/notifications?types[]=mention", p.token, nil).is(200)
		for at = 0; a.value(fmt.Sprint(at)) != nil; at++ {
			if strings.Contains(a.text(fmt.Sprintf("%d.status.content", at)), text) {
				return true
			}
		}
		return false
	})
	if a.text(fmt.Sprintf("%d.status.visibility", at)) != "direct" || a.text(fmt.Sprintf("%d.account.username", at)) != "practice" || a.text(fmt.Sprintf("%d.account.bot", at)) != "true" {
		w.Errorf("%s", a.body)
	}
	return w.do("GET", statusesPath+a.text(fmt.Sprintf("%d.status.id", at)), p.token, nil).is(200)
}

// An answer is reviewed by two who do not know whose it is; in the end all see
// all, and are brought together by ordinary direct posts.
func TestPracticePeerReview(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cleo, dan := w.person("ann"), w.person("bob"), w.person("cleo"), w.person("dan")
	attempt := w.checkedAttempt(ann, "be-013", "I read the execution plan", "yes")
	ask := practiceAt + "/attempts/" + attempt + "/ask"
	w.do("GET", practiceAt+"/credits", ann.token, nil).is(200).has(`{"credits": 2}`)
	w.do("POST", ask, ann.token, `{"circle": "friends"}`).is(422)
	w.do("POST", ask, ann.token, `{"circle": "everyone", "seats": 3}`).is(422)
	asked := w.do("POST", ask, ann.token, `{"circle": "everyone", "seats": 2}`).is(200).
		has(`{"state": "open", "circle": "everyone", "seats": 2, "taken": 0, "reviews_in": 0, "own": null, "reviews": [], "attempt": {"id": "` + attempt + `"}}`)
	w.do("POST", ask, ann.token, `{"circle": "everyone"}`).is(409)
	w.do("POST", practiceAt+"/attempts/"+w.checkedAttempt(ann, "be-001", "GET is safe", "yes")+"/ask", ann.token, `{"circle": "everyone"}`).is(403)
	own := practiceAt + "/asks/" + asked.text("id")

	var traffic []*answer // of reviewers before all is in
	blind := func(a *answer) *answer {
		traffic = append(traffic, a)
		return a
	}
	open := blind(w.do("GET", practiceAt+"/open_asks", bob.token, nil).is(200).has(`[{"id": "` + asked.text("id") + `", "asked": false, "card": {"id": "be-013", "rubric": null}}]`))
	take := practiceAt + "/open_asks/" + open.text("0.id") + "/take"
	first := blind(w.do("POST", take, bob.token, nil).is(200).has(`{"answer": "I read the execution plan", "recording": true, "review": null, "ask": null}`))
	second := blind(w.do("POST", take, cleo.token, nil).is(200))
	w.do("POST", take, dan.token, nil).is(409)
	seat := func(a *answer) string { return practiceAt + "/seats/" + a.text("id") }
	if a := blind(w.do("GET", seat(second)+"/recording", cleo.token, nil).is(200)); a.header.Get("Content-Type") != "audio/ogg" || !strings.HasPrefix(string(a.body), "OggS") {
		t.Errorf("%v %q", a.header, a.body)
	}
	w.do("POST", seat(first)+"/review", bob.token, `{"marks": []}`).is(422)
	blind(w.do("POST", seat(first)+"/review", bob.token, ticksOf(first, "card", "partly")).is(200).has(`{"review": {"note": "noted as partly"}, "ask": null}`))
	w.do("POST", seat(first)+"/review", bob.token, ticksOf(first, "card", "yes")).is(409)
	w.do("DELETE", seat(first), bob.token, nil).is(409)
	blind(w.do("GET", seat(first), bob.token, nil).is(200))
	blind(w.do("GET", practiceAt+"/seats", cleo.token, nil).is(200).has(`[{"id": "` + second.text("id") + `", "ask": null}]`))
	blind(w.do("DELETE", seat(second), cleo.token, nil).is(200).has(`{}`))
	second = blind(w.do("POST", take, cleo.token, nil).is(200))
	for _, a := range traffic {
		for _, canary := range []string{ann.id.String(), attempt, `"ann"`, `"33"`, "noted as yes"} {
			if strings.Contains(string(a.body), canary) {
				t.Errorf("%s tells %q: %s", a.call, canary, a.body)
			}
		}
	}
	waiting := w.do("GET", own, ann.token, nil).is(200).has(`{"state": "open", "taken": 2, "reviews_in": 1, "reviews": []}`)
	for _, canary := range []string{bob.id.String(), cleo.id.String(), "noted as partly"} {
		if strings.Contains(string(waiting.body), canary) {
			t.Errorf("the author is told %q: %s", canary, waiting.body)
		}
	}

	gone := w.do("GET", practiceAt+"/attempts/1", dan.token, nil).is(404)
	for _, c := range []struct {
		method, path, body string
		who                *person
	}{
		{"POST", ask, `{"circle": "everyone"}`, bob}, {"GET", own, "", bob}, {"GET", own, "", dan}, {"DELETE", own, "", bob}, {"GET", seat(second), "", dan}, {"GET", seat(second), "", ann},
		{"DELETE", seat(second), "", dan}, {"POST", seat(second) + "/review", ticksOf(second, "card", "no"), dan}, {"GET", seat(second) + "/recording", "", dan},
		{"POST", seat(second) + "/report", "comment=rude", dan}, {"POST", take, "", ann}, {"POST", practiceAt + "/open_asks/1/take", "", dan},
	} {
		if a := w.do(c.method, c.path, c.who.token, c.body); a.status != 404 || string(a.body) != string(gone.body) {
			t.Errorf("%s %s of %s: %d %s", c.method, c.path, c.who.name, a.status, a.body)
		}
		w.do(c.method, c.path, "", c.body).is(401)
	}

	w.kit.Clock.Advance(time.Minute)
	w.do("POST", seat(second)+"/review", cleo.token, ticksOf(second, "card", "no")).is(200).
		has(`{"ask": {"state": "done", "account": {"username": "ann"}, "attempt": {"predicted": null}, "own": {"note": "noted as yes"}}}`)
	for _, p := range []*person{ann, bob, cleo} {
		w.do("GET", own, p.token, nil).is(200).has(`{"state": "done", "own": {"rating": "easy"}, "reviews": [
			{"account": {"username": "bob"}, "agreement": 0, "review": {"peer": true, "note": "noted as partly", "rating": "hard"}},
			{"account": {"username": "cleo"}, "agreement": 0, "review": {"note": "noted as no", "rating": "again"}}]}`)
	}
	w.do("GET", practiceAt+"/asks", ann.token, nil).is(200).has(`[{"state": "done", "reviews": [{"agreement": null}, {}]}]`)
	w.do("GET", practiceAt+"/seats", bob.token, nil).is(200).has(`[{"ask": {"state": "done"}}]`)
	w.do("GET", practiceAt+"/attempts/"+attempt+"/review", ann.token, nil).is(200).has(`{"review": {"rating": "easy"}, "schedule": {"reviews": 1}}`)
	w.do("GET", practiceAt+"/credits", cleo.token, nil).is(200).has(`{"credits": 3}`)
	w.do("GET", practiceAt+"/asks", dan.token, nil).is(200).has(`[]`)

	w.toldByTheHouse(ann, "is reviewed")
	thread := w.toldByTheHouse(cleo, "differently").has(`{"mentions": [{"username": "ann"}, {"username": "bob"}, {"username": "cleo"}]}`)
	if !strings.Contains(thread.text("content"), base+"/practice/asks/"+asked.text("id")) && !strings.Contains(thread.text("content"), "/practice/asks/"+asked.text("id")) {
		t.Errorf("%s", thread.body)
	}
	testkit.Eventually(t, func() bool { return w.do("GET", own, ann.token, nil).is(200).text("thread_id") == thread.text("id") })
	w.do("POST", "/api/v1/statuses", bob.token, form("status", "@ann @cleo I looked for the plan", "visibility", "direct", "in_reply_to_id", thread.text("id"))).is(200)
	w.do("GET", statusesPath+thread.text("id"), dan.token, nil).is(404)
}

// Who is asked by name is told so by a mention, in their language, and not by whom.
func TestPracticeAskedByName(t *testing.T) {
	t.Parallel()
	w := open(t)
	boss, ann, bob, cleo := w.staff("boss", identity.RoleOwner), w.person("ann"), w.person("bob"), w.person("cleo")
	w.must(w.identity.SetLocale(w.kit.Ctx, bob.id, "de"))
	attempt := practiceAt + "/attempts/" + w.checkedAttempt(ann, "be-013", "My answer for review", "yes")
	w.do("POST", attempt+"/ask", ann.token, `{"circle": "person", "account_id": "12345"}`).is(404)
	w.do("POST", attempt+"/ask", ann.token, `{"circle": "person"}`).is(422)
	asked := w.do("POST", attempt+"/ask", ann.token, `{"circle": "person", "account_id": "`+bob.id.String()+`"}`).is(200).has(`{"circle": "person", "person_id": "` + bob.id.String() + `", "seats": 1}`)
	told := w.toldByTheHouse(bob, "Jemand bittet dich")
	if strings.Contains(string(told.body), "ann") && strings.Contains(told.text("content"), "ann") {
		t.Errorf("told by whom: %s", told.body)
	}
	house := told.text("account.id")
	w.do("POST", practiceAt+"/attempts/"+w.checkedAttempt(ann, "be-002", "Another", "yes")+"/ask", ann.token, `{"circle": "person", "account_id": "`+house+`"}`).is(404)
	w.do("GET", practiceAt+"/open_asks", cleo.token, nil).is(200).has(`[]`)
	w.do("GET", practiceAt+"/open_asks", bob.token, nil).is(200).has(`[{"asked": true}]`)
	seat := w.do("POST", practiceAt+"/open_asks/"+asked.text("id")+"/take", bob.token, nil).is(200)
	at := practiceAt + "/seats/" + seat.text("id")
	w.do("POST", at+"/report", bob.token, form("comment", strings.Repeat("x", 2000))).is(422)
	w.do("POST", at+"/report", bob.token, form("comment", "rude", "category", "other")).is(200).has(`{}`)
	reports := w.do("GET", "/api/v1/admin/reports", boss.token, nil).is(200).has(`[{"target_account": {"username": "ann"}, "account": {"username": "bob"}}]`)
	if said := reports.text("0.comment"); !strings.Contains(said, "rude") || !strings.Contains(said, "My answer for review") {
		t.Errorf("%s", reports.body)
	}
	w.do("DELETE", practiceAt+"/asks/"+asked.text("id"), ann.token, nil).is(200).has(`{}`)
	w.do("DELETE", practiceAt+"/asks/"+asked.text("id"), ann.token, nil).is(409)
	w.do("GET", at, bob.token, nil).is(404)
	w.toldByTheHouse(bob, "nicht mehr")
	w.do("GET", "/api/v1/suggestions", cleo.token, nil).is(200).has(`[]`)
	w.do("GET", "/api/v1/directory", cleo.token, nil).is(200).has(`[]`)
}

// Who wants to be is told once a day that cards are due; the new reminder takes
// the place of the one before it.
func TestPracticeReminder(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	w.do("PUT", practiceAt+"/plan", ann.token, `{"remind": true}`).is(200)
	w.checkedAttempt(ann, "be-013", "No idea", "no")
	pass := func(d time.Duration) {
		t.Helper()
		w.kit.Clock.Advance(d)
		w.must(w.practice.Sweep(w.kit.Ctx))
	}
	pass(2 * time.Hour) // nothing is due
	pass(30 * time.Hour)
	first := w.toldByTheHouse(ann, "1 card is due")
	w.checkedAttempt(ann, "be-001", "No idea", "no")
	pass(10 * time.Hour) // too soon for another one
	pass(30 * time.Hour)
	w.toldByTheHouse(ann, "2 cards are due")
	testkit.Eventually(t, func() bool { return w.do("GET", statusesPath+first.text("id"), ann.token, nil).status == 404 })
	list := w.do("GET", "/api/v1/notifications?types[]=mention", ann.token, nil).is(200)
	if list.text("length") != "1" {
		t.Errorf("%s", list.body)
	}
	w.do("POST", practiceAt+"/sessions", ann.token, nil).is(200)
	pass(23*time.Hour + 30*time.Minute)
	pass(23 * time.Hour)
	w.do("PUT", practiceAt+"/plan", ann.token, `{"remind": false}`).is(200)
	pass(48 * time.Hour)
	w.do("PUT", practiceAt+"/plan", ann.token, `{"remind": true}`).is(200)
}
