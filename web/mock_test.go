package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice"
)

// canary is a point of the rubric of be-013.
const canary = "Reads the execution plan before changing anything"

// agreed is an interview that one has proposed and the other accepted, which
// begins in so many minutes.
func (w *world) agreed(proposer, partner ids.ID, in time.Duration) *practice.Mock {
	w.Helper()
	m, err := w.practice.Propose(w.kit.Ctx, proposer, practice.MockOffer{Invited: partner, Slots: []time.Time{w.kit.Clock.Now().Add(in)}, Role: "back-end", Level: "mid", Note: "Databases, please"})
	w.must(err)
	m, err = w.practice.AcceptMock(w.kit.Ctx, partner, m.ID, m.Slots[0])
	w.must(err)
	w.must(w.practice.SweepMocks(w.kit.Ctx))
	return m
}

// moves sends an event.
func (w *world) moves(account, mock ids.ID, kind string, data practice.MockData) {
	w.Helper()
	w.kit.Clock.Advance(time.Second) // so many are taken in a second
	_, err := w.practice.SendMock(w.kit.Ctx, account, mock, practice.MockDraft{Type: kind, Data: data})
	w.must(err)
}

// running is an interview in its first round, in which the partner has asked.
func (w *world) running(proposer, partner ids.ID) *practice.Mock {
	w.Helper()
	m := w.agreed(proposer, partner, 5*time.Minute)
	for _, id := range []ids.ID{proposer, partner} {
		_, err := w.practice.EnterMock(w.kit.Ctx, id, m.ID)
		w.must(err)
	}
	w.moves(proposer, m.ID, practice.MockPhase, practice.MockData{Phase: "round1"})
	w.moves(partner, m.ID, practice.MockAsks, practice.MockData{Deck: "backend-core", Card: "be-013"})
	return m
}

func mockPath(m *practice.Mock) string { return "/practice/mocks/" + m.ID.String() }

// mocked is a page of each state that an interview can have, by its name.
func (w *world) mocked(b *browser, me, other ids.ID) map[string]*shown {
	w.Helper()
	pages := map[string]*shown{}
	see := func(name string, m *practice.Mock) { pages[name] = b.get(mockPath(m)).is(http.StatusOK) }
	offer := practice.MockOffer{Slots: []time.Time{w.kit.Clock.Now().Add(48 * time.Hour), w.kit.Clock.Now().Add(72 * time.Hour)}, Role: "back-end", Level: "mid"}
	propose := func(by, to ids.ID) *practice.Mock {
		offer.Invited = to
		m, err := w.practice.Propose(w.kit.Ctx, by, offer)
		w.must(err)
		return m
	}
	see("proposed", propose(me, other))
	see("open", propose(me, 0))
	see("asked", propose(other, me))
	declined := propose(other, me)
	_, err := w.practice.DeclineMock(w.kit.Ctx, me, declined.ID)
	w.must(err)
	see("declined", declined)
	see("agreed", w.agreed(me, other, 48*time.Hour))
	see("lobby", w.agreed(me, other, 5*time.Minute))
	answers := w.running(me, other)
	w.moves(other, answers.ID, practice.MockHint, practice.MockData{Text: "Think of the plan"})
	w.moves(me, answers.ID, practice.MockPatch, practice.MockData{Pane: practice.PaneCandidate, Insert: "EXPLAIN"})
	see("answering", answers)
	asks := w.running(other, me)
	see("asking", asks)
	w.moves(me, asks.ID, practice.MockEnd, practice.MockData{})
	pause := w.running(me, other)
	w.moves(me, pause.ID, practice.MockEnd, practice.MockData{})
	see("pause", pause)
	w.moves(me, asks.ID, practice.MockPhase, practice.MockData{Phase: "round2"})
	w.moves(me, asks.ID, practice.MockEnd, practice.MockData{})
	see("reviewing", asks)
	form := practice.MockForm{Strength: "Calm", Improve: "Name the cost"}
	_, err = w.practice.ReviewMock(w.kit.Ctx, other, asks.ID, form)
	w.must(err)
	card, err := w.practice.Card("backend-core", "be-013")
	w.must(err)
	for i, p := range card.Rubric {
		form.Marks = append(form.Marks, practice.Ticked{Point: p.ID, Mark: practice.Mark(i % 3)})
	}
	_, err = w.practice.ReviewMock(w.kit.Ctx, me, asks.ID, form)
	w.must(err)
	see("closed", asks)
	return pages
}

// Two members agree on a time, meet, ask and answer, and review each other; the
// candidate never gets the rubric, nobody gets the other's notes, and for others
// there is no interview.
func TestMock(t *testing.T) {
	w := open(t)
	w.member("ann")
	w.member("ben")
	w.member("cyd")
	a, b, c := w.signedIn("ann"), w.signedIn("ben"), w.signedIn("cyd")
	slot := w.kit.Clock.Now().Add(24 * time.Hour)
	typed := slot.Add(2 * time.Hour).Format("2006-01-02T15:04") // two hours ahead
	list := a.get("/practice/mocks").is(http.StatusOK).says("None yet", "Nobody looks for a partner")
	list.submit("/practice/mocks", "with", "@nobody", "slot-0", typed, "note", "Databases, please").is(http.StatusUnprocessableEntity).says("nobody of this name", "Databases, please")
	list.submit("/practice/mocks", "with", "ann", "slot-0", typed, "minutes", "10", "role", "back-end", "level", "mid").is(http.StatusUnprocessableEntity).says("nobody of this name")
	list.submit("/practice/mocks", "slot-0", "2020-01-01T10:00", "minutes", "7", "role", "x", "level", "x").is(http.StatusUnprocessableEntity).says("next 60 days", "between 10 and 60", "Is not a role")
	made := list.submit("/practice/mocks", "with", "@ben", "slot-0", typed, "offset-0", "120", "minutes", "10", "role", "back-end", "level", "mid", "note", "Databases, please").
		is(http.StatusSeeOther).follow().is(http.StatusOK).says("ben chooses", "Take it back", "22 November 2026, 09:00 UTC")
	at := strings.TrimPrefix(made.call, "GET ")
	b.get("/practice").says("With ann", "asks you")
	asked := b.get(at).is(http.StatusOK).says("ann proposes it", "Databases, please")
	asked.submit(at+"/accept", "slot", "12").is(http.StatusUnprocessableEntity).says("none of the times")
	asked.submit(at+"/accept").is(http.StatusSeeOther).follow().says("Add to my calendar", "in 24 hours")
	ics := a.get(at + "/calendar").is(http.StatusOK)
	if ics.header.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.Contains(ics.body, "DTSTART:20261122T090000Z") {
		t.Errorf("calendar: %v %s", ics.header, ics.body)
	}
	w.kit.Clock.Set(slot.Add(-9 * time.Minute))
	w.must(w.practice.SweepMocks(w.kit.Ctx))
	lobby := a.get(at).says("The lobby", "not here yet")
	lobby.submit(at + "/enter").follow().says("When both of you are here")
	b.get(at).submit(at + "/enter").follow().says("In the first round you ask")
	heard, theirs := a.hears(at), b.hears(at)
	begin := a.get(at)
	begin.submit(at+"/next").is(http.StatusSeeOther).follow().says("Round 1 of 2", "You answer", "ben chooses the question")
	begin.submit(at + "/next").is(http.StatusSeeOther).follow().says("Round 1 of 2") // pressed twice
	b.get(at).says("Choose the question").submit(at+"/card", "card", "backend-core/be-013").is(http.StatusSeeOther).follow().says(canary, "Follow-up questions", "A query that filters")
	w.kit.Clock.Advance(time.Minute)
	b.get(at).submit(at+"/say", "text", "Sounds sure of it", "type", "note").follow().says("Your note", "Sounds sure of it")
	b.get(at).submit(at+"/say", "text", "Think of the plan", "type", "hint").follow().says("Hint", "1:00")
	w.kit.Clock.Advance(time.Second)
	answer := "I run EXPLAIN 🙂\nand add an index"
	a.get(at).submit(at+"/write", "text", strings.ReplaceAll(answer, "\n", "\r\n")).is(http.StatusSeeOther)
	a.get(at).submit(at+"/write", "text", strings.Replace(answer, "run", "would run", 1)).is(http.StatusSeeOther)
	a.get(at).submit(at+"/say", "text", "Come back to this", "type", "hint").is(http.StatusConflict).says("the other member's part", "I would run EXPLAIN")
	b.get(at).says("I would run EXPLAIN 🙂 and add an index", "What ann writes")
	mine := a.get(at).is(http.StatusOK).says("Think of the plan", "A query that filters")
	b.get(at).submit(at+"/next").follow().says("Swap roles", "In the next one you answer")
	w.kit.Clock.Advance(time.Second)
	a.get(at).submit(at+"/next").follow().says("Round 2 of 2", "You ask")
	a.get(at).submit(at+"/card", "draw", "1").follow().says("What a good answer covers")
	b.get(at).submit(at + "/next").follow().says("What went well")
	for name, text := range map[string]string{"the page": mine.body, "the stream": a.heard(heard, `"phase":"reviewing"`), "the log": a.get(at + "/log").body, "the file": a.get(at+"/export?format=json").body + a.get(at+"/export?format=markdown").body} {
		if strings.Contains(text, canary) || strings.Contains(text, "Sounds sure of it") {
			t.Errorf("%s tells the candidate too much: %s", name, text)
		}
	}
	if text := b.heard(theirs, `"phase":"reviewing"`); !strings.Contains(text, "Sounds sure of it") || !strings.Contains(text, "id: 1\n") {
		t.Errorf("ben's stream: %s", text)
	}
	w.reviews(a, b, at)
	for _, path := range []string{"", "/events", "/log", "/calendar", "/export"} {
		c.get(at + path).is(http.StatusNotFound)
	}
	foreign := c.get("/practice/mocks").is(http.StatusOK)
	_, v := foreign.form("/practice/mocks")
	for _, deed := range []string{"accept", "decline", "cancel", "enter", "next", "card", "say", "write", "review", "patch", "x"} {
		v.Set("base", "0")
		v.Set("at", "0")
		v.Set("remove", "0")
		c.do("POST", at+"/"+deed, v).is(http.StatusNotFound)
	}
	w.browser().get(at).is(http.StatusSeeOther) // to sign in
}

// reviews is the end of an interview.
func (w *world) reviews(a, b *browser, at string) {
	w.Helper()
	b.get(at).submit(at+"/review", "strength", "Calm", "mark-plan", "").is(http.StatusUnprocessableEntity).says("Must be marked", "Calm")
	fields := []string{"strength", "Calm", "improve", "Name the cost"}
	for _, id := range []string{"measure", "plan", "index", "rewrite", "cost", "other", "verify"} {
		fields = append(fields, "mark-"+id, "yes")
	}
	b.get(at).submit(at+"/review", fields...).is(http.StatusSeeOther).follow().says("Your review is in", "100 %")
	if s := a.get(at).is(http.StatusOK); strings.Contains(s.body, "Name the cost") {
		w.Errorf("the review of one is shown before the other's is in: %s", s.words())
	}
	s := a.get(at)
	fields = []string{"improve", "Ask back"}
	for _, name := range s.attrs("input", "name") {
		if strings.HasPrefix(name, "mark-") {
			fields = append(fields, name, "no")
		}
	}
	s.submit(at+"/review", fields...).is(http.StatusSeeOther).follow().says("What ben found", "Name the cost", "100 %", canary, "I would run EXPLAIN", "Ask back")
	b.get(at).says("What ann found", "Ask back", "0 %")
	a.get(at + "/export?format=markdown").is(http.StatusOK)
}

// What a script sends becomes a change of the text, once for each key, and what
// does not fit is refused in its reader's language.
func TestMockScript(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	m := w.running(ann, ben)
	a := w.signedIn("ann")
	at := mockPath(m)
	_, v := a.get(at).form(at + "/write")
	a.header.Set("HX-Request", "true")
	for name, value := range map[string]string{"base": "0", "at": "0", "remove": "0", "insert": "Hello", "key": "k1"} {
		v.Set(name, value)
	}
	first := a.do("POST", at+"/patch", v).is(http.StatusOK)
	if again := a.do("POST", at+"/patch", v).is(http.StatusOK); again.body != first.body {
		t.Errorf("the same again: %s, %s", first.body, again.body)
	}
	var e practice.MockEvent
	w.must(json.Unmarshal([]byte(first.body), &e))
	if e.Type != practice.MockPatch || e.Data.Insert != "Hello" || e.Seq == 0 {
		t.Errorf("%+v", e)
	}
	v.Set("key", "k2")
	a.header.Set("Accept-Language", "de")
	if s := a.do("POST", at+"/patch", v).is(http.StatusConflict); !strings.Contains(s.body, "hat sich seitdem geändert") {
		t.Errorf("a change of an older text: %s", s.body)
	}
	v.Set("base", "x")
	a.do("POST", at+"/patch", v).is(http.StatusBadRequest)
	v.Set("state", "swap")
	a.do("POST", at+"/next", v).is(http.StatusNoContent) // was pressed on an older page
	if now, err := w.practice.Mock(w.kit.Ctx, ann, m.ID); err != nil || now.State != practice.MockRound1 {
		t.Errorf("%v, %v", now, err)
	}
	a.header.Del("HX-Request")
	lines := a.hears(at)
	w.practice.CloseMocks() // the server stops
	for open := true; open; {
		select {
		case _, open = <-lines:
		case <-time.After(20 * time.Second):
			t.Fatal("the stream goes on")
		}
	}
	a.get(at + "/events").is(http.StatusServiceUnavailable)
}

// hears opens the stream of an interview and returns its lines as they come.
func (b *browser) hears(at string) <-chan string {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.kit.Ctx, time.Minute)
	b.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", b.base+at+"/events?after=0", nil)
	b.must(err)
	res, err := b.client.Do(r)
	b.must(err)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" || !strings.Contains(res.Header.Get("Cache-Control"), "no-store") {
		b.Fatalf("stream: %s %v", res.Status, res.Header)
	}
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		defer res.Body.Close()
		for s := bufio.NewScanner(res.Body); s.Scan(); {
			lines <- s.Text()
		}
	}()
	return lines
}

// heard is what has come until something has.
func (b *browser) heard(lines <-chan string, until string) string {
	b.Helper()
	var text strings.Builder
	for {
		select {
		case line, open := <-lines:
			text.WriteString(line + "\n")
			if strings.Contains(line, until) {
				return text.String()
			}
			if !open {
				b.Fatalf("the stream ended before %q: %s", until, text.String())
			}
		case <-time.After(20 * time.Second):
			b.Fatalf("no %q: %s", until, text.String())
		}
	}
}

// What one types the other sees, with what else happens; after a cut connection
// the text is whole.
func TestChromiumMock(t *testing.T) {
	w := open(t)
	ann, ben := w.member("ann"), w.member("ben")
	m := w.agreed(ann, ben, 5*time.Minute)
	for _, id := range []ids.ID{ann, ben} {
		_, err := w.practice.EnterMock(w.kit.Ctx, id, m.ID)
		w.must(err)
	}
	first := chromium(t)
	w.must(chromedp.Do(first)) // starts it
	second, cancel := chromedp.NewContext(first, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	w.enters(first, "ann")
	w.enters(second, "ben")
	for _, ctx := range []context.Context{first, second} {
		w.must(chromedp.Do(ctx, chromedp.Navigate(w.base+mockPath(m))))
	}
	clicks := func(ctx context.Context, selector string) {
		t.Helper()
		js[bool](w, ctx, fmt.Sprintf("document.querySelector(%q).click(), true", selector))
	}
	clicks(second, "main .acts .go")
	for _, ctx := range []context.Context{first, second} {
		w.until(ctx, `!!document.querySelector(".room [data-presence]")?.textContent.includes("is here")`)
	}
	clicks(second, ".room-task button[name=draw]")
	w.until(second, `!!document.querySelector(".room-rubric .rubric")`)
	w.until(first, `!document.querySelector("h1").textContent.includes("chooses")`)
	if js[bool](w, first, `!!document.querySelector(".room-rubric .rubric")`) {
		t.Error("the candidate sees a rubric")
	}
	const mine, theirs = `document.querySelector(".pane.mine textarea").value`, `document.querySelector(".pane:not(.mine) pre").textContent`
	types := func(ctx context.Context, text string) {
		t.Helper()
		w.kit.Clock.Advance(2 * time.Second) // so much is taken in a second
		js[bool](w, ctx, `document.querySelector(".pane.mine textarea").focus(), true`)
		w.press(ctx, text)
	}
	types(first, "I run EXPLAIN")
	types(second, "Table t")
	w.until(second, theirs+` === "I run EXPLAIN"`)
	w.until(first, theirs+` === "Table t"`)
	w.breakDown()
	types(first, ", then I add an index")
	w.until(first, `!document.querySelector("[data-trouble]").hidden`)
	types(second, " has no index")
	w.down.Store(false)
	w.kit.Clock.Advance(2 * time.Second)
	whole := "I run EXPLAIN, then I add an index"
	w.until(second, theirs+` === `+fmt.Sprintf("%q", whole))
	w.until(first, theirs+` === "Table t has no index" && document.querySelector("[data-trouble]").hidden`)
	if text := js[string](w, first, mine); text != whole {
		t.Errorf("ann's text is %q", text)
	}
	w.kit.Clock.Advance(2 * time.Second)
	js[bool](w, second, `document.getElementById("said-text").focus(), true`)
	w.press(second, "Think of the plan")
	clicks(second, ".say button[value=hint]")
	w.until(first, `document.querySelector(".moments")?.textContent.includes("Think of the plan")`)
	if text := js[string](w, first, mine); text != whole {
		t.Errorf("after the hint, ann's text is %q", text)
	}
	clicks(first, ".room-end .go")
	w.until(second, `document.querySelector("h1").textContent.includes("Swap")`)
	events, err := w.practice.MockEvents(w.kit.Ctx, ben, m.ID, 0, practice.MaxMockEvents)
	w.must(err)
	var panes practice.MockPanes
	for _, e := range events {
		panes.Apply(e)
	}
	if panes.Candidate() != whole || panes.Interviewer() != "Table t has no index" {
		t.Errorf("the log comes to %q and %q", panes.Candidate(), panes.Interviewer())
	}
}
