package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/deck"
)

// mockData is what the page of an interview shows.
type mockData struct {
	*mockView
	Seq      int64       // of the last event that the page knows of
	Rounds   []mockRound // as the log tells
	Log      mockRound   // of the round that runs
	Card     *practice.MockCard
	Asked    *practice.MockCard // of the round in which the reader asks; nil: none
	Decks    []*practice.Deck
	Key      string // of what a form of the page sends
	Problem  string
	Problems map[string][]errs.Field
	Said     string // as typed

	Mine, Theirs                  *practice.MockReview
	Marks                         map[string]string // as ticked
	Strength, Improve, ReviewNote string
}

func (c *call) mock() error {
	d, err := c.readMock()
	if err != nil {
		return err
	}
	return c.showMock(http.StatusOK, d)
}

// mockID is the interview that the address names.
func (c *call) mockID() (ids.ID, error) {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return 0, errNoPage()
	}
	return id, nil
}

// readMock reads the interview that the address names. Its log is read first: what
// happens meanwhile is told to the script once more.
func (c *call) readMock() (*mockData, error) {
	id, err := c.mockID()
	if err != nil {
		return nil, err
	}
	events, err := c.wholeLog(id)
	if err != nil && !errs.Is(err, errs.NotFound) { // of a proposal to everyone only its two will have one
		return nil, err
	}
	m, err := c.Practice.Mock(c.r.Context(), c.user.ID, id)
	if err != nil {
		return nil, err
	}
	views, err := c.mockViews([]*practice.Mock{m})
	if err != nil {
		return nil, err
	}
	d := &mockData{mockView: views[0], Rounds: roundsOf(events), Decks: c.Practice.Decks(), Key: rand.Text(), Marks: map[string]string{}}
	if len(events) > 0 {
		d.Seq = events[len(events)-1].Seq
	}
	for i := range d.Rounds {
		r := &d.Rounds[i]
		if card := m.Cards[r.Round-1]; card != nil {
			r.Card = card.Card
		}
		if r.Round == m.State.Round() {
			d.Log, d.Card = *r, m.Cards[r.Round-1]
		}
	}
	if round := m.AskedIn(c.user.ID); round > 0 {
		d.Asked = m.Cards[round-1]
	}
	for i := range m.Reviews {
		if r := &m.Reviews[i]; r.AccountID == c.user.ID {
			d.Mine = r
		} else {
			d.Theirs = r
		}
	}
	return d, nil
}

func (c *call) showMock(status int, d *mockData) error {
	return c.show(status, mockPage(c.private(c.words().Text("Mock interview")), d))
}

// rooms tells whether the page is the room, where a round or the pause between
// the rounds runs.
func (d *mockData) rooms() bool {
	return d.State >= practice.MockRound1 && d.State <= practice.MockRound2
}

// asks tells whether the reader is the interviewer of the round that runs.
func (d *mockData) asks() bool { return d.Me == d.Interviewer() }

// writes tells whether a pane is the reader's to write in.
func (d *mockData) writes(pane string) bool { return d.asks() == (pane == practice.PaneInterviewer) }

// lobbyOpen tells whether the members may enter. The state follows a few seconds
// after the time.
func (d *mockData) lobbyOpen(now time.Time) bool {
	return d.State == practice.MockLobby || !now.Before(d.At.Add(-practice.MockOpens))
}

// entered tells whether one of the two has come.
func (d *mockData) entered(account ids.ID) bool {
	return account == d.Proposer && d.Entered[0] || account == d.Partner && d.Entered[1]
}

func (d *mockData) bothIn() bool { return d.Entered[0] && d.Entered[1] }

// phaseTitle is the name of what runs.
func (d *mockData) phaseTitle(ctx context.Context) string {
	if round := d.State.Round(); round > 0 {
		return t(ctx, "Round %s of 2", number(ctx, round))
	}
	return t(ctx, "Between the rounds")
}

// paneTitle says whose text a pane of the running round is.
func (d *mockData) paneTitle(ctx context.Context, pane string) string {
	switch {
	case d.writes(pane) && pane == practice.PaneCandidate:
		return t(ctx, "Your answer")
	case d.writes(pane):
		return t(ctx, "What you write")
	case d.Other == nil:
		return t(ctx, "What the other writes")
	}
	return t(ctx, "What %s writes", nameOf(d.Other))
}

// replayTitle says whose text a pane of a round was.
func (d *mockData) replayTitle(ctx context.Context, pane string, round int) string {
	mine := (d.AskedIn(d.Me) == round) == (pane == practice.PaneInterviewer)
	switch {
	case mine:
		return t(ctx, "What you wrote")
	case d.Other == nil:
		return t(ctx, "What the other wrote")
	}
	return t(ctx, "What %s wrote", nameOf(d.Other))
}

// paneRows is how high a pane is at first, in lines.
func paneRows(pane string) string {
	if pane == practice.PaneCandidate {
		return "14"
	}
	return "5"
}

// answered is what the candidate has written in the round in which the reader asked.
func (d *mockData) answered() string {
	for _, r := range d.Rounds {
		if r.Round == d.AskedIn(d.Me) {
			return r.Panes[practice.PaneCandidate].Text
		}
	}
	return ""
}

// cardOf is the card that a review is about, nil if none was asked.
func (d *mockData) cardOf(r *practice.MockReview) *deck.Card {
	if card := d.Cards[r.Round-1]; card != nil {
		return card.Card
	}
	return nil
}

// markIn is the mark of a point.
func markIn(marks []practice.Ticked, point string) practice.Mark {
	for _, m := range marks {
		if m.Point == point {
			return m.Mark
		}
	}
	return practice.No
}

// mockLiveAttributes tell the script how the page is kept up to date.
func mockLiveAttributes(d *mockData) templ.Attributes {
	a := templ.Attributes{"data-mock": mockAddress(d.Mock), "data-phase": d.State.String()}
	switch {
	case d.State == practice.MockAccepted:
		a["data-opens"] = strconv.FormatInt(d.At.Add(-practice.MockOpens).UnixMilli(), 10)
	case d.State >= practice.MockLobby && d.State <= practice.MockReviewing && (d.State != practice.MockReviewing || d.Mine != nil):
		a["data-events"] = mockAddress(d.Mock) + "/events"
		a["data-seq"] = strconv.FormatInt(d.Seq, 10)
	}
	return a
}

// mockRoomAttributes are what the script of the room says and sends.
func mockRoomAttributes(ctx context.Context, d *mockData) templ.Attributes {
	return templ.Attributes{
		"data-now":   strconv.FormatInt(readerOf(ctx).now.UnixMilli(), 10),
		"data-token": readerOf(ctx).token,
		"data-here":  t(ctx, "is here"),
		"data-away":  t(ctx, "is away"),
		"data-lost":  t(ctx, "No connection. What you write stays here and is sent when it is back."),
		"data-full":  t(ctx, "There is no room for more in this text."),
		"data-five":  t(ctx, "Five minutes left."),
		"data-one":   t(ctx, "One minute left."),
		"data-over":  t(ctx, "Time is up."),
		"data-kept":  t(ctx, "All of it is shared."),
		"data-keeps": t(ctx, "Sharing…"),
	}
}

// mockStep takes a step of an interview, or writes into its log. A script is
// answered in a word, everybody else with the page.
func (c *call) mockStep() error {
	d, err := c.readMock()
	if err != nil {
		return err
	}
	if c.r.PathValue("deed") == "review" {
		return c.reviewMock(d)
	}
	err = c.takeMockStep(d)
	if isPart(c.r) {
		return c.tellScript(err)
	}
	var known *errs.Error
	switch {
	case err == nil:
		return c.goTo(mockAddress(d.Mock))
	case errors.As(err, &known) && (known.Kind == errs.Conflict || known.Kind == errs.Invalid):
		text := c.reason(known)
		if d, err = c.readMock(); err != nil { // as it is now
			return err
		}
		d.Problem, d.Said = text, c.field("text")
		return c.showMock(failures[known.Kind].status, d)
	}
	return err
}

func (c *call) takeMockStep(d *mockData) (err error) {
	ctx, me := c.r.Context(), c.user.ID
	switch c.r.PathValue("deed") {
	case "accept":
		slot, wrong := strconv.ParseInt(c.field("slot"), 10, 64)
		if wrong != nil {
			slot = 0 // none of them
		}
		_, err = c.Practice.AcceptMock(ctx, me, d.ID, time.UnixMilli(slot))
	case "decline":
		_, err = c.Practice.DeclineMock(ctx, me, d.ID)
	case "cancel":
		_, err = c.Practice.CancelMock(ctx, me, d.ID)
	case "enter":
		_, err = c.Practice.EnterMock(ctx, me, d.ID)
	case "next":
		err = c.nextPhase(d)
	case "card":
		draft := practice.MockDraft{Type: practice.MockAsks}
		if c.field("draw") == "" {
			draft.Data.Deck, draft.Data.Card, _ = strings.Cut(c.field("card"), "/")
		}
		_, err = c.Practice.SendMock(ctx, me, d.ID, draft)
	case "say":
		_, err = c.Practice.SendMock(ctx, me, d.ID, practice.MockDraft{Type: c.saidType(), Data: practice.MockData{Text: strings.TrimSpace(c.field("text"))}, Key: c.field("key")})
	case "write":
		err = c.writePane(d)
	default:
		err = errNoPage()
	}
	return err
}

// saidType is what a line shall be; of what is none of them, a note.
func (c *call) saidType() string {
	switch c.field("type") {
	case practice.MockFlag:
		return practice.MockFlag
	case practice.MockHint:
		return practice.MockHint
	}
	return practice.MockNote
}

// nextPhase begins or ends a round, unless that has happened since the form was
// made.
func (c *call) nextPhase(d *mockData) error {
	if c.field("state") != d.State.String() {
		return nil
	}
	draft := practice.MockDraft{Type: practice.MockEnd}
	if d.State.Round() == 0 {
		draft = practice.MockDraft{Type: practice.MockPhase, Data: practice.MockData{Phase: (d.State + 1).String()}}
	}
	_, err := c.Practice.SendMock(c.r.Context(), c.user.ID, d.ID, draft)
	return err
}

// writePane makes a pane what was typed, for who has no script.
func (c *call) writePane(d *mockData) error {
	pane := c.field("pane")
	now := d.Log.Panes[pane]
	text := strings.ReplaceAll(c.field("text"), "\r\n", "\n") // as forms send lines
	for i, p := range patchesTo(now.Text, text) {
		p.Pane, p.Base = pane, now.Patches+i
		if _, err := c.Practice.SendMock(c.r.Context(), c.user.ID, d.ID, practice.MockDraft{Type: practice.MockPatch, Data: p, Key: c.field("key") + strconv.Itoa(i)}); err != nil {
			return err
		}
	}
	return nil
}

// reviewMock takes a review. What was typed wrongly comes again.
func (c *call) reviewMock(d *mockData) error {
	form := practice.MockForm{Note: c.field("note"), Strength: c.field("strength"), Improve: c.field("improve")}
	d.Strength, d.Improve, d.ReviewNote = form.Strength, form.Improve, form.Note
	if d.Asked != nil {
		for _, p := range d.Asked.Card.Rubric {
			d.Marks[p.ID] = c.field("mark-" + p.ID)
			if m, ok := practice.ReadMark(d.Marks[p.ID]); ok {
				form.Marks = append(form.Marks, practice.Ticked{Point: p.ID, Mark: m})
			}
		}
	}
	_, err := c.Practice.ReviewMock(c.r.Context(), c.user.ID, d.ID, form)
	if d.Problems = fieldsOf(err); d.Problems != nil {
		return c.showMock(failures[errs.Invalid].status, d)
	}
	if errs.Is(err, errs.Conflict) || err == nil { // what was done twice is done
		return c.goTo(mockAddress(d.Mock))
	}
	return err
}
