package mastodon

import (
	"net/http"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice"
)

// checkParams are what was ticked: a mark for each point of the rubric.
type checkParams struct {
	Marks []tickParams `param:"marks"`
	Note  string       `param:"note"`
}

type tickParams struct {
	Point string `param:"point"`
	Mark  string `param:"mark" enum:"yes,partly,no"`
	Note  string `param:"note"`
}

// ticked returns the marks as the domain has them; words that are no mark are
// refused there.
func ticked(in []tickParams) []practice.Ticked {
	out := make([]practice.Ticked, len(in))
	for i, t := range in {
		m, ok := practice.ReadMark(t.Mark)
		if !ok {
			m = practice.Yes + 1
		}
		out[i] = practice.Ticked{Point: t.Point, Mark: m, Note: t.Note}
	}
	return out
}

// resultEntity is what a checked attempt comes to.
type resultEntity struct {
	Review   reviewEntity    `json:"review"`
	Hints    []hintEntity    `json:"hints"`
	Flags    flagsEntity     `json:"flags"`
	FollowUp *followUpEntity `json:"follow_up"`
	Schedule *scheduleEntity `json:"schedule"`
}

// reviewEntity is what somebody found in an answer.
type reviewEntity struct {
	ID        ids.ID       `json:"id"`
	AttemptID ids.ID       `json:"attempt_id"`
	CreatedAt string       `json:"created_at"`
	Peer      bool         `json:"peer"`
	Score     int          `json:"score"` // percent of the weights
	Rating    string       `json:"rating" enum:"again,hard,good,easy"`
	Note      string       `json:"note"`
	Marks     []tickEntity `json:"marks"`
}

type tickEntity struct {
	Point string `json:"point"`
	Mark  string `json:"mark" enum:"yes,partly,no"`
	Note  string `json:"note"`
}

// hintEntity says where an answer seems to say what a point wants. It is a
// pointer, no grade.
type hintEntity struct {
	Point    string `json:"point"`
	Found    bool   `json:"found"`
	Negated  bool   `json:"negated"`  // what was found is denied
	List     bool   `json:"list"`     // what was found is a bare list of words
	Sentence string `json:"sentence"` // of the answer
}

// flagsEntity is what an answer as a whole looks like.
type flagsEntity struct {
	KeywordList bool `json:"keyword_list"`
	Negated     bool `json:"negated"`
}

type followUpEntity struct {
	Question string `json:"question"`
	Answer   string `json:"answer"` // Markdown
}

// scheduleEntity says when a card returns.
type scheduleEntity struct {
	Deck       string  `json:"deck"`
	Card       string  `json:"card"`
	DueAt      string  `json:"due_at"`
	ReviewedAt string  `json:"reviewed_at"`
	Stability  float64 `json:"stability"` // days
	Difficulty float64 `json:"difficulty"`
	Reviews    int     `json:"reviews"`
	Lapses     int     `json:"lapses"`
}

func reviewEntityOf(r *practice.Review) reviewEntity {
	e := reviewEntity{ID: r.ID, AttemptID: r.AttemptID, CreatedAt: r.ID.Time().UTC().Format(timeFormat), Peer: r.Peer, Score: r.Score, Rating: practice.RatingName(r.Rating),
		Note: r.Note, Marks: make([]tickEntity, len(r.Marks))}
	for i, m := range r.Marks {
		e.Marks[i] = tickEntity{m.Point, m.Mark.String(), m.Note}
	}
	return e
}

func scheduleEntityOf(d *practice.Schedule) scheduleEntity {
	return scheduleEntity{d.DeckID, d.CardID, d.DueAt.UTC().Format(timeFormat), d.ReviewedAt.UTC().Format(timeFormat), d.Stability, d.Difficulty, d.Reviews, d.Lapses}
}

func answerResult(c *Call, r *practice.Result, err error) error {
	if err != nil {
		return err
	}
	e := resultEntity{Review: reviewEntityOf(&r.Review), Hints: make([]hintEntity, len(r.Hints)), Flags: flagsEntity(r.Flags)}
	for i, h := range r.Hints {
		e.Hints[i] = hintEntity{h.Point, h.Found, h.Negated, h.List, h.Sentence}
	}
	if r.FollowUp != nil {
		e.FollowUp = &followUpEntity{r.FollowUp.Question, r.FollowUp.Answer}
	}
	if r.Schedule != nil {
		d := scheduleEntityOf(r.Schedule)
		e.Schedule = &d
	}
	return c.JSON(http.StatusOK, e)
}

func (s *server) checkAttempt(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in checkParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	r, err := s.Practice.Check(c.R.Context(), c.Viewer(), id, ticked(in.Marks), in.Note)
	return answerResult(c, r, err)
}

func (s *server) attemptResult(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	r, err := s.Practice.Result(c.R.Context(), c.Viewer(), id)
	return answerResult(c, r, err)
}

func (s *server) dueCards(c *Call) error {
	due, err := s.Practice.Due(c.R.Context(), c.Viewer(), c.Limit(practicePage, practicePageMax))
	if err != nil {
		return err
	}
	out := make([]scheduleEntity, len(due))
	for i := range due {
		out[i] = scheduleEntityOf(&due[i])
	}
	return c.JSON(http.StatusOK, out)
}

// forecastParams say how far ahead to look, and where it is midnight when.
type forecastParams struct {
	Days     int    `param:"days"`
	TimeZone string `param:"time_zone"` // IANA; UTC if there is none
}

type forecastEntity struct {
	Day string `json:"day"`
	Due int    `json:"due"`
}

const (
	forecastDays    = 14
	forecastDaysMax = 366
)

func (s *server) forecast(c *Call) error {
	days := c.Int("days", forecastDays, 1, forecastDaysMax)
	zone, err := time.LoadLocation(c.Param("time_zone"))
	if err != nil {
		zone = time.UTC
	}
	now := s.Now().In(zone)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	counts, err := s.Practice.Forecast(c.R.Context(), c.Viewer(), midnight, days)
	if err != nil {
		return err
	}
	out := make([]forecastEntity, days)
	for i, n := range counts {
		out[i] = forecastEntity{midnight.AddDate(0, 0, i).Format(time.DateOnly), n}
	}
	return c.JSON(http.StatusOK, out)
}
