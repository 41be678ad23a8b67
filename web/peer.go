package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/profiles"
)

const (
	peerPath  = practicePath + "/peer"
	asksPath  = practicePath + "/asks"
	seatsPath = practicePath + "/seats"
)

// peerRoutes are the pages on which members review each other's answers.
func peerRoutes() []route {
	return []route{
		{"GET " + peerPath, (*call).peers, members},
		{"GET " + attemptsPath + "/{id}/ask", (*call).askForm, members},
		{"POST " + attemptsPath + "/{id}/ask", (*call).sendAsk, members},
		{"GET " + asksPath, (*call).askList, members},
		{"GET " + asksPath + "/{id}", (*call).ask, members},
		{"POST " + asksPath + "/{id}/{deed}", (*call).changeAsk, members},
		{"GET " + seatsPath, (*call).seatList, members},
		{"GET " + seatsPath + "/{id}", (*call).seat, members},
		{"GET " + seatsPath + "/{id}/recording", (*call).seatRecording, members},
		{"GET " + seatsPath + "/{id}/report", (*call).seatReport, members},
		{"POST " + seatsPath + "/{id}/{deed}", (*call).changeSeat, members},
	}
}

const (
	peerLines  = 20 // of what may be reviewed
	peerRecent = 5  // of what was, and of what was asked for
	peerList   = 30 // on a page of its own
	askedOften = 60 // names that are offered
)

// peerData is what the page about reviews by peers shows.
type peerData struct {
	Credits int
	Open    []practice.OpenAsk
	Seats   []*practice.Seat
	Asks    []*practice.Ask
	Problem string // with what was pressed
}

func (c *call) peers() error { return c.showPeers(http.StatusOK, "") }

func (c *call) showPeers(status int, problem string) (err error) {
	ctx, me, recent := c.r.Context(), c.user.ID, page.Page{Limit: peerRecent}
	d := peerData{Problem: problem}
	if d.Credits, err = c.Practice.Credits(ctx, me); err != nil {
		return err
	}
	if d.Open, err = c.Practice.OpenAsks(ctx, me, peerLines); err != nil {
		return err
	}
	if d.Seats, err = c.Practice.Seats(ctx, me, recent); err != nil {
		return err
	}
	if d.Asks, err = c.Practice.Asks(ctx, me, recent); err != nil {
		return err
	}
	return c.show(status, peerPage(c.private(c.words().Text("Reviews by peers")), d))
}

// waiting is how many reviews wait for the member: those that they have taken and
// not handed in, and those that they may take.
func (c *call) waiting() (int, error) {
	open, err := c.Practice.OpenAsks(c.r.Context(), c.user.ID, peerLines)
	if err != nil {
		return 0, err
	}
	seats, err := c.Practice.Seats(c.r.Context(), c.user.ID, page.Page{Limit: peerLines})
	n := len(open)
	for _, s := range seats {
		if s.DoneAt.IsZero() {
			n++
		}
	}
	return n, err
}

// askList shows what the member has asked for.
func (c *call) askList() error {
	p := c.listPage()
	p.Limit = peerList
	list, err := c.Practice.Asks(c.r.Context(), c.user.ID, p)
	if err != nil {
		return err
	}
	older := ""
	if len(list) == peerList {
		older = asksPath + "?max_id=" + list[len(list)-1].ID.String()
	}
	return c.show(http.StatusOK, askListPage(c.private(c.words().Text("What I asked for")), list, older))
}

// seatList shows what the member has reviewed, or reviews now.
func (c *call) seatList() error {
	p := c.listPage()
	p.Limit = peerList
	list, err := c.Practice.Seats(c.r.Context(), c.user.ID, p)
	if err != nil {
		return err
	}
	older := ""
	if len(list) == peerList {
		older = seatsPath + "?max_id=" + list[len(list)-1].ID.String()
	}
	return c.show(http.StatusOK, seatListPage(c.private(c.words().Text("What I review")), list, older))
}

// askData is the form by which a review is asked for, as filled in.
type askData struct {
	*practice.Attempt
	Credits  int
	Circle   string
	Username string
	Seats    string
	Known    []*profiles.Account // names that are offered
	Problems map[string][]errs.Field
	Problem  string // with the form as a whole
}

// askForm offers to ask for a review of an answer, unless that is done.
func (c *call) askForm() error {
	a, err := c.ownAttempt()
	if err != nil {
		return err
	}
	if a.State != practice.Checked {
		return errNoPage()
	}
	there, err := c.Practice.AskOf(c.r.Context(), c.user.ID, a.ID)
	if err != nil {
		return err
	}
	if there != nil && there.State == practice.AskOpen {
		return c.goTo(askAddress(there.ID))
	}
	return c.showAskForm(http.StatusOK, askData{Attempt: a, Circle: practice.Everyone.String()})
}

func (c *call) showAskForm(status int, d askData) (err error) {
	ctx, me := c.r.Context(), c.user.ID
	if d.Credits, err = c.Practice.Credits(ctx, me); err != nil {
		return err
	}
	if d.Seats == "" { // as many as they can ask for
		d.Seats = strconv.Itoa(max(1, min(practice.MaxSeats, d.Credits)))
	}
	followers, err := c.Profiles.FollowersOf(ctx, me, me, page.Page{Limit: askedOften})
	if err != nil {
		return err
	}
	for _, e := range followers {
		d.Known = append(d.Known, e.Account)
	}
	return c.show(status, askPage(c.private(c.words().Text("Ask for a review")), d))
}

// sendAsk asks for a review of an answer.
func (c *call) sendAsk() error {
	a, err := c.ownAttempt()
	if err != nil {
		return err
	}
	d := askData{Attempt: a, Circle: c.field("circle"), Username: c.field("username"), Seats: c.field("seats")}
	made, err := c.askOf(&d)
	var known *errs.Error
	switch {
	case err == nil:
		return c.goTo(askAddress(made.ID))
	case errs.Is(err, errs.Conflict): // the form's page knows what has changed
		return c.goTo(askFormAddress(a.ID))
	case errs.Is(err, errs.NotFound):
		d.Problems = map[string][]errs.Field{"username": {{Text: c.words().Text("There is nobody of this name whom you can ask")}}}
	case errs.Is(err, errs.Forbidden) && errors.As(err, &known):
		d.Problem = c.words().sentence(known.Text)
	default:
		if d.Problems = fieldsOf(err); d.Problems == nil {
			return err
		}
	}
	return c.showAskForm(http.StatusUnprocessableEntity, d)
}

// askOf asks as the form says.
func (c *call) askOf(d *askData) (*practice.Ask, error) {
	at := slices.IndexFunc(circleChoices, func(x circleChoice) bool { return x.circle.String() == d.Circle })
	if at < 0 {
		return nil, &errs.Error{Kind: errs.Invalid, Fields: map[string][]errs.Field{"circle": {{Text: c.words().Text("Choose who may review it")}}}}
	}
	r := practice.AskRequest{Circle: circleChoices[at].circle, Seats: 1}
	if r.Circle == practice.Person {
		somebody, err := c.Profiles.Lookup(c.r.Context(), strings.TrimPrefix(strings.TrimSpace(d.Username), "@"))
		if err != nil {
			return nil, err
		}
		r.Person = somebody.ID
	} else {
		r.Seats, _ = strconv.Atoi(d.Seats) // 0 is refused
	}
	return c.Practice.AskReview(c.r.Context(), c.user.ID, d.ID, r)
}

func askAddress(id ids.ID) string { return asksPath + "/" + id.String() }

func askFormAddress(attempt ids.ID) string { return attemptsPath + "/" + attempt.String() + "/ask" }

func seatAddress(id ids.ID) string { return seatsPath + "/" + id.String() }

// askShown is what the page of an ask shows.
type askShown struct {
	*practice.Ask
	Person  *profiles.Account // who is asked by name; nil: nobody, or gone
	Compare *comparison       // nil: not done
}

// ask shows how an ask of the member's own stands, and to all who had a part in
// one that is done what has come of it.
func (c *call) ask() error {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return errNoPage()
	}
	k, err := c.Practice.Ask(c.r.Context(), c.user.ID, id)
	if err != nil {
		return err
	}
	d := askShown{Ask: k}
	if d.Compare, err = c.compare(k); err != nil {
		return err
	}
	if k.Person != 0 {
		people, err := c.Profiles.Accounts(c.r.Context(), []ids.ID{k.Person})
		if err != nil {
			return err
		}
		d.Person = people[k.Person]
	}
	return c.show(http.StatusOK, askShownPage(c.private(k.Attempt.Card.Title), d))
}

// changeAsk takes a seat at an ask, or withdraws one of the member's own.
func (c *call) changeAsk() error {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return errNoPage()
	}
	switch c.r.PathValue("deed") {
	case "take":
		seat, err := c.Practice.TakeSeat(c.r.Context(), c.user.ID, id)
		var known *errs.Error
		if (errs.Is(err, errs.Conflict) || errs.Is(err, errs.Forbidden)) && errors.As(err, &known) {
			return c.showPeers(failures[known.Kind].status, c.words().sentence(known.Text))
		}
		if err != nil {
			return err
		}
		return c.goTo(seatAddress(seat.ID))
	case "withdraw":
		err := c.Practice.WithdrawAsk(c.r.Context(), c.user.ID, id)
		if err != nil && !errs.Is(err, errs.Conflict) { // what was done twice is done
			return err
		}
		return c.goTo(askAddress(id))
	}
	return errNoPage()
}
