package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/page"
)

// practised is a page of each state that an attempt can have, by its name.
func (w *world) practised(b *browser) map[string]*shown {
	w.Helper()
	pages := map[string]*shown{}
	begin := func(card string) *shown {
		return b.get("/practice/decks/backend-core/"+card).submit("/practice/attempts", "deck", "backend-core", "card", card).is(http.StatusSeeOther).follow().is(http.StatusOK)
	}
	at := func(s *shown) string { return strings.TrimPrefix(s.call, "GET ") }
	step := func(s *shown, deed string, fields ...string) *shown {
		return s.submit(at(s)+"/"+deed, fields...).is(http.StatusSeeOther).follow().is(http.StatusOK)
	}
	asked := begin("be-013")
	pages["asked"] = asked
	pages["answered"] = step(asked, "answer", "answer", "I run EXPLAIN and add an index.")
	pages["opened"] = step(pages["answered"], "predict", "percent", "60")
	marks := []string{"note", "More on cost"}
	for _, id := range []string{"measure", "plan", "index", "rewrite", "cost", "other", "verify"} {
		marks = append(marks, "mark-"+id, "yes")
	}
	pages["checked"] = step(pages["opened"], "check", marks...)
	pages["skipped"] = step(begin("be-024"), "skip")
	return pages
}

func TestPractice(t *testing.T) {
	w := open(t)
	w.member("ann")
	w.member("ben")
	a, b := w.signedIn("ann"), w.signedIn("ben")
	a.get("/practice").is(http.StatusOK).says("Start session", "Back-end core", "40 cards", "Back-end engineer", "None yet")
	secret := "Reads the execution plan before changing anything."
	pages := w.practised(a)
	for name, s := range pages {
		if open := name == "opened" || name == "checked"; strings.Contains(s.body, secret) != open {
			t.Errorf("%s: that it shows the rubric is %t", name, !open)
		}
	}
	pages["asked"].says("A query that filters a large table has become slow", "Your answer", "I do not know")
	pages["checked"].says("100 %", "you guessed 60 %", "returns on", "More on cost", "Common pitfalls")
	pages["skipped"].says("Common pitfalls")
	at := strings.TrimPrefix(pages["checked"].call, "GET ")
	b.get(at).is(http.StatusNotFound)
	b.get(at + "/recording").is(http.StatusNotFound)
	w.browser().get(at).is(http.StatusSeeOther) // to sign in
	a.get("/practice").says("today: 0", "checked")
	a.get("/practice/attempts").is(http.StatusOK).says("100 %", "skipped")
}

func TestPracticeSession(t *testing.T) {
	w := open(t)
	me := w.member("ann")
	a := w.signedIn("ann")
	a.get("/practice/plan").is(http.StatusOK).submit("/practice/plan", "role", "king", "level", "mid", "minutes", "9999", "day", "2999-01-01").is(http.StatusUnprocessableEntity).
		says("Is not a role", "Must be between 5 and 120", "within the next three years")
	day := w.kit.Clock.Now().AddDate(0, 0, 10).Format(time.DateOnly)
	a.get("/practice/plan").submit("/practice/plan", "role", "platform", "level", "senior", "minutes", "5", "day", day, "remind", "1").is(http.StatusSeeOther).follow().is(http.StatusOK).says("Saved")
	a.get("/practice").says("Senior", "10 days to the interview")
	first := a.get("/practice").submit("/practice/sessions").is(http.StatusSeeOther).follow().is(http.StatusOK)
	if again := a.get("/practice").says("Go on").submit("/practice/sessions").follow(); again.call != first.call {
		t.Errorf("a second session began: %s, %s", first.call, again.call)
	}
	at := strings.TrimPrefix(first.call, "GET ")
	first.submit(at+"/answer", "answer", " ").is(http.StatusUnprocessableEntity).says("be blank")
	skipped := first.submit(at + "/skip").is(http.StatusSeeOther).follow().says("End the session")
	list, err := w.practice.Attempts(w.kit.Ctx, me, page.Page{Limit: 1})
	w.must(err)
	end := "/practice/sessions/" + list[0].SessionID.String() + "/end"
	skipped.submit(end).is(http.StatusSeeOther).follow().is(http.StatusOK).says("You have answered 1 card")
	a.get("/practice").says("Start session")
}

func TestStories(t *testing.T) {
	w := open(t)
	me := w.member("ann")
	w.member("ben")
	a := w.signedIn("ann")
	a.get("/practice/stories").is(http.StatusOK).submit("/practice/stories", "title", "", "situation", "The shop was down.").is(http.StatusUnprocessableEntity).says("The shop was down.", "be blank")
	made := a.get("/practice/stories").submit("/practice/stories", "title", "Outage <b>", "situation", "The shop was down.").is(http.StatusSeeOther).follow().is(http.StatusOK).says("Saved", "The shop was down.")
	at, _, _ := strings.Cut(strings.TrimPrefix(made.call, "GET "), "?")
	w.signedIn("ben").get(at).is(http.StatusNotFound)
	a.get(at).submit(at+"/change", "title", "Outage", "result", "Up again.").is(http.StatusSeeOther).follow().says("Up again.")
	asked := a.get("/practice/decks/backend-core/be-024").submit("/practice/attempts", "deck", "backend-core", "card", "be-024").follow().is(http.StatusOK).says("Tell one of your stories")
	path := strings.TrimPrefix(asked.call, "GET ")
	asked.submit(path+"/answer", "story", at[len("/practice/stories/"):]).is(http.StatusSeeOther).follow().says("Up again.")
	a.get(at).submit(at + "/delete").is(http.StatusSeeOther)
	a.get(at).is(http.StatusNotFound)
	if list, err := w.practice.Stories(w.kit.Ctx, me); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

// The pages know the words of the interface in each language; the cards' own
// text says that it is English.
func TestPracticeInGerman(t *testing.T) {
	w := open(t)
	w.member("ann")
	a := w.signedIn("ann")
	a.header.Set("Accept-Language", "de")
	a.get("/practice").is(http.StatusOK).says("Sitzung beginnen", "40 Karten")
	for name, s := range w.practised(a) {
		if !strings.Contains(s.body, `<h1 lang="en">`) {
			t.Errorf("%s does not say that the question is English", name)
		}
	}
}
