package web

import (
	"io"
	"net/http"
	"strconv"

	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/deck"
)

func (c *call) startSession() error {
	now, err := c.Practice.CurrentSession(c.r.Context(), c.user.ID)
	if err != nil {
		return err
	}
	if now == nil || now.Next() < 0 {
		if now, err = c.Practice.StartSession(c.r.Context(), c.user.ID); err != nil {
			return err
		}
	}
	return c.begin(now)
}

// begin leads to the next card of a session, or to its end.
func (c *call) begin(x *practice.Session) error {
	i := x.Next()
	if i < 0 || !x.EndedAt.IsZero() {
		return c.goTo(sessionsPath + "/" + x.ID.String())
	}
	a, err := c.Practice.Begin(c.r.Context(), c.user.ID, x.Cards[i].DeckID, x.Cards[i].Card.ID, x.ID)
	if err != nil {
		return err
	}
	return c.goTo(attemptAddress(a))
}

// ownSession returns the session that the address names.
func (c *call) ownSession() (*practice.Session, error) {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return nil, errNoPage()
	}
	return c.Practice.Session(c.r.Context(), c.user.ID, id)
}

func (c *call) nextCard() error {
	x, err := c.ownSession()
	if err != nil {
		return err
	}
	if x.Next() < 0 {
		if x, err = c.Practice.EndSession(c.r.Context(), c.user.ID, x.ID); err != nil {
			return err
		}
	}
	return c.begin(x)
}

func (c *call) endPractice() error {
	x, err := c.ownSession()
	if err != nil {
		return err
	}
	if x, err = c.Practice.EndSession(c.r.Context(), c.user.ID, x.ID); err != nil {
		return err
	}
	return c.goTo(sessionsPath + "/" + x.ID.String())
}

// practiceSession shows what a session has come to, and where it goes on.
func (c *call) practiceSession() error {
	x, err := c.ownSession()
	if err != nil {
		return err
	}
	scores, err := c.scores(attemptsOf(x))
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, sessionPage(c.private(c.words().Text("Session")), x, scores))
}

func attemptsOf(x *practice.Session) []*practice.Attempt {
	var list []*practice.Attempt
	for _, card := range x.Cards {
		if card.Attempt != nil {
			list = append(list, card.Attempt)
		}
	}
	return list
}

// scores returns what checked attempts came to, in percent.
func (c *call) scores(list []*practice.Attempt) (map[ids.ID]int, error) {
	return c.Practice.Scores(c.r.Context(), c.user.ID, list)
}

// attemptsPage is how many answers a page lists.
const attemptsPage = 30

// attempts lists the member's own answers.
func (c *call) attempts() error {
	p := c.listPage()
	p.Limit = attemptsPage
	list, err := c.Practice.Attempts(c.r.Context(), c.user.ID, p)
	if err != nil {
		return err
	}
	scores, err := c.scores(list)
	if err != nil {
		return err
	}
	older := ""
	if len(list) == attemptsPage {
		older = attemptsPath + "?max_id=" + list[len(list)-1].ID.String()
	}
	return c.show(http.StatusOK, attemptListPage(c.private(c.words().Text("My answers")), list, scores, older))
}

func attemptAddress(a *practice.Attempt) string { return attemptsPath + "/" + a.ID.String() }

func (c *call) beginAttempt() error {
	a, err := c.Practice.Begin(c.r.Context(), c.user.ID, c.field("deck"), c.field("card"), 0)
	if err != nil {
		return err
	}
	return c.goTo(attemptAddress(a))
}

// attemptData is what the page of an attempt shows.
type attemptData struct {
	*practice.Attempt
	Session  *practice.Session // nil: by itself
	At       int               // the card's place in the session
	Stories  []practice.Story  // to answer with
	Answer   string            // as typed
	Story    ids.ID            // as chosen
	Result   *practice.Result
	Ask      *practice.Ask // the newest of it; nil: none
	Sections []textSection
	rubricForm
	Note string
}

// rubricForm is a rubric as ticked.
type rubricForm struct {
	Marks    map[string]string // by point
	Reasons  map[string]string // by point
	Problems map[string][]errs.Field
}

// textSection is a part of a card's text.
type textSection struct{ Title, HTML string }

func (c *call) attempt() error {
	a, err := c.ownAttempt()
	if err != nil {
		return err
	}
	return c.showAttempt(http.StatusOK, &attemptData{Attempt: a, Answer: a.Answer})
}

func (c *call) ownAttempt() (*practice.Attempt, error) {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return nil, errNoPage()
	}
	return c.Practice.Attempt(c.r.Context(), c.user.ID, id)
}

// showAttempt completes what an attempt's page shows.
func (c *call) showAttempt(status int, d *attemptData) (err error) {
	ctx, me := c.r.Context(), c.user.ID
	if d.SessionID != 0 {
		if d.Session, err = c.Practice.Session(ctx, me, d.SessionID); err != nil {
			return err
		}
		for i, card := range d.Session.Cards {
			if card.Attempt != nil && card.Attempt.ID == d.ID {
				d.At = i
			}
		}
	}
	if d.State == practice.Asked {
		if d.Stories, err = c.Practice.Stories(ctx, me); err != nil {
			return err
		}
	}
	if d.State == practice.Checked {
		if d.Result, err = c.Practice.Result(ctx, me, d.ID); err != nil {
			return err
		}
		if d.Ask, err = c.Practice.AskOf(ctx, me, d.ID); err != nil {
			return err
		}
	}
	if d.State == practice.Checked || d.State == practice.Skipped {
		if d.Sections, err = sectionsOf(d.Card); err != nil {
			return err
		}
	}
	return c.show(status, attemptPage(c.private(d.Card.Title), d))
}

// attemptStep takes the next step of an attempt.
func (c *call) attemptStep() error {
	a, err := c.ownAttempt()
	if err != nil {
		return err
	}
	ctx, me, d := c.r.Context(), c.user.ID, &attemptData{Attempt: a, Answer: a.Answer}
	switch c.r.PathValue("deed") {
	case "answer":
		g := practice.Given{Text: c.field("answer")}
		g.StoryID, _ = ids.Parse(c.field("story")) // none is 0
		g.Seconds, _ = strconv.Atoi(c.field("seconds"))
		d.Answer, d.Story = g.Text, g.StoryID
		if err := c.takeRecording(a); err != nil {
			return err
		}
		_, err = c.Practice.Answer(ctx, me, a.ID, g)
	case "skip":
		_, err = c.Practice.Skip(ctx, me, a.ID)
	case "predict":
		percent, problem := strconv.Atoi(c.field("percent"))
		if problem != nil {
			percent = -1
		}
		_, err = c.Practice.Predict(ctx, me, a.ID, percent)
	case "check":
		var marks []practice.Ticked
		marks, d.rubricForm = c.tickedMarks(a.Card)
		d.Note = c.field("note")
		_, err = c.Practice.Check(ctx, me, a.ID, marks, d.Note)
	default:
		return errNoPage()
	}
	if d.Problems = fieldsOf(err); d.Problems != nil {
		return c.showAttempt(failures[errs.Invalid].status, d)
	}
	if errs.Is(err, errs.Conflict) || err == nil { // what was done twice is done
		return c.goTo(attemptAddress(a))
	}
	return err
}

// tickedMarks reads the marks of a rubric; a point without one is left out.
func (c *call) tickedMarks(card *deck.Card) (list []practice.Ticked, form rubricForm) {
	form = rubricForm{Marks: map[string]string{}, Reasons: map[string]string{}}
	for _, p := range card.Rubric {
		name, reason := c.field("mark-"+p.ID), c.field("reason-"+p.ID)
		form.Marks[p.ID], form.Reasons[p.ID] = name, reason
		if m, ok := practice.ReadMark(name); ok {
			list = append(list, practice.Ticked{Point: p.ID, Mark: m, Note: reason})
		}
	}
	return list, form
}

// takeRecording keeps what was recorded, if something was.
func (c *call) takeRecording(a *practice.Attempt) error {
	if c.r.MultipartForm == nil || len(c.r.MultipartForm.File["recording"]) == 0 {
		return nil
	}
	head := c.r.MultipartForm.File["recording"][0]
	if head.Size == 0 {
		return nil
	}
	f, err := head.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = c.Practice.Record(c.r.Context(), c.user.ID, a.ID, f)
	if errs.Is(err, errs.Conflict) {
		return nil // answered already
	}
	return err
}

// recording plays what was said.
func (c *call) recording() error {
	a, err := c.ownAttempt()
	if err != nil {
		return err
	}
	f, info, err := c.Practice.Recording(c.r.Context(), c.user.ID, a.ID)
	if err != nil {
		return err
	}
	return c.play(f, info)
}

// play answers with a recording, and closes it.
func (c *call) play(f io.ReadSeekCloser, info blob.Info) (err error) {
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	h := c.w.Header()
	h.Set("Content-Type", info.ContentType)
	h.Set("Cache-Control", "private, no-store")
	c.slot.Leave()
	http.ServeContent(c.w, c.r, "", info.ModTime, f)
	return nil
}
