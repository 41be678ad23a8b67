package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/practice"
)

// What is due to a member stands beside their timeline, and nothing to others.
func TestDueBesideTimeline(t *testing.T) {
	w := open(t)
	w.member("ann")
	w.member("ben")
	a, b := w.signedIn("ann"), w.signedIn("ben")
	w.practised(a)
	if strings.Contains(a.get("/").is(http.StatusOK).body, "Due for review") {
		t.Error("something is due at once")
	}
	w.kit.Clock.Advance(2 * 24 * time.Hour)
	a.get("/").is(http.StatusOK).says("Due for review", "1 card").submit("/practice/sessions").is(http.StatusSeeOther).follow().is(http.StatusOK)
	if strings.Contains(b.get("/").is(http.StatusOK).body, "Due for review") {
		t.Error("something is due to who has not practised")
	}
}

// The plan keeps whether a member is told what is due.
func TestRemindBox(t *testing.T) {
	w := open(t)
	me := w.member("ann")
	a := w.signedIn("ann")
	for _, box := range []string{"1", ""} {
		a.get("/practice/plan").is(http.StatusOK).submit("/practice/plan", "role", "back-end", "level", "mid", "minutes", "25", "remind", box).is(http.StatusSeeOther)
		if p, _, err := w.practice.Plan(w.kit.Ctx, me); err != nil || p.Remind != (box != "") {
			t.Errorf("with the box %q: %t, %v", box, p.Remind, err)
		}
		checked := false
		for n := range a.get("/practice/plan").nodes("input") {
			checked = checked || attr(n, "id") == "remind" && has(n, "checked")
		}
		if checked != (box != "") {
			t.Errorf("the box %q is shown as %t", box, checked)
		}
	}
}

// marks are what a form of be-013's rubric sends: the same of each point, but for
// those given.
func marks(all string, but map[string]string, more ...string) []string {
	for _, id := range []string{"measure", "plan", "index", "rewrite", "cost", "other", "verify"} {
		mark := all
		if m, ok := but[id]; ok {
			mark = m
		}
		more = append(more, "mark-"+id, mark)
	}
	return more
}

// answered is a checked answer to be-013 of a member's own, which has a guess, a
// note and an answer that can be told.
func (w *world) answered(b *browser, answer string) (address string) {
	w.Helper()
	asked := b.get("/practice/decks/backend-core/be-013").submit("/practice/attempts", "deck", "backend-core", "card", "be-013").is(http.StatusSeeOther).follow()
	asked.submit(at(asked)+"/answer", "answer", answer, "seconds", "130").follow().submit(at(asked)+"/predict", "percent", "37").follow().
		submit(at(asked)+"/check", marks("yes", map[string]string{"other": "no"}, "note", "a note to myself")...).is(http.StatusSeeOther).follow().is(http.StatusOK)
	return at(asked)
}

// holds fails the test if the page's source lacks something.
func (s *shown) holds(texts ...string) *shown {
	s.Helper()
	for _, t := range texts {
		if !strings.Contains(s.body, t) {
			s.Errorf("%s has no %s", s.call, t)
		}
	}
	return s
}

// at is the address of a page.
func at(s *shown) string { return strings.TrimPrefix(s.call, "GET ") }

// Ann asks, Ben and Cleo review without knowing whose answer it is or what the
// others have found, and then all three compare.
func TestPeerReview(t *testing.T) {
	w := open(t)
	for _, name := range []string{"ann", "ben", "cleo", "dan"} {
		w.member(name)
	}
	a, b, c, d := w.signedIn("ann"), w.signedIn("ben"), w.signedIn("cleo"), w.signedIn("dan")
	answer := w.answered(a, "I run EXPLAIN <b>first</b>.")
	form := a.get(answer).says("Ask for a review").get(answer+"/ask").is(http.StatusOK).says("2 credits", "Who may review it?")
	form.submit(answer+"/ask", "circle", "person", "username", "@nobody", "seats", "2").is(http.StatusUnprocessableEntity).says("There is nobody of this name").holds(`value="@nobody"`)
	form.submit(answer+"/ask", "circle", "all", "seats", "2").is(http.StatusUnprocessableEntity).says("Choose who may review it")
	form.submit(answer+"/ask", "circle", "everyone", "seats", "3").is(http.StatusUnprocessableEntity).says("Must be 1 or 2")
	b.get(answer + "/ask").is(http.StatusNotFound)
	waiting := form.submit(answer+"/ask", "circle", "everyone", "seats", "2").is(http.StatusSeeOther).follow().is(http.StatusOK).says("0 of 2 reviews are in", "Everyone here may review it", "Withdraw")
	ask := at(waiting)
	a.get(answer + "/ask").is(http.StatusSeeOther)
	a.get(answer).says("0 of 2 reviews are in")
	a.get("/practice/peer").says("0 credits", "Nothing waits at the moment")
	b.get("/practice").says("1 answer waits for your review")
	b.get(ask).is(http.StatusNotFound)

	seat := b.get("/practice/peer").is(http.StatusOK).says("From slow query to fast query").submit(ask+"/take").is(http.StatusSeeOther).follow().is(http.StatusOK).
		says("I run EXPLAIN <b>first</b>.", "Reads the execution plan before changing anything", "answered in 3 minutes", "24 hours left", "Hand in")
	other := c.get("/practice/peer").submit(ask + "/take").is(http.StatusSeeOther).follow().is(http.StatusOK)
	d.do("POST", ask+"/take", url.Values{"token": {d.get("/").token()}}).is(http.StatusConflict).says("Others have taken this answer")
	other.submit(at(other)+"/review", marks("partly", nil, "note", "cleo found little", "reason-index", "cleo misses the order")...).is(http.StatusSeeOther).
		follow().is(http.StatusOK).says("Handed in. When all reviews are in", "cleo found little", "cleo misses the order")
	seat.submit(at(seat)+"/review", "mark-plan", "", "note", "ben begins").is(http.StatusUnprocessableEntity).says("Must be marked once", "ben begins")

	// Until all are in, nobody sees who or what the others are.
	for _, s := range []*shown{seat, b.get(at(seat)), b.get("/practice/peer"), b.get("/practice/seats"), b.get(at(seat) + "/report"), c.get(at(other)), c.get("/practice/peer")} {
		for _, canary := range []string{"@ann", "@dan", "a note to myself", "37 %", "you guessed"} {
			if strings.Contains(s.body, canary) {
				t.Errorf("%s shows %q", s.call, canary)
			}
		}
	}
	for _, s := range []*shown{b.get(at(seat)), b.get("/practice/peer"), a.get(ask), a.get(answer), a.get("/practice/peer")} {
		for _, canary := range []string{"@cleo", "cleo found", "cleo misses", "ben begins"} {
			if strings.Contains(s.body, canary) {
				t.Errorf("%s shows %q", s.call, canary)
			}
		}
	}
	a.get(ask).says("1 of 2 reviews are in")

	done := seat.submit(at(seat)+"/review", marks("yes", map[string]string{"plan": "no"}, "note", "ben likes it")...).is(http.StatusSeeOther).follow().is(http.StatusOK)
	compared := []string{"Point by point", "ben likes it", "cleo found little", "cleo misses the order", "you differ", "5 of 7 points alike", "0 of 7 points alike", "author"}
	names := []string{`href="/@ann"`, `href="/@ben"`, `href="/@cleo"`}
	done.says(compared...).says("You and the author", "The author and cleo").holds(names...)
	c.get(at(other)).is(http.StatusOK).says(compared...).holds(names...)
	b.get(ask).is(http.StatusOK).says(compared...)
	testkit.Eventually(t, func() bool { return strings.Contains(a.get(ask).body, "Talk about it") })
	a.get(ask).is(http.StatusOK).says(compared...).says("You and ben", "You and cleo").holds(names...)
	a.get("/conversations").says("You see the answer to")
	a.get(answer).says("2 reviews are in", "Compare")
	a.get("/practice/asks").is(http.StatusOK).says("2 reviews are in")
	b.get("/practice/seats").is(http.StatusOK).says("all reviews are in")
	b.get("/practice/peer").says("3 credits")
	for _, path := range []string{ask, at(seat), at(seat) + "/report", at(seat) + "/recording"} {
		d.get(path).is(http.StatusNotFound)
		w.browser().get(path).is(http.StatusSeeOther) // to sign in
	}
	nobody := d.get("/practice/seats/1").is(http.StatusNotFound)
	if d.get(at(seat)).body != strings.ReplaceAll(nobody.body, "/practice/seats/1", at(seat)) {
		t.Error("what is another's is not as what there is not")
	}
}

// What is asked of one person is shown to nobody else, and can be taken back; a
// seat can be given back, and an answer reported without learning whose it is.
func TestPeerAsksOne(t *testing.T) {
	w := open(t)
	ids := map[string]ids.ID{}
	for _, name := range []string{"ann", "ben", "cleo"} {
		ids[name] = w.member(name)
	}
	a, b, c := w.signedIn("ann"), w.signedIn("ben"), w.signedIn("cleo")
	answer := w.answered(a, "I add an index.")
	ask := at(a.get(answer+"/ask").submit(answer+"/ask", "circle", "person", "username", "@ben", "seats", "2").is(http.StatusSeeOther).follow().is(http.StatusOK).says("ben is asked.", "0 of 1 reviews").holds(`href="/@ben"`))
	c.get("/practice/peer").says("Nothing waits at the moment")
	c.do("POST", ask+"/take", url.Values{"token": {c.get("/").token()}}).is(http.StatusNotFound)
	c.do("POST", ask+"/withdraw", url.Values{"token": {c.get("/").token()}}).is(http.StatusNotFound)
	seat := b.get("/practice/peer").says("asks for you").submit(ask + "/take").is(http.StatusSeeOther).follow().is(http.StatusOK)
	report := b.get(at(seat) + "/report").is(http.StatusOK).says("I add an index.")
	report.submit(at(seat)+"/report", "comment", " ").is(http.StatusUnprocessableEntity).says("Say what it is about")
	sent := report.submit(at(seat)+"/report", "comment", "This is an advertisement").is(http.StatusSeeOther).follow().is(http.StatusOK).says("Thank you.")
	if strings.Contains(sent.body, "@ann") {
		t.Error("who reports an answer learns whose it is")
	}
	reports, err := w.moderation.Reports(w.kit.Ctx, moderation.ReportFilter{TargetID: ids["ann"]}, page.Page{Limit: 2})
	w.must(err)
	if len(reports) != 1 || reports[0].Comment != "This is an advertisement\n\nbackend-core/be-013: I add an index." {
		t.Errorf("reports: %+v", reports)
	}
	seat.submit(at(seat)+"/leave").is(http.StatusSeeOther).follow().is(http.StatusOK).says("Waiting for a review", "asks for you")
	b.get(at(seat)).is(http.StatusNotFound)
	a.get(ask).submit(ask + "/withdraw").is(http.StatusSeeOther).follow().is(http.StatusOK).says("Withdrawn")
	a.get(answer).says("withdrawn", "Ask for a review")
	a.get("/practice/peer").says("2 credits")
	b.get("/practice/peer").says("Nothing waits at the moment")
	a.get("/practice/asks/1").is(http.StatusNotFound)
	a.get("/practice/asks/x").is(http.StatusNotFound)
}

// checked makes an answer of a member that they have checked, and that was said,
// too, if there is a recording of it.
func (w *world) checked(account ids.ID, recording string) *practice.Attempt {
	w.Helper()
	a, err := w.practice.Begin(w.kit.Ctx, account, "backend-core", "be-013", 0)
	w.must(err)
	if recording != "" {
		_, err = w.practice.Record(w.kit.Ctx, account, a.ID, strings.NewReader(recording))
		w.must(err)
	}
	_, err = w.practice.Answer(w.kit.Ctx, account, a.ID, practice.Given{Text: "First I measure, then I add an index."})
	w.must(err)
	_, err = w.practice.Predict(w.kit.Ctx, account, a.ID, 50)
	w.must(err)
	_, err = w.practice.Check(w.kit.Ctx, account, a.ID, all(a, practice.Yes), "")
	w.must(err)
	return a
}

// all gives each point the same mark.
func all(a *practice.Attempt, m practice.Mark) (list []practice.Ticked) {
	for _, p := range a.Card.Rubric {
		list = append(list, practice.Ticked{Point: p.ID, Mark: m, Note: "So it seems"})
	}
	return list
}

// asked asks everyone for reviews.
func (w *world) asked(account ids.ID, a *practice.Attempt, seats int) string {
	w.Helper()
	k, err := w.practice.AskReview(w.kit.Ctx, account, a.ID, practice.AskRequest{Circle: practice.Everyone, Seats: seats})
	w.must(err)
	return "/practice/asks/" + k.ID.String()
}

// peered is a page of each kind about reviews by peers as author, whose browser
// it is, sees them, by its name.
func (w *world) peered(b *browser) map[string]*shown {
	w.Helper()
	author, err := w.profiles.Lookup(w.kit.Ctx, "author")
	w.must(err)
	reviewer, asker := w.member("reviewer"), w.member("asker")
	reviewed := func(by ids.ID, ask string, a *practice.Attempt) string {
		id, _ := ids.Parse(strings.TrimPrefix(ask, "/practice/asks/"))
		seat, err := w.practice.TakeSeat(w.kit.Ctx, by, id)
		w.must(err)
		if a != nil {
			_, err = w.practice.HandIn(w.kit.Ctx, by, seat.ID, all(a, practice.No), "Do measure")
			w.must(err)
		}
		return "/practice/seats/" + seat.ID.String()
	}
	pages, mine := map[string]*shown{}, w.checked(author.ID, "\x1aE\xdf\xa3"+strings.Repeat("a", 500))
	answer := "/practice/attempts/" + mine.ID.String()
	pages["ask for a review"] = b.get(answer + "/ask")
	ask := w.asked(author.ID, mine, 1)
	pages["an ask"], pages["an answer, asked for"] = b.get(ask), b.get(answer)
	reviewed(reviewer, ask, mine)
	pages["an ask, done"], pages["an answer, reviewed"] = b.get(ask), b.get(answer)

	theirs := w.checked(asker, "")
	ask = w.asked(asker, theirs, 2)
	pages["offers"] = b.get("/practice/peer")
	seat := reviewed(author.ID, ask, nil)
	pages["a seat"], pages["a seat's report"] = b.get(seat), b.get(seat+"/report")
	pages["a seat, refused"] = pages["a seat"].submit(seat+"/review", "mark-plan", "")
	pages["a seat, handed in"] = pages["a seat"].submit(seat+"/review", marks("no", nil, "note", "Do measure", "reason-index", "None")...).is(http.StatusSeeOther).follow()
	reviewed(reviewer, ask, theirs)
	pages["a seat, done"] = b.get(seat)
	for _, path := range []string{"/practice/peer", "/practice/asks", "/practice/seats"} {
		pages[path] = b.get(path)
	}
	return pages
}

// A spoken answer is heard by who reviews it, and by nobody else.
func TestPeerHears(t *testing.T) {
	w := open(t)
	ann := w.member("ann")
	w.member("ben")
	w.member("cleo")
	recording := "\x1aE\xdf\xa3" + strings.Repeat("a", 500)
	attempt := w.checked(ann, recording)
	w.signedIn("ann").get("/practice/attempts/" + attempt.ID.String() + "/ask").is(http.StatusOK).says("who knows your voice")
	ask := w.asked(ann, attempt, 1)
	b := w.signedIn("ben")
	seat := b.get("/practice/peer").submit(ask + "/take").is(http.StatusSeeOther).follow().is(http.StatusOK)
	seat.holds(`src="` + at(seat) + `/recording"`)
	if s := b.get(at(seat) + "/recording").is(http.StatusOK); s.body != recording {
		t.Errorf("%d bytes are heard", len(s.body))
	}
	w.signedIn("cleo").get(at(seat) + "/recording").is(http.StatusNotFound)
}
