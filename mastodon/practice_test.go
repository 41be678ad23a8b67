package mastodon_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/practice/receipt"
)

const practiceAt = "/api/guildhall/v1/practice"

// A question is answered: the rubric comes after the answer and the guess, never
// before.
func TestPracticeAttempt(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	secret := "Reads the execution plan"
	hidden := func(a *answer) *answer {
		t.Helper()
		if strings.Contains(string(a.body), secret) {
			t.Errorf("%s tells the rubric: %s", a.call, a.body)
		}
		return a
	}
	hidden(w.do("GET", practiceAt+"/decks/backend-core", ann.token, nil).is(200))
	hidden(w.do("GET", practiceAt+"/decks/backend-core/cards/be-013", ann.token, nil).is(200).has(`{"id": "be-013", "kind": "technical", "level": "mid", "rubric": null, "sections": null}`))
	begun := hidden(w.do("POST", practiceAt+"/attempts", ann.token, `{"deck": "backend-core", "card": "be-013"}`).is(200).has(`{"state": "asked", "answer": null, "predicted": null}`))
	at := practiceAt + "/attempts/" + begun.text("id")
	w.do("POST", at+"/prediction", ann.token, `{"percent": 50}`).is(409)
	w.do("POST", at+"/answer", ann.token, `{"text": " "}`).is(422)
	hidden(w.do("POST", at+"/answer", ann.token, `{"text": "I run EXPLAIN and add an index.", "seconds": 60}`).is(200).has(`{"state": "answered", "seconds": 60}`))
	w.do("POST", at+"/answer", ann.token, `{"text": "Another."}`).is(409)
	hidden(w.do("GET", at, ann.token, nil).is(200))
	w.do("POST", at+"/review", ann.token, `{"marks": []}`).is(422)
	w.do("POST", at+"/prediction", ann.token, `{"percent": 101}`).is(422)
	w.do("POST", at+"/prediction", ann.token, `{}`).is(422)
	opened := w.do("POST", at+"/prediction", ann.token, `{"percent": 40}`).is(200).has(`{"state": "opened", "predicted": 40}`)
	if !strings.Contains(string(opened.body), secret) {
		t.Errorf("the rubric is not open: %s", opened.body)
	}
	w.do("GET", at+"/review", ann.token, nil).is(404)
	marks := `{"marks": [{"point": "measure", "mark": "yes"}, {"point": "plan", "mark": "yes"}, {"point": "index", "mark": "partly"}, {"point": "rewrite", "mark": "no"},
		{"point": "cost", "mark": "partly"}, {"point": "other", "mark": "no"}, {"point": "verify", "mark": "%"}], "note": "More on cost"}`
	w.do("POST", at+"/review", ann.token, strings.ReplaceAll(marks, "%", "maybe")).is(422)
	w.do("POST", at+"/review", ann.token, strings.ReplaceAll(marks, "%", "yes")).is(200).has(`{"review": {"rating": "hard", "peer": false, "note": "More on cost"}, "schedule": {"card": "be-013", "reviews": 1}}`)
	w.do("POST", at+"/review", ann.token, strings.ReplaceAll(marks, "%", "yes")).is(409)
	w.do("GET", at+"/review", ann.token, nil).is(200).has(`{"review": {"attempt_id": "` + begun.text("id") + `"}}`)
	w.do("GET", practiceAt+"/attempts", ann.token, nil).is(200).has(`[{"id": "` + begun.text("id") + `", "state": "checked"}]`)

	gone := w.do("GET", practiceAt+"/attempts/1", bob.token, nil).is(404)
	for _, c := range []struct{ method, path, body string }{
		{"GET", at, ""}, {"GET", at + "/review", ""}, {"GET", at + "/recording", ""}, {"POST", at + "/answer", `{"text": "x"}`}, {"POST", at + "/prediction", `{"percent": 1}`},
		{"POST", at + "/skip", ""}, {"POST", at + "/review", marks},
	} {
		a := w.do(c.method, c.path, bob.token, c.body)
		if a.status != 404 || string(a.body) != string(gone.body) {
			t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.body)
		}
		w.do(c.method, c.path, "", c.body).is(401)
	}
	w.do("GET", practiceAt+"/attempts", bob.token, nil).is(200).has(`[]`)
}

func TestPracticeSession(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	if a := w.do("GET", practiceAt+"/terms", ann.token, nil).is(200); a.text("roles.0.id") != "back-end" || a.text("levels.0.id") != "junior" {
		t.Errorf("%s", a.body)
	}
	w.do("GET", practiceAt+"/decks", ann.token, nil).is(200).has(`[{"id": "backend-core", "source": "bundled", "licence": "CC-BY-SA-4.0"}, {"id": "dsa-core"}]`)
	w.do("GET", practiceAt+"/decks/none", ann.token, nil).is(404)
	w.do("GET", practiceAt+"/plan", ann.token, nil).is(200).has(`{"role": "back-end", "level": "mid", "minutes": 25, "interview_at": null, "made": false}`)
	for _, method := range []string{"PUT", "PATCH"} {
		w.do(method, practiceAt+"/plan", ann.token, `{"level": "junior", "minutes": 10, "remind": true}`).is(200).has(`{"role": "back-end", "level": "junior", "minutes": 10, "remind": true, "made": true}`)
		w.do(method, practiceAt+"/plan", ann.token, `{"role": "king", "minutes": 1000}`).is(422)
		w.do(method, practiceAt+"/plan", ann.token, `{"interview_at": "soon"}`).is(422)
	}
	started := w.do("POST", practiceAt+"/sessions", ann.token, nil).is(200).has(`{"minutes": 10, "ended_at": null, "cards": [{"reason": "fresh", "attempt": null}, {"reason": "fresh", "attempt": null}]}`)
	at := practiceAt + "/sessions/" + started.text("id")
	begun := w.do("POST", practiceAt+"/attempts", ann.token, `{"deck": "`+started.text("cards.0.card.deck")+`", "card": "`+started.text("cards.0.card.id")+`", "session_id": "`+started.text("id")+`"}`).is(200)
	w.do("POST", practiceAt+"/attempts/"+begun.text("id")+"/skip", ann.token, nil).is(200).has(`{"state": "skipped"}`)
	w.do("GET", at, ann.token, nil).is(200).has(`{"cards": [{"attempt": {"id": "` + begun.text("id") + `", "state": "skipped"}}, {"attempt": null}]}`)
	w.do("GET", practiceAt+"/sessions", ann.token, nil).is(200).has(`[{"id": "` + started.text("id") + `", "cards": []}]`)
	w.do("GET", at, bob.token, nil).is(404)
	w.do("POST", at+"/end", bob.token, nil).is(404)
	if a := w.do("POST", at+"/end", ann.token, nil).is(200); a.text("ended_at") == "" {
		t.Errorf("%s", a.body)
	}
	w.kit.Clock.Advance(48 * 3600e9)
	w.do("GET", practiceAt+"/due", ann.token, nil).is(200).has(`[{"reviews": 1, "lapses": 0}]`)
	w.do("GET", practiceAt+"/due", bob.token, nil).is(200).has(`[]`)
	w.do("GET", practiceAt+"/forecast?days=3&time_zone=Asia/Tokyo", ann.token, nil).is(200).has(`[{"due": 1}, {"due": 0}, {"due": 0}]`)
}

func TestPracticeStoriesAndRecordings(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	w.do("POST", practiceAt+"/stories", ann.token, `{"situation": "no title"}`).is(422)
	made := w.do("POST", practiceAt+"/stories", ann.token, `{"title": "Outage", "situation": "The shop was down."}`).is(200).has(`{"title": "Outage", "task": ""}`)
	at := practiceAt + "/stories/" + made.text("id")
	for _, method := range []string{"PUT", "PATCH"} {
		w.do(method, at, ann.token, `{"result": "Up again."}`).is(200).has(`{"title": "Outage", "situation": "The shop was down.", "result": "Up again."}`)
		w.do(method, at, bob.token, `{"result": "Mine."}`).is(404)
	}
	w.do("GET", at, bob.token, nil).is(404)
	w.do("DELETE", at, bob.token, nil).is(404)
	w.do("GET", practiceAt+"/stories", bob.token, nil).is(200).has(`[]`)

	begun := w.do("POST", practiceAt+"/attempts", ann.token, `{"deck": "backend-core", "card": "be-024"}`).is(200)
	attempt := practiceAt + "/attempts/" + begun.text("id")
	for _, method := range []string{"PUT", "PATCH"} {
		w.do(method, attempt+"/recording", ann.token, upload(t, "@file", "OggS and what is said")).is(200).has(`{"recording": true}`)
		w.do(method, attempt+"/recording", ann.token, upload(t, "@file", "<script>alert(1)</script>")).is(415)
		w.do(method, attempt+"/recording", bob.token, upload(t, "@file", "OggS")).is(404)
	}
	w.do("GET", attempt+"/recording", bob.token, nil).is(404)
	if a := w.do("GET", attempt+"/recording", ann.token, nil).is(200); string(a.body) != "OggS and what is said" || a.header.Get("Content-Type") != "audio/ogg" {
		t.Errorf("%v %q", a.header, a.body)
	}
	w.do("POST", attempt+"/answer", ann.token, `{"story_id": "`+made.text("id")+`"}`).is(200).has(`{"answer": "The shop was down.\n\nUp again.", "recording": true}`)
	w.do("GET", practiceAt+"/stories", ann.token, nil).is(200).has(`[{"title": "Outage"}]`)
	w.do("GET", at, ann.token, nil).is(200)
	w.do("DELETE", at, ann.token, nil).is(200)
	w.do("GET", at, ann.token, nil).is(404)
}

// A lab is begun, answered and graded once; nobody else sees it.
func TestPracticeLab(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	labs := w.do("GET", practiceAt+"/labs", ann.token, nil).is(200)
	if labs.text("0.id") != "L01" || labs.value("0.best") != nil {
		t.Errorf("%s", labs.body)
	}
	w.do("POST", practiceAt+"/labs/L99/attempts", ann.token, nil).is(404)
	begun := w.do("POST", practiceAt+"/labs/L05/attempts", ann.token, nil).is(200).has(`{"lab": "L05", "state": "asked", "report": null, "answers": []}`)
	at := practiceAt + "/lab_attempts/" + begun.text("id")
	w.do("POST", at+"/answer", ann.token, fmt.Sprintf(`{"answers": [{"field": %q, "text": %q}]}`, begun.text("task.fields.0.name"), strings.Repeat("x", 40_000))).is(422)
	w.do("POST", at+"/answer", ann.token, `{"answers": []}`).is(200).has(`{"state": "asked", "graded_at": null, "report": {"void": true, "passed": false}}`)
	var filled []string
	for i := 0; begun.value(fmt.Sprintf("task.fields.%d", i)) != nil; i++ {
		field := fmt.Sprintf("task.fields.%d.", i)
		text := begun.text(field + "value")
		if text == "" && begun.value(field+"options.0") != nil {
			text = begun.text(field + "options.0.value")
		} else if text == "" {
			text = "10"
		}
		filled = append(filled, fmt.Sprintf(`{"field": %q, "text": %q}`, begun.text(field+"name"), text))
	}
	body := `{"answers": [` + strings.Join(filled, ",") + `]}`
	for _, c := range []struct{ method, path, body string }{{"GET", at, ""}, {"POST", at + "/answer", body}} {
		w.do(c.method, c.path, bob.token, c.body).is(404)
		w.do(c.method, c.path, "", c.body).is(401)
	}
	graded := w.do("POST", at+"/answer", ann.token, body).is(200).has(`{"state": "graded", "report": {"void": false}}`)
	if graded.text("task") != begun.text("task") || graded.text("graded_at") == "" || graded.text("answers.length") == "0" {
		t.Errorf("%s", graded.body)
	}
	w.do("POST", at+"/answer", ann.token, body).is(409)
	if a := w.do("GET", at, ann.token, nil).is(200); string(a.body) != string(graded.body) {
		t.Errorf("%s, was %s", a.body, graded.body)
	}
	w.do("GET", practiceAt+"/lab_attempts", ann.token, nil).is(200).has(`[{"id": "` + begun.text("id") + `", "state": "graded", "task": null}]`)
	w.do("GET", practiceAt+"/lab_attempts?lab=L01", ann.token, nil).is(200).has(`[]`)
	w.do("GET", practiceAt+"/lab_attempts", bob.token, nil).is(200).has(`[]`)
	if labs := w.do("GET", practiceAt+"/labs", ann.token, nil).is(200); !strings.Contains(string(labs.body), `"percent":`) {
		t.Errorf("%s", labs.body)
	}
}

// passes has a member pass lab L05.
func (w *world) passes(p *person) {
	w.Helper()
	begun := w.do("POST", practiceAt+"/labs/L05/attempts", p.token, nil).is(200)
	slowest := ""
	for i := 0; begun.value(fmt.Sprintf("task.tables.0.rows.%d", i)) != nil; i++ {
		if row := fmt.Sprintf("task.tables.0.rows.%d.", i); begun.text(row+"0") == "slowest message" {
			slowest = strings.TrimSuffix(begun.text(row+"1"), " s")
		}
	}
	var filled []string
	for field, text := range map[string]string{"key": "operation", "record": "same", "ack": "commit", "dead": "park", "backoff": "fixed", "delay": "8", "most": "18",
		"ordering": "account", "wait": slowest + "1"} {
		filled = append(filled, fmt.Sprintf(`{"field": %q, "text": %q}`, field, text))
	}
	w.do("POST", practiceAt+"/lab_attempts/"+begun.text("id")+"/answer", p.token, `{"answers": [`+strings.Join(filled, ",")+`]}`).is(200).has(`{"passed": true}`)
}

// What was passed is certified; it is the member's alone until they show it, and
// everybody can verify it then.
func TestPracticeReceipts(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	for _, path := range []string{practiceAt + "/keys", "/.well-known/jwks.json"} {
		w.do("GET", path, "", nil).is(200).has(`{"issuer": "` + base + `", "keys": []}`)
	}
	w.do("GET", practiceAt+"/receipts", ann.token, nil).is(200).has(`[]`)
	w.passes(ann)
	list := w.do("GET", practiceAt+"/receipts", ann.token, nil).is(200).has(`[{"kind": "lab", "subject": "L05", "version": "1", "passed": true, "shown": false, "reviewers": 0}]`)
	at, shown := practiceAt+"/receipts/"+list.text("0.id"), "/api/guildhall/v1/accounts/"+ann.id.String()+"/receipts"
	w.do("GET", at, ann.token, nil).is(200).has(`{"url": "` + base + `/receipts/` + list.text("0.id") + `", "account_id": "` + ann.id.String() + `"}`)
	gone := w.do("GET", practiceAt+"/receipts/1", bob.token, nil).is(404)
	for _, c := range [][2]string{{"GET", at}, {"POST", at + "/show"}, {"POST", at + "/hide"}} {
		if a := w.do(c[0], c[1], bob.token, nil).is(404); string(a.body) != string(gone.body) {
			t.Errorf("%s: %s", a.call, a.body)
		}
		w.do(c[0], c[1], "", nil).is(401)
	}
	for _, token := range []string{"", bob.token, ann.token} {
		w.do("GET", shown, token, nil).is(200).has(`[]`)
	}
	w.do("POST", at+"/show", ann.token, nil).is(200).has(`{"shown": true}`)
	for _, token := range []string{"", bob.token} {
		w.do("GET", shown, token, nil).is(200).has(`[{"id": "` + list.text("0.id") + `", "shown": true}]`)
	}
	w.do("GET", practiceAt+"/receipts", bob.token, nil).is(200).has(`[]`)
	w.do("GET", at, bob.token, nil).is(404) // the owner's way to it

	published := w.do("GET", "/.well-known/jwks.json", "", nil).is(200).has(`{"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA"}]}`)
	keys, err := receipt.ReadKeys(published.body)
	w.must(err)
	claims, err := receipt.Verify(list.text("0.token"), keys)
	if err != nil || claims.Member != base+"/@ann" || claims.Issuer != base || claims.Seed != list.text("0.seed") {
		t.Errorf("%+v, %v", claims, err)
	}
	if a := w.do("GET", practiceAt+"/keys", "", nil).is(200); string(a.body) != string(published.body) || strings.Contains(string(a.body), `"d"`) {
		t.Errorf("%s", a.body)
	}

	w.do("POST", "/api/v1/accounts/"+bob.id.String()+"/block", ann.token, nil).is(200)
	w.do("GET", shown, bob.token, nil).is(200).has(`[]`)
	w.do("POST", at+"/hide", ann.token, nil).is(200).has(`{"shown": false}`)
	w.do("GET", shown, "", nil).is(200).has(`[]`)
	w.do("GET", "/api/guildhall/v1/accounts/1/receipts", "", nil).is(404)
}
