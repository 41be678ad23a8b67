package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/deck"
)

const (
	practicePath = "/practice"
	planPath     = practicePath + "/plan"
	sessionsPath = practicePath + "/sessions"
	attemptsPath = practicePath + "/attempts"
	decksPath    = practicePath + "/decks"
	storiesPath  = practicePath + "/stories"
)

// practiceRoutes are the pages of interview practice.
func practiceRoutes() []route {
	return []route{
		{"GET " + practicePath, (*call).practiceHome, members},
		{"GET " + planPath, (*call).planForm, members},
		{"POST " + planPath, (*call).setPlan, members},
		{"POST " + sessionsPath, (*call).startSession, members},
		{"GET " + sessionsPath + "/{id}", (*call).practiceSession, members},
		{"POST " + sessionsPath + "/{id}/next", (*call).nextCard, members},
		{"POST " + sessionsPath + "/{id}/end", (*call).endPractice, members},
		{"GET " + attemptsPath, (*call).attempts, members},
		{"POST " + attemptsPath, (*call).beginAttempt, members},
		{"GET " + attemptsPath + "/{id}", (*call).attempt, members},
		{"GET " + attemptsPath + "/{id}/recording", (*call).recording, members},
		{"POST " + attemptsPath + "/{id}/{deed}", (*call).attemptStep, members},
		{"GET " + decksPath + "/{deck}", (*call).deck, members},
		{"GET " + decksPath + "/{deck}/{card}", (*call).card, members},
		{"GET " + storiesPath, (*call).stories, members},
		{"POST " + storiesPath, (*call).addStory, members},
		{"GET " + storiesPath + "/{id}", (*call).story, members},
		{"POST " + storiesPath + "/{id}/{deed}", (*call).changeStory, members},
	}
}

// How far ahead the charts of what falls due look, in days: that of the first
// page of practice, and that beside the timeline.
const (
	forecastDays = 14
	weekDays     = 7
)

// recentAttempts is how many answers the first page shows.
const recentAttempts = 5

// practiceData is what the first page of practice shows.
type practiceData struct {
	Current *practice.Session // nil: none goes on
	Due     int
	Days    chart // what falls due by the day
	Plan    practice.Plan
	Made    bool
	Left    int // days until the interview; -1: none is set, or it is over
	Recent  []*practice.Attempt
	Waiting int // reviews by the member
	Decks   []*practice.Deck
	Mocks   []*mockView // that are to come
	Terms   *deck.Terms
}

func (c *call) practiceHome() error {
	ctx, me := c.r.Context(), c.user.ID
	var d practiceData
	var err error
	if d.Current, err = c.Practice.CurrentSession(ctx, me); err != nil {
		return err
	}
	if d.Current != nil && d.Current.Next() < 0 {
		d.Current = nil
	}
	if d.Due, err = c.Practice.DueCount(ctx, me); err != nil {
		return err
	}
	if d.Days, err = c.dueChart(forecastDays); err != nil {
		return err
	}
	if d.Plan, d.Made, err = c.Practice.Plan(ctx, me); err != nil {
		return err
	}
	if d.Recent, err = c.Practice.Attempts(ctx, me, page.Page{Limit: recentAttempts}); err != nil {
		return err
	}
	if d.Mocks, err = c.nextMocks(); err != nil {
		return err
	}
	if d.Waiting, err = c.waiting(); err != nil {
		return err
	}
	d.Left, d.Decks, d.Terms = daysUntil(c.Now(), d.Plan.InterviewAt), c.Practice.Decks(), c.Practice.Terms()
	return c.show(http.StatusOK, practicePage(c.private(c.words().Text("Practice")), d))
}

// daysUntil counts days up to a day; -1 if there is none or it is over.
func daysUntil(now, day time.Time) int {
	if day.IsZero() || day.Before(now.Add(-24*time.Hour)) {
		return -1
	}
	return max(0, int(day.Sub(now)+24*time.Hour-1)/int(24*time.Hour))
}

// dueData is what stands beside a member's timeline when cards are due.
type dueData struct {
	N    int
	Days chart // what falls due by the day
}

// due is what is due to the member, nil if nothing is. That it could not be
// counted is no reason to show no page.
func (c *call) due() *dueData {
	n, err := c.Practice.DueCount(c.r.Context(), c.user.ID)
	if err == nil && n == 0 {
		return nil
	}
	d := &dueData{N: n}
	if err == nil {
		d.Days, err = c.dueChart(weekDays)
	}
	if err != nil {
		c.Log.Warn("due cards not counted", "error", err)
		return nil
	}
	return d
}

// dueChart draws how many reviews fall due on the coming days.
func (c *call) dueChart(days int) (chart, error) {
	now := c.Now().UTC()
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	counts, err := c.Practice.Forecast(c.r.Context(), c.user.ID, today, days)
	if err != nil {
		return chart{}, err
	}
	d := chart{}
	for i, n := range counts {
		d.Total, d.Most = d.Total+n, max(d.Most, n)
		d.Bars = append(d.Bars, bar{Day: today.AddDate(0, 0, i), N: n, X: strconv.Itoa(i * barStep)})
	}
	for i := range d.Bars {
		height := 1
		if d.Most > 0 {
			height = max(1, chartHeight*d.Bars[i].N/d.Most)
		}
		d.Bars[i].Y, d.Bars[i].Height = strconv.Itoa(chartHeight-height), strconv.Itoa(height)
	}
	return d, nil
}

// planForm is what a member is preparing for, as typed.
type planForm struct {
	Plan     practice.Plan
	Day      string // YYYY-MM-DD
	Minutes  string
	Terms    *deck.Terms
	Problems map[string][]errs.Field
	Saved    bool
}

func (c *call) planForm() error {
	p, _, err := c.Practice.Plan(c.r.Context(), c.user.ID)
	if err != nil {
		return err
	}
	form := planForm{Plan: p, Minutes: strconv.Itoa(p.Minutes), Terms: c.Practice.Terms(), Saved: c.query("saved") != ""}
	if !p.InterviewAt.IsZero() {
		form.Day = p.InterviewAt.UTC().Format(time.DateOnly)
	}
	return c.show(http.StatusOK, planPage(c.private(c.words().Text("What I prepare for")), form))
}

func (c *call) setPlan() error {
	form := planForm{Terms: c.Practice.Terms(), Day: c.field("day"), Minutes: c.field("minutes"),
		Plan: practice.Plan{Role: c.field("role"), Level: c.field("level"), Remind: c.field("remind") != ""}}
	form.Plan.Minutes, _ = strconv.Atoi(form.Minutes) // 0 is refused
	if form.Day != "" {
		day, err := time.Parse(time.DateOnly, form.Day)
		if err != nil {
			day = time.Unix(0, 0) // is refused as past
		}
		form.Plan.InterviewAt = day
	}
	err := c.Practice.SetPlan(c.r.Context(), c.user.ID, form.Plan)
	if form.Problems = fieldsOf(err); form.Problems != nil {
		return c.show(failures[errs.Invalid].status, planPage(c.private(c.words().Text("What I prepare for")), form))
	}
	if err != nil {
		return err
	}
	return c.goTo(planPath, "saved", "1")
}

// fieldsOf returns what is wrong with each input of a form; nil if an error is
// of another sort.
func fieldsOf(err error) map[string][]errs.Field {
	var known *errs.Error
	if !errors.As(err, &known) || known.Kind != errs.Invalid {
		return nil
	}
	return known.Fields
}
