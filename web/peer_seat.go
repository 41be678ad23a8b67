package web

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/practice"
)

// seatData is what a reviewer sees of somebody's answer.
type seatData struct {
	*practice.Seat
	Compare *comparison // nil: not all reviews are in
	rubricForm
	Note    string
	Problem string // with the form as a whole
}

// ownSeat returns the seat that the address names.
func (c *call) ownSeat() (*practice.Seat, error) {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return nil, errNoPage()
	}
	return c.Practice.Seat(c.r.Context(), c.user.ID, id)
}

func (c *call) seat() error {
	s, err := c.ownSeat()
	if err != nil {
		return err
	}
	return c.showSeat(http.StatusOK, &seatData{Seat: s})
}

func (c *call) showSeat(status int, d *seatData) (err error) {
	if d.Ask != nil {
		if d.Compare, err = c.compare(d.Ask); err != nil {
			return err
		}
	}
	return c.show(status, seatPage(c.private(d.Card.Title), d))
}

// changeSeat hands a review in, gives a seat back, or tells the moderators of the
// answer.
func (c *call) changeSeat() error {
	s, err := c.ownSeat()
	if err != nil {
		return err
	}
	switch c.r.PathValue("deed") {
	case "review":
		return c.handIn(&seatData{Seat: s, Note: c.field("note")})
	case "leave":
		err := c.Practice.GiveBack(c.r.Context(), c.user.ID, s.ID)
		if errs.Is(err, errs.Conflict) {
			return c.goTo(seatAddress(s.ID)) // it is handed in
		}
		if err != nil {
			return err
		}
		return c.goTo(peerPath)
	case "report":
		return c.reportSeat(s)
	}
	return errNoPage()
}

func (c *call) handIn(d *seatData) error {
	var marks []practice.Ticked
	marks, d.rubricForm = c.tickedMarks(d.Card)
	_, err := c.Practice.HandIn(c.r.Context(), c.user.ID, d.ID, marks, d.Note)
	if d.Problems = fieldsOf(err); d.Problems != nil {
		return c.showSeat(failures[errs.Invalid].status, d)
	}
	var known *errs.Error
	if d.DoneAt.IsZero() && errs.Is(err, errs.Conflict) && errors.As(err, &known) {
		d.Problem = c.words().sentence(known.Text)
		return c.showSeat(failures[errs.Conflict].status, d)
	}
	if err != nil && !errs.Is(err, errs.Conflict) { // what was done twice is done
		return err
	}
	return c.goTo(seatAddress(d.ID))
}

// seatRecording plays what was said.
func (c *call) seatRecording() error {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return errNoPage()
	}
	f, info, err := c.Practice.SeatRecording(c.r.Context(), c.user.ID, id)
	if err != nil {
		return err
	}
	return c.play(f, info)
}

// seatReporting is what the page to report an answer shows.
type seatReporting struct {
	*practice.Seat
	Comment  string
	Sent     bool
	Problems map[string][]errs.Field
}

// seatReport is where a reviewer tells the moderators about an answer, without
// learning whose it is.
func (c *call) seatReport() error {
	s, err := c.ownSeat()
	if err != nil {
		return err
	}
	return c.showSeatReport(http.StatusOK, seatReporting{Seat: s, Sent: c.query("sent") != ""})
}

func (c *call) showSeatReport(status int, d seatReporting) error {
	return c.show(status, seatReportPage(c.private(c.words().Text("Report this answer")), d))
}

// seatReportText bounds what is said of an answer, in characters, so that the
// answer's beginning has place in the report beside it.
const seatReportText = 500

// reportSeat tells the moderators of an answer, with its beginning.
func (c *call) reportSeat(s *practice.Seat) error {
	d := seatReporting{Seat: s, Comment: c.field("comment")}
	switch n := utf8.RuneCountInString(strings.TrimSpace(d.Comment)); {
	case n == 0:
		d.Problems = map[string][]errs.Field{"comment": {{Text: c.words().Text("Say what it is about")}}}
	case n > seatReportText:
		d.Problems = map[string][]errs.Field{"comment": {{Text: c.words().Text("That is longer than %s characters", c.words().Number(seatReportText))}}}
	}
	if d.Problems != nil {
		return c.showSeatReport(http.StatusUnprocessableEntity, d)
	}
	if err := c.limited("reports"); err != nil {
		return err
	}
	a, err := c.Practice.SeatAnswer(c.r.Context(), c.user.ID, s.ID)
	if err != nil {
		return err
	}
	draft := moderation.Draft{TargetID: a.AccountID, Category: moderation.Other, Comment: strings.TrimSpace(d.Comment) + "\n\n" + a.DeckID + "/" + a.CardID + ": " + excerpt(a.Answer)}
	if _, err := c.Moderation.Report(c.r.Context(), c.user.ID, draft); err != nil {
		return err
	}
	return c.goTo(seatAddress(s.ID)+"/report", "sent", "1")
}
