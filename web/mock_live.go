package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/limit"
	"github.com/guildhall/guildhall/practice"
)

// ruleTyping is how often an address may send what is typed in interviews: two
// rooms in one house, without a pause.
var ruleTyping = limit.Rule{Name: "web.typing", Limit: 3000, Window: 5 * time.Minute}

// answerJSON answers a script.
func (c *call) answerJSON(status int, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.slot.Leave()
	h := c.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(data)))
	c.w.WriteHeader(status)
	_, _ = c.w.Write(data) // a browser that is gone
	return nil
}

// scriptRefusal is what a script is told of what did not work.
type scriptRefusal struct {
	Error string `json:"error"`
}

// tellScript answers a script that something worked, or why it did not.
func (c *call) tellScript(err error) error {
	var known *errs.Error
	switch {
	case err == nil:
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	case errors.As(err, &known) && (known.Kind == errs.Conflict || known.Kind == errs.Invalid || known.Kind == errs.TooMany):
		return c.answerJSON(failures[known.Kind].status, scriptRefusal{c.reason(known)})
	}
	return err
}

// patchMock takes what the script of the room has seen typed, and answers with
// the event that it has become.
func (c *call) patchMock() error {
	id, err := c.mockID()
	if err != nil {
		return err
	}
	draft := practice.MockDraft{Type: practice.MockPatch, Data: practice.MockData{Pane: c.field("pane"), Insert: c.field("insert")}, Key: c.field("key")}
	for name, to := range map[string]*int{"base": &draft.Data.Base, "at": &draft.Data.At, "remove": &draft.Data.Remove} {
		if *to, err = strconv.Atoi(c.field(name)); err != nil {
			return errs.Wrap(errs.Malformed, "The form could not be read.", err)
		}
	}
	e, err := c.Practice.SendMock(c.r.Context(), c.user.ID, id, draft)
	if err != nil {
		return c.tellScript(err)
	}
	return c.answerJSON(http.StatusOK, e)
}

// after is the number of the last event that a script knows of.
func (c *call) after() int64 {
	known := c.r.Header.Get("Last-Event-ID") // of a browser that comes back by itself
	if known == "" {
		known = c.query("after")
	}
	n, _ := strconv.ParseInt(known, 10, 64) // 0, the start, for what is no number
	return max(n, 0)
}

// mockLog answers a script with the events after one.
func (c *call) mockLog() error {
	id, err := c.mockID()
	if err != nil {
		return err
	}
	list, err := c.Practice.MockEvents(c.r.Context(), c.user.ID, id, c.after(), logPage)
	if err != nil {
		return err
	}
	if list == nil {
		list = []practice.MockEvent{}
	}
	return c.answerJSON(http.StatusOK, list)
}

// mockEvents answers with server-sent events of what happens in an interview,
// from the one after what the script knows on. It ends with the session and when
// the server stops.
func (c *call) mockEvents() error {
	id, err := c.mockID()
	if err != nil {
		return err
	}
	ctx := c.r.Context()
	events, stop, err := c.Practice.ListenMock(ctx, c.user.ID, id, c.after())
	if err != nil {
		return err
	}
	defer stop()
	connection := http.NewResponseController(c.w)
	// The connection may carry other requests after this one.
	defer func() { _ = connection.SetWriteDeadline(time.Time{}) }()
	h := c.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // nginx would keep the events back
	c.slot.Leave()                   // a stream stays for hours
	c.w.WriteHeader(http.StatusOK)
	send := func(text []byte) bool {
		// Who reads nothing any more must not hold the stream for ever.
		_ = connection.SetWriteDeadline(time.Now().Add(sendTime))
		if _, err := c.w.Write(text); err != nil {
			return false
		}
		return connection.Flush() == nil
	}
	if !send([]byte("retry: 1000\n\n")) {
		return nil
	}
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		text := []byte(":\n\n")
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if !c.stillSignedIn(ctx) {
				return nil
			}
		case e, open := <-events:
			if !open {
				return nil
			}
			if text, err = mockMessage(e); err != nil {
				return err
			}
		}
		if !send(text) {
			return nil
		}
	}
}

// mockMessage is an event as it is sent. What is not kept has no number.
func mockMessage(e practice.MockEvent) ([]byte, error) {
	data, err := json.Marshal(e)
	var b bytes.Buffer
	if e.Seq > 0 {
		b.WriteString("id: " + strconv.FormatInt(e.Seq, 10) + "\n")
	}
	b.WriteString("data: ")
	b.Write(data)
	b.WriteString("\n\n")
	return b.Bytes(), err
}

// mockCalendar sends the time that was agreed on as an entry for a calendar.
func (c *call) mockCalendar() error {
	id, err := c.mockID()
	if err != nil {
		return err
	}
	m, err := c.Practice.Mock(c.r.Context(), c.user.ID, id)
	if err != nil {
		return err
	}
	file, err := c.Practice.MockCalendar(m)
	if err != nil {
		return err
	}
	c.asFile("text/calendar; charset=utf-8", "interview.ics")
	return c.write("text/calendar; charset=utf-8", file)
}

// mockFile is an interview as data: what was agreed on, asked and found, and its log.
type mockFile struct {
	ID        string               `json:"id"`
	StartsAt  time.Time            `json:"starts_at"`
	Minutes   int                  `json:"minutes"`
	Role      string               `json:"role"`
	Level     string               `json:"level"`
	Note      string               `json:"note"`
	Questions []string             `json:"questions"` // round by round; empty: none was asked
	Reviews   []mockFound          `json:"reviews"`
	Events    []practice.MockEvent `json:"events"`
}

// mockFound is a review as data.
type mockFound struct {
	Round    int               `json:"round"`
	Score    int               `json:"score"` // -1: no card was asked
	Marks    map[string]string `json:"marks"` // by the rubric's point
	Strength string            `json:"strength"`
	Improve  string            `json:"improve"`
	Note     string            `json:"note"`
}

// mockExport sends all of an interview that the reader may see, as data or as text.
func (c *call) mockExport() error {
	id, err := c.mockID()
	if err != nil {
		return err
	}
	r, err := c.Practice.MockRecord(c.r.Context(), c.user.ID, id)
	if err != nil {
		return err
	}
	const text, data = "text/markdown; charset=utf-8", "application/json"
	if c.query("format") == "markdown" {
		c.asFile(text, "interview.md")
		return c.write(text, []byte(r.Markdown()))
	}
	f := mockFile{ID: r.ID.String(), StartsAt: r.At.UTC(), Minutes: r.Minutes, Role: r.Role, Level: r.Level, Note: r.Note, Events: r.Events}
	for _, card := range r.Cards {
		question := ""
		if card != nil {
			question = card.Card.Question
		}
		f.Questions = append(f.Questions, question)
	}
	for _, x := range r.Reviews {
		found := mockFound{Round: x.Round, Score: x.Score, Marks: map[string]string{}, Strength: x.Strength, Improve: x.Improve, Note: x.Note}
		for _, m := range x.Marks {
			found.Marks[m.Point] = m.Mark.String()
		}
		f.Reviews = append(f.Reviews, found)
	}
	file, err := json.Marshal(f)
	if err != nil {
		return err
	}
	c.asFile(data, "interview.json")
	return c.write(data, file)
}
