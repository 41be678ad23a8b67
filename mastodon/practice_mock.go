package mastodon

import (
	"context"
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice"
)

// mockEntity is a mock interview. Lists have neither cards nor reviews.
type mockEntity struct {
	ID          ids.ID                 `json:"id"`
	CreatedAt   string                 `json:"created_at"`
	State       string                 `json:"state" enum:"proposed,accepted,lobby,round1,swap,round2,reviewing,closed,declined,cancelled,no_show"`
	Proposer    encoded[accountEntity] `json:"proposer" schema:"nullable"` // null: gone
	Partner     encoded[accountEntity] `json:"partner" schema:"nullable"`  // who has accepted
	Invited     encoded[accountEntity] `json:"invited" schema:"nullable"`  // null: everyone
	Slots       []string               `json:"slots"`
	At          *string                `json:"at"`
	Minutes     int                    `json:"minutes"` // of a round
	Role        string                 `json:"role"`
	Level       string                 `json:"level"`
	Note        string                 `json:"note"`
	Seq         int64                  `json:"seq"` // of the last event
	PhaseEndsAt *string                `json:"phase_ends_at"`
	Entered     mockEnteredEntity      `json:"entered"`
	Candidate   *ids.ID                `json:"candidate_id"` // of the round that runs
	Interviewer *ids.ID                `json:"interviewer_id"`
	Cards       []mockCardEntity       `json:"cards"`
	Reviews     []mockReviewEntity     `json:"reviews"`
}

// mockEnteredEntity says who has been in the lobby.
type mockEnteredEntity struct {
	Proposer bool `json:"proposer"`
	Partner  bool `json:"partner"`
}

// mockCardEntity is the card of a round. Follow-ups, as the rubric, are for who
// asks it until the interview is closed.
type mockCardEntity struct {
	Round     int                `json:"round"`
	Card      practiceCardEntity `json:"card"`
	FollowUps []followUpEntity   `json:"follow_ups" schema:"nullable"`
}

// mockReviewEntity is what the interviewer of a round has found.
type mockReviewEntity struct {
	AccountID ids.ID       `json:"account_id"` // who looked
	Round     int          `json:"round"`
	CreatedAt string       `json:"created_at"`
	Score     *int         `json:"score"` // percent of the weights; null: no card was asked
	Marks     []tickEntity `json:"marks"`
	Note      string       `json:"note"`
	Strength  string       `json:"strength"`
	Improve   string       `json:"improve"`
}

// mockExportEntity is all of an interview.
type mockExportEntity struct {
	Mock   mockEntity        `json:"mock"`
	Events []mockEventEntity `json:"events"`
}

// mockEntities returns interviews as JSON has them.
func (s *server) mockEntities(ctx context.Context, list []*practice.Mock) ([]mockEntity, error) {
	var people []ids.ID
	for _, m := range list {
		people = append(people, m.Proposer, m.Partner, m.Invited)
	}
	accounts, err := s.accountsJSON(ctx, people)
	if err != nil {
		return nil, err
	}
	out := make([]mockEntity, len(list))
	for i, m := range list {
		e := mockEntity{ID: m.ID, CreatedAt: m.ID.Time().UTC().Format(timeFormat), State: m.State.String(), Proposer: accounts[m.Proposer], Partner: accounts[m.Partner],
			Invited: accounts[m.Invited], Slots: make([]string, len(m.Slots)), At: timestamp(m.At), Minutes: m.Minutes, Role: m.Role, Level: m.Level, Note: m.Note, Seq: m.Seq,
			PhaseEndsAt: timestamp(m.PhaseEnds), Entered: mockEnteredEntity{m.Entered[0], m.Entered[1]}, Candidate: idOrNil(m.Candidate()), Interviewer: idOrNil(m.Interviewer()),
			Cards: mockCardsOf(m), Reviews: make([]mockReviewEntity, len(m.Reviews))}
		for j, t := range m.Slots {
			e.Slots[j] = t.UTC().Format(timeFormat)
		}
		for j := range m.Reviews {
			e.Reviews[j] = mockReviewOf(&m.Reviews[j])
		}
		out[i] = e
	}
	return out, nil
}

func mockCardsOf(m *practice.Mock) []mockCardEntity {
	out := []mockCardEntity{}
	for i, c := range m.Cards {
		if c == nil {
			continue
		}
		e := mockCardEntity{Round: i + 1, Card: cardEntityOf(c.DeckID, c.Card, c.Open)}
		if c.Open {
			e.FollowUps = []followUpEntity{}
			for _, f := range c.Card.FollowUps {
				e.FollowUps = append(e.FollowUps, followUpEntity(f))
			}
		}
		out = append(out, e)
	}
	return out
}

func mockReviewOf(r *practice.MockReview) mockReviewEntity {
	e := mockReviewEntity{AccountID: r.AccountID, Round: r.Round, CreatedAt: r.At.UTC().Format(timeFormat), Marks: make([]tickEntity, len(r.Marks)),
		Note: r.Note, Strength: r.Strength, Improve: r.Improve}
	if r.Score >= 0 {
		e.Score = &r.Score
	}
	for i, m := range r.Marks {
		e.Marks[i] = tickEntity{m.Point, m.Mark.String(), m.Note}
	}
	return e
}

func (s *server) answerMock(c *Call, m *practice.Mock, err error) error {
	if err != nil {
		return err
	}
	out, err := s.mockEntities(c.R.Context(), []*practice.Mock{m})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out[0])
}

func (s *server) practiceMocks(c *Call) error {
	all, err := s.Practice.Mocks(c.R.Context(), c.Viewer(), c.Page(practicePage, practicePageMax))
	if err != nil {
		return err
	}
	if len(all) > 0 {
		c.Link(all[0].ID, all[len(all)-1].ID)
	}
	return s.answerMocks(c, all)
}

func (s *server) openMocks(c *Call) error {
	all, err := s.Practice.OpenMocks(c.R.Context(), c.Viewer(), c.Limit(practicePage, practicePageMax))
	if err != nil {
		return err
	}
	return s.answerMocks(c, all)
}

func (s *server) answerMocks(c *Call, all []*practice.Mock) error {
	out, err := s.mockEntities(c.R.Context(), all)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

// proposeParams are a proposal's. Role and level are those of the member's plan
// if they are left out.
type proposeParams struct {
	AccountID ids.ID   `param:"account_id"` // 0: everyone
	Slots     []string `param:"slots"`
	Minutes   int      `param:"minutes"`
	Role      *string  `param:"role"`
	Level     *string  `param:"level"`
	Note      string   `param:"note"`
}

func (s *server) proposeMock(c *Call) error {
	var in proposeParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	plan, _, err := s.Practice.Plan(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	set(&plan.Role, in.Role)
	set(&plan.Level, in.Level)
	offer := practice.MockOffer{Invited: in.AccountID, Minutes: in.Minutes, Role: plan.Role, Level: plan.Level, Note: in.Note}
	for i := range in.Slots {
		t, err := parseTime("slots", &in.Slots[i])
		if err != nil {
			return err
		}
		offer.Slots = append(offer.Slots, *t)
	}
	m, err := s.Practice.Propose(c.R.Context(), c.Viewer(), offer)
	return s.answerMock(c, m, err)
}

func (s *server) practiceMock(c *Call) error { return s.onMock(c, s.Practice.Mock) }

func (s *server) declineMock(c *Call) error { return s.onMock(c, s.Practice.DeclineMock) }

func (s *server) cancelMock(c *Call) error { return s.onMock(c, s.Practice.CancelMock) }

func (s *server) enterMock(c *Call) error { return s.onMock(c, s.Practice.EnterMock) }

// onMock does something with the interview of the path.
func (s *server) onMock(c *Call, f func(ctx context.Context, account, id ids.ID) (*practice.Mock, error)) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	m, err := f(c.R.Context(), c.Viewer(), id)
	return s.answerMock(c, m, err)
}

// acceptParams name the slot that is taken.
type acceptParams struct {
	Slot string `param:"slot"`
}

func (s *server) acceptMock(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in acceptParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	// Who may not see the interview is told so, whatever they have sent.
	if _, err := s.Practice.Mock(c.R.Context(), c.Viewer(), id); err != nil {
		return err
	}
	slot, err := parseTime("slot", &in.Slot)
	if err != nil {
		return err
	}
	m, err := s.Practice.AcceptMock(c.R.Context(), c.Viewer(), id, *slot)
	return s.answerMock(c, m, err)
}

// mockFormParams are a review.
type mockFormParams struct {
	checkParams
	Strength string `param:"strength"`
	Improve  string `param:"improve"`
}

func (s *server) reviewMock(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in mockFormParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	m, err := s.Practice.ReviewMock(c.R.Context(), c.Viewer(), id, practice.MockForm{Marks: ticked(in.Marks), Note: in.Note, Strength: in.Strength, Improve: in.Improve})
	return s.answerMock(c, m, err)
}

func (s *server) mockCalendar(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	m, err := s.Practice.Mock(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	body, err := s.Practice.MockCalendar(m)
	if err != nil {
		return err
	}
	c.W.Header().Set("Content-Disposition", `attachment; filename="mock-`+m.ID.String()+`.ics"`)
	return c.Write(http.StatusOK, "text/calendar; charset=utf-8", body)
}

// mockExportParams choose the form of an export.
type mockExportParams struct {
	Format string `param:"format" enum:"json,markdown"`
}

func (s *server) exportMock(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in mockExportParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	record, err := s.Practice.MockRecord(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	name := `attachment; filename="mock-` + id.String()
	if in.Format == "markdown" {
		c.W.Header().Set("Content-Disposition", name+`.md"`)
		return c.Write(http.StatusOK, "text/markdown; charset=utf-8", []byte(record.Markdown()))
	}
	mocks, err := s.mockEntities(c.R.Context(), []*practice.Mock{record.Mock})
	if err != nil {
		return err
	}
	out := mockExportEntity{Mock: mocks[0], Events: make([]mockEventEntity, len(record.Events))}
	for i := range record.Events {
		out.Events[i] = mockEventOf(&record.Events[i])
	}
	c.W.Header().Set("Content-Disposition", name+`.json"`)
	return c.JSON(http.StatusOK, out)
}
