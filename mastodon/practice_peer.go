package mastodon

import (
	"context"
	"net/http"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/moderation"
	"github.com/guildhall/guildhall/practice"
)

// askEntity asks others to review an answer. What they found is there when the
// ask is done.
type askEntity struct {
	ID        ids.ID                 `json:"id"`
	CreatedAt string                 `json:"created_at"`
	Account   encoded[accountEntity] `json:"account"` // who asks
	Attempt   attemptEntity          `json:"attempt"`
	Circle    string                 `json:"circle" enum:"person,followers,everyone"`
	PersonID  *ids.ID                `json:"person_id"` // who is asked by name
	Seats     int                    `json:"seats"`
	Taken     int                    `json:"taken"` // seats that somebody has, also those whose review is in
	ReviewsIn int                    `json:"reviews_in"`
	State     string                 `json:"state" enum:"open,done,expired,withdrawn"`
	WidenedAt *string                `json:"widened_at"`
	ClosedAt  *string                `json:"closed_at"`
	ThreadID  *ids.ID                `json:"thread_id"` // the post that began the talk about it
	Own       *reviewEntity          `json:"own"`       // what the author found
	Reviews   []peerReviewEntity     `json:"reviews"`
	Disputed  []string               `json:"disputed"` // points that one found and another did not
}

// peerReviewEntity is what somebody else than the author found.
type peerReviewEntity struct {
	Account encoded[accountEntity] `json:"account"`
	// Agreement is Cohen's kappa of the reviewer and the author over all that both
	// have marked; null where it is not defined, and in lists.
	Agreement *float64     `json:"agreement"`
	Review    reviewEntity `json:"review"`
}

// seatEntity is a reviewer's place at an ask. Whose answer it is stands in ask,
// which is there when the ask is done.
type seatEntity struct {
	ID        ids.ID             `json:"id"`
	AskID     ids.ID             `json:"ask_id"`
	Card      practiceCardEntity `json:"card"`
	Answer    *string            `json:"answer"`
	Recording bool               `json:"recording"`
	Seconds   int                `json:"seconds"`
	TakenAt   string             `json:"taken_at"`
	Until     string             `json:"until"`   // when it is free again unless the review is in
	DoneAt    *string            `json:"done_at"` // when the review came in
	Review    *seatReviewEntity  `json:"review"`  // one's own
	Ask       *askEntity         `json:"ask"`
}

// seatReviewEntity is one's own review of an answer.
type seatReviewEntity struct {
	ID     ids.ID       `json:"id"`
	Score  int          `json:"score"` // percent of the weights
	Rating string       `json:"rating" enum:"again,hard,good,easy"`
	Note   string       `json:"note"`
	Marks  []tickEntity `json:"marks"`
}

// openAskEntity is an answer that may be reviewed.
type openAskEntity struct {
	ID        ids.ID             `json:"id"`
	CreatedAt string             `json:"created_at"`
	Card      practiceCardEntity `json:"card"`
	Asked     bool               `json:"asked"` // by name
}

// creditsEntity is how many reviews may be asked for.
type creditsEntity struct {
	Credits int `json:"credits"`
}

// askParams say who is asked for how many reviews.
type askParams struct {
	Circle    string `param:"circle" enum:"person,followers,everyone"`
	AccountID ids.ID `param:"account_id"` // of the person
	Seats     int    `param:"seats"`      // 1 if it is left out
}

var circles = [...]practice.Circle{practice.Person, practice.Followers, practice.Everyone}

func (s *server) askReview(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	in := askParams{Seats: 1}
	if err := c.Decode(&in); err != nil {
		return err
	}
	r := practice.AskRequest{Circle: practice.Everyone + 1, Person: in.AccountID, Seats: in.Seats} // which is refused there
	for _, circle := range circles {
		if in.Circle == circle.String() {
			r.Circle = circle
		}
	}
	k, err := s.Practice.AskReview(c.R.Context(), c.Viewer(), id, r)
	return s.answerAsk(c, k, err)
}

func (s *server) answerAsk(c *Call, k *practice.Ask, err error) error {
	if err != nil {
		return err
	}
	all, err := s.askEntities(c.R.Context(), []*practice.Ask{k})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, all[0])
}

// askEntities makes the entities of asks, for those who may see them.
func (s *server) askEntities(ctx context.Context, all []*practice.Ask) ([]askEntity, error) {
	var people []ids.ID
	for _, k := range all {
		people = append(people, k.AccountID)
		for _, r := range k.Reviews {
			people = append(people, r.AccountID)
		}
	}
	accounts, err := s.accountsJSON(ctx, people)
	if err != nil {
		return nil, err
	}
	out := make([]askEntity, len(all))
	for i, k := range all {
		e := askEntity{ID: k.ID, CreatedAt: k.ID.Time().UTC().Format(timeFormat), Account: accounts[k.AccountID], Attempt: attemptEntityOf(k.Attempt),
			Circle: k.Circle.String(), PersonID: idOrNil(k.Person), Seats: k.Seats, Taken: k.Taken, ReviewsIn: k.In, State: k.State.String(),
			WidenedAt: timestamp(k.WidenedAt), ClosedAt: timestamp(k.ClosedAt), ThreadID: idOrNil(k.ThreadID), Reviews: []peerReviewEntity{}, Disputed: list(k.Disputed)}
		if k.Own != nil {
			own := reviewEntityOf(k.Own)
			e.Own = &own
		}
		for _, r := range k.Reviews {
			if accounts[r.AccountID] == nil {
				continue // being erased
			}
			e.Reviews = append(e.Reviews, peerReviewEntity{accounts[r.AccountID], k.Kappas[r.AccountID], reviewEntityOf(&r)})
		}
		out[i] = e
	}
	return out, nil
}

func (s *server) asks(c *Call) error {
	all, err := s.Practice.Asks(c.R.Context(), c.Viewer(), c.Page(practicePage, practicePageMax))
	if err != nil {
		return err
	}
	out, err := s.askEntities(c.R.Context(), all)
	if err != nil {
		return err
	}
	if len(all) > 0 {
		c.Link(all[0].ID, all[len(all)-1].ID)
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) ask(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	k, err := s.Practice.Ask(c.R.Context(), c.Viewer(), id)
	return s.answerAsk(c, k, err)
}

func (s *server) withdrawAsk(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := s.Practice.WithdrawAsk(c.R.Context(), c.Viewer(), id); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}

func (s *server) openAsks(c *Call) error {
	all, err := s.Practice.OpenAsks(c.R.Context(), c.Viewer(), c.Limit(practicePage, practicePageMax))
	if err != nil {
		return err
	}
	out := make([]openAskEntity, len(all))
	for i, k := range all {
		out[i] = openAskEntity{k.AskID, k.At.UTC().Format(timeFormat), cardEntityOf(k.DeckID, k.Card, false), k.Asked}
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) takeSeat(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	seat, err := s.Practice.TakeSeat(c.R.Context(), c.Viewer(), id)
	return s.answerSeat(c, seat, err)
}

func (s *server) answerSeat(c *Call, seat *practice.Seat, err error) error {
	if err != nil {
		return err
	}
	all, err := s.seatEntities(c.R.Context(), []*practice.Seat{seat})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, all[0])
}

func (s *server) seatEntities(ctx context.Context, all []*practice.Seat) ([]seatEntity, error) {
	out := make([]seatEntity, len(all))
	for i, x := range all {
		out[i] = seatEntity{ID: x.ID, AskID: x.AskID, Card: cardEntityOf(x.DeckID, x.Card, true), Answer: orNil(x.Answer), Recording: x.Spoken, Seconds: x.Seconds,
			TakenAt: x.TakenAt.UTC().Format(timeFormat), Until: x.Until.UTC().Format(timeFormat), DoneAt: timestamp(x.DoneAt)}
		if x.Mine != nil {
			r := reviewEntityOf(x.Mine)
			out[i].Review = &seatReviewEntity{r.ID, r.Score, r.Rating, r.Note, r.Marks}
		}
		if x.Ask != nil {
			asked, err := s.askEntities(ctx, []*practice.Ask{x.Ask})
			if err != nil {
				return nil, err
			}
			out[i].Ask = &asked[0]
		}
	}
	return out, nil
}

func (s *server) seats(c *Call) error {
	all, err := s.Practice.Seats(c.R.Context(), c.Viewer(), c.Page(practicePage, practicePageMax))
	if err != nil {
		return err
	}
	out, err := s.seatEntities(c.R.Context(), all)
	if err != nil {
		return err
	}
	if len(all) > 0 {
		c.Link(all[0].ID, all[len(all)-1].ID)
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) seat(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	seat, err := s.Practice.Seat(c.R.Context(), c.Viewer(), id)
	return s.answerSeat(c, seat, err)
}

func (s *server) giveBack(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := s.Practice.GiveBack(c.R.Context(), c.Viewer(), id); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}

func (s *server) handIn(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in checkParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	seat, err := s.Practice.HandIn(c.R.Context(), c.Viewer(), id, ticked(in.Marks), in.Note)
	return s.answerSeat(c, seat, err)
}

func (s *server) seatRecording(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	f, info, err := s.Practice.SeatRecording(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	return c.sound(f, info)
}

func (s *server) credits(c *Call) error {
	n, err := s.Practice.Credits(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, creditsEntity{n})
}

// seatReportParams are what a reviewer tells the moderators of an answer.
type seatReportParams struct {
	Comment  string `param:"comment"`
	Category string `param:"category" enum:"spam,legal,violation,other"`
}

// reportedMax is how much of an answer a report quotes, in characters.
const reportedMax = 400

// reportSeat reports an answer to the moderators, who learn whose it is; the
// reviewer does not.
func (s *server) reportSeat(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in seatReportParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	ctx := c.R.Context()
	a, err := s.Practice.SeatAnswer(ctx, c.Viewer(), id)
	if err != nil {
		return err
	}
	said := a.Answer
	if utf8.RuneCountInString(said) > reportedMax {
		said = string([]rune(said)[:reportedMax]) + "…"
	}
	_, err = s.Moderation.Report(ctx, c.Viewer(), moderation.Draft{TargetID: a.AccountID, Category: moderation.Category(in.Category),
		Comment: in.Comment + "\n\n" + a.DeckID + "/" + a.CardID + ": " + said})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}
