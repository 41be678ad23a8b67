package mastodon_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const mocksAt = practiceAt + "/mocks"

// slot is a time as a proposal has it.
func (w *world) slot(in time.Duration) string {
	return w.kit.Clock.Now().Add(in).UTC().Format("2006-01-02T15:04:05.000Z")
}

// meet has two members agree on an interview that begins in a minute, and enter
// it. It returns its address.
func (w *world) meet(proposer, partner *person) string {
	w.Helper()
	made := w.do("POST", mocksAt, proposer.token, `{"account_id": "`+partner.id.String()+`", "slots": ["`+w.slot(time.Minute)+`"]}`).is(200)
	at := mocksAt + "/" + made.text("id")
	w.do("POST", at+"/accept", partner.token, `{"slot": "`+made.text("slots.0")+`"}`).is(200).has(`{"state": "accepted"}`)
	w.do("POST", at+"/enter", proposer.token, nil).is(200).has(`{"state": "lobby", "entered": {"proposer": true, "partner": false}}`)
	w.do("POST", at+"/enter", partner.token, nil).is(200).has(`{"entered": {"proposer": true, "partner": true}}`)
	return at
}

// tells puts an event into an interview's log, a second after the last one.
func (w *world) tells(p *person, at, kind, data string) *answer {
	w.Helper()
	w.kit.Clock.Advance(time.Second)
	return w.do("POST", at+"/events", p.token, `{"type": "`+kind+`", "data": `+data+`}`).is(200)
}

// marked marks all points of a card of an answer alike.
func marked(a *answer, card, mark string) string {
	var all []string
	for i := 0; a.value(fmt.Sprintf("%s.rubric.%d", card, i)) != nil; i++ {
		all = append(all, fmt.Sprintf(`{"point": %q, "mark": %q}`, a.text(fmt.Sprintf("%s.rubric.%d.id", card, i)), mark))
	}
	return `[` + strings.Join(all, ", ") + `]`
}

// interviews lets two members interview each other up to the first one's review.
func (w *world) interviews(first, second *person) {
	w.Helper()
	at := w.meet(first, second)
	w.tells(first, at, "phase", `{"phase": "round1"}`)
	w.tells(second, at, "card", `{}`)
	w.tells(first, at, "patch", `{"pane": "candidate", "insert": "I would measure first"}`)
	w.tells(second, at, "end", `{}`)
	w.tells(second, at, "phase", `{"phase": "round2"}`)
	w.tells(first, at, "card", `{}`)
	w.tells(first, at, "end", `{}`)
	seen := w.do("GET", at, first.token, nil).is(200)
	w.do("POST", at+"/review", first.token, `{"marks": `+marked(seen, "cards.1.card", "yes")+`, "strength": "calm"}`).is(200)
}

// An interview from the proposal to the reviews, and what outsiders get.
func TestMockInterview(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob, cat := w.person("ann"), w.person("bob"), w.person("cat")
	w.do("POST", mocksAt, ann.token, `{"slots": []}`).is(422)
	w.do("POST", mocksAt, ann.token, `{"slots": ["soon"]}`).is(422)
	w.do("POST", mocksAt, ann.token, `{"slots": ["`+w.slot(time.Hour)+`"], "account_id": "`+ann.id.String()+`"}`).is(404)
	w.do("POST", mocksAt, "", `{"slots": ["`+w.slot(time.Hour)+`"]}`).is(401)
	open := w.do("POST", mocksAt, ann.token, `{"slots": ["`+w.slot(time.Hour)+`", "`+w.slot(2*time.Hour)+`"], "minutes": 20, "note": "Be kind"}`).is(200).
		has(`{"state": "proposed", "invited": null, "partner": null, "minutes": 20, "note": "Be kind", "role": "back-end", "level": "mid", "at": null, "cards": [], "reviews": []}`)
	w.do("GET", practiceAt+"/open_mocks", bob.token, nil).is(200).has(`[{"id": "` + open.text("id") + `", "proposer": {"username": "ann"}}]`)
	w.do("GET", practiceAt+"/open_mocks", ann.token, nil).is(200).has(`[]`)
	w.do("GET", mocksAt+"/"+open.text("id"), cat.token, nil).is(200)
	w.do("POST", mocksAt+"/"+open.text("id")+"/cancel", cat.token, nil).is(404)
	w.do("POST", mocksAt+"/"+open.text("id")+"/cancel", ann.token, nil).is(200).has(`{"state": "cancelled"}`)

	named := w.do("POST", mocksAt, ann.token, `{"slots": ["`+w.slot(time.Hour)+`"], "account_id": "`+bob.id.String()+`"}`).is(200).has(`{"invited": {"username": "bob"}}`)
	w.do("POST", mocksAt+"/"+named.text("id")+"/accept", ann.token, `{"slot": "`+named.text("slots.0")+`"}`).is(409)
	w.do("POST", mocksAt+"/"+named.text("id")+"/accept", bob.token, `{"slot": "`+w.slot(3*time.Hour)+`"}`).is(422)
	w.do("POST", mocksAt+"/"+named.text("id")+"/decline", bob.token, nil).is(200).has(`{"state": "declined"}`)
	w.do("POST", mocksAt+"/"+named.text("id")+"/accept", bob.token, `{"slot": "`+named.text("slots.0")+`"}`).is(409)

	at := w.meet(ann, bob)
	secret := "Reads the execution plan"
	w.tells(ann, at, "phase", `{"phase": "round1"}`).has(`{"by": "` + ann.id.String() + `", "data": {"phase": "round1"}}`)
	w.tells(bob, at, "card", `{"deck": "backend-core", "card": "be-013"}`)
	for p, tells := range map[*person]bool{ann: false, bob: true} {
		a := w.do("GET", at, p.token, nil).is(200).has(`{"state": "round1", "candidate_id": "` + ann.id.String() + `", "cards": [{"round": 1, "card": {"id": "be-013"}}]}`)
		if strings.Contains(string(a.body), secret) != tells || (a.value("cards.0.follow_ups") != nil) != tells {
			t.Errorf("%s: %s", p.name, a.body)
		}
	}
	w.kit.Clock.Advance(time.Second)
	sent := w.do("POST", at+"/events", ann.token, `{"type": "patch", "key": "k1", "data": {"pane": "candidate", "insert": "I run EXPLAIN"}}`).is(200).has(`{"type": "patch", "key": "k1"}`)
	w.do("POST", at+"/events", ann.token, `{"type": "patch", "key": "k1", "data": {"pane": "candidate", "insert": "I run EXPLAIN"}}`).is(200).has(`{"seq": ` + sent.text("seq") + `}`)
	w.do("POST", at+"/events", ann.token, `{"type": "patch", "key": "k1", "data": {"pane": "candidate", "insert": "Another"}}`).is(409)
	w.do("POST", at+"/events", ann.token, `{"type": "patch", "data": {"pane": "candidate", "insert": "stale"}}`).is(409)
	w.do("POST", at+"/events", ann.token, `{"type": "patch", "data": {"pane": "interviewer", "insert": "foreign"}}`).is(409)
	w.do("POST", at+"/events", ann.token, `{"type": "song"}`).is(422)
	w.tells(bob, at, "note", `{"text": "a secret of bob's"}`)
	log := w.do("GET", at+"/events?after="+sent.text("seq"), ann.token, nil).is(200).has(`[{"type": "note", "data": null, "key": null}]`)
	if strings.Contains(string(log.body), "secret") {
		t.Errorf("%s", log.body)
	}
	w.do("GET", at+"/events?limit=2", bob.token, nil).is(200).has(`[{"seq": 1, "type": "phase"}, {"seq": 2, "type": "entered"}]`)
	w.tells(bob, at, "end", `{}`)
	w.tells(ann, at, "phase", `{"phase": "round2"}`)
	w.tells(ann, at, "end", `{}`)
	w.do("POST", at+"/review", bob.token, `{"marks": []}`).is(422)
	marks := marked(w.do("GET", at, bob.token, nil).is(200), "cards.0.card", "partly")
	w.do("POST", at+"/review", bob.token, `{"marks": `+marks+`, "note": "well done"}`).is(200).has(`{"state": "reviewing", "reviews": [{"round": 1, "score": 50, "note": "well done"}]}`)
	w.do("POST", at+"/review", bob.token, `{"marks": `+marks+`}`).is(409)
	if a := w.do("GET", at, ann.token, nil).is(200).has(`{"reviews": []}`); strings.Contains(string(a.body), secret) {
		t.Errorf("%s", a.body)
	}
	if a := w.do("POST", at+"/review", ann.token, `{"note": "no card, but thanks"}`).is(200).has(`{"state": "closed"}`); !strings.Contains(string(a.body), secret) || a.text("reviews.length") != "2" {
		t.Errorf("%s", a.body)
	}
	calendar := w.do("GET", at+"/calendar", ann.token, nil).is(200)
	if got := calendar.header.Get("Content-Type"); got != "text/calendar; charset=utf-8" || !strings.Contains(string(calendar.body), "\r\nBEGIN:VALARM\r\n") {
		t.Errorf("%s: %s", got, calendar.body)
	}
	w.do("GET", at+"/export", ann.token, nil).is(200).has(`{"mock": {"state": "closed"}}`)
	record := w.do("GET", at+"/export?format=markdown", ann.token, nil).is(200)
	if text := string(record.body); !strings.Contains(text, "    I run EXPLAIN\n") || !strings.Contains(text, secret) || strings.Contains(text, "a secret of bob's") {
		t.Errorf("%s", text)
	}
	w.do("GET", mocksAt, bob.token, nil).is(200).has(`[{"state": "closed", "partner": {"username": "bob"}}, {"state": "declined", "partner": null}]`)

	gone := w.do("GET", mocksAt+"/1", cat.token, nil).is(404)
	for _, c := range []struct{ method, path, body string }{
		{"GET", at, ""}, {"GET", at + "/events", ""}, {"POST", at + "/events", `{"type": "note", "data": {"text": "x"}}`}, {"POST", at + "/accept", `{"slot": "x"}`}, {"POST", at + "/decline", ""},
		{"POST", at + "/cancel", ""}, {"POST", at + "/enter", ""}, {"POST", at + "/review", `{"marks": []}`}, {"GET", at + "/calendar", ""}, {"GET", at + "/export", ""},
	} {
		a := w.do(c.method, c.path, cat.token, c.body)
		if a.status != 404 || string(a.body) != string(gone.body) {
			t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.body)
		}
		w.do(c.method, c.path, "", c.body).is(401)
	}
	w.do("GET", mocksAt, cat.token, nil).is(200).has(`[]`)
}
