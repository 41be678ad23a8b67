package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/ids"
)

// labbed is a page of each state that an attempt at a lab can have, by its name.
func (w *world) labbed(b *browser) map[string]*shown {
	w.Helper()
	pages := map[string]*shown{}
	asked := b.get("/practice/labs/L05").is(http.StatusOK).submit("/practice/lab_attempts", "lab", "L05").is(http.StatusSeeOther).follow().is(http.StatusOK)
	at := strings.TrimPrefix(asked.call, "GET ")
	pages["asked"] = asked
	pages["void"] = asked.submit(at).is(http.StatusSeeOther).follow().is(http.StatusOK)
	pages["graded"] = asked.submit(at, w.filled(at)...).is(http.StatusSeeOther).follow().is(http.StatusOK)
	return pages
}

// filled is, for author, something for each field of the attempt at an address.
func (w *world) filled(at string) []string {
	w.Helper()
	id, _ := ids.Parse(strings.TrimPrefix(at, "/practice/lab_attempts/"))
	owner, err := w.identity.UserByLogin(w.kit.Ctx, "author")
	w.must(err)
	a, err := w.practice.LabAttempt(w.kit.Ctx, owner.ID, id)
	w.must(err)
	var fields []string
	for _, f := range a.Task.Fields {
		text := f.Value
		if text == "" && len(f.Options) > 0 {
			text = f.Options[0].Value
		} else if text == "" {
			text = "10"
		}
		fields = append(fields, "answer-"+f.Name, text)
	}
	return fields
}

func TestLabs(t *testing.T) {
	w := open(t)
	w.member("author")
	w.member("ben")
	a := w.signedIn("author")
	a.get("/practice").is(http.StatusOK).says("Labs")
	a.get("/practice/labs").is(http.StatusOK).says("Balance unequal servers", "20 minutes")
	a.get("/practice/labs/L99").is(http.StatusNotFound)
	a.get("/practice/decks/backend-core/be-013").says("Try it in a lab")
	pages := w.labbed(a)
	pages["asked"].says("Run and grade it", "The task")
	pages["void"].says("That was not graded", "Run and grade it")
	graded := pages["graded"].says("points", "Try again with other numbers", "As numbers")
	if !strings.Contains(graded.body, "<polyline") || !strings.Contains(graded.body, "<rect") {
		t.Error("nothing is drawn")
	}
	if strings.Contains(graded.body, "Run and grade it") {
		t.Error("what is graded can be answered again")
	}
	at := strings.TrimPrefix(graded.call, "GET ")
	pages["asked"].submit(at).is(http.StatusSeeOther) // to what it came to
	w.signedIn("ben").get(at).is(http.StatusNotFound)
	w.browser().get(at).is(http.StatusSeeOther) // to sign in
	a.get("/practice/labs").says(" %")
	a.get("/practice/labs/L05").says("points")
}

// What is too long is refused beside its field, and stays.
func TestLabKeepsWhatWasTyped(t *testing.T) {
	w := open(t)
	w.member("author")
	a := w.signedIn("author")
	a.header.Set("Accept-Language", "de")
	asked := a.get("/practice/labs/L02").is(http.StatusOK).submit("/practice/lab_attempts", "lab", "L02").is(http.StatusSeeOther).follow().is(http.StatusOK).says("Ausführen und bewerten", "Als Zahlen")
	refused := asked.submit(strings.TrimPrefix(asked.call, "GET "), "answer-weights", "1, 2, 3, 4", "answer-p99", strings.Repeat("9", 100)).is(http.StatusUnprocessableEntity).says("Ist zu lang")
	if !strings.Contains(refused.body, `value="1, 2, 3, 4"`) || !strings.Contains(refused.body, `id="answer-p99-wrong"`) {
		t.Errorf("%s", refused.body)
	}
}

// A profile is drawn as a flame graph, and told as a table.
func TestLabFlameGraph(t *testing.T) {
	w := open(t)
	w.member("author")
	a := w.signedIn("author")
	asked := a.get("/practice/labs/L07").is(http.StatusOK).submit("/practice/lab_attempts", "lab", "L07").is(http.StatusSeeOther).follow().is(http.StatusOK).says("Flame graph of the CPU profile", "called by the one below", "library")
	for _, part := range []string{`<rect class="own"`, "<title>app.serve: ", `>app.handle</text>`, `aria-label="Flame graph of the CPU profile: app.serve `, "<pre"} {
		if !strings.Contains(asked.body, part) {
			t.Errorf("no %s", part)
		}
	}
}
