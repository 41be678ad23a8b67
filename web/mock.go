package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/deck"
	"github.com/guildhall/guildhall/profiles"
)

const mocksPath = practicePath + "/mocks"

// The addresses of an interview that are no pages.
const (
	mockEventsPath = mocksPath + "/{id}/events"
	mockPatchPath  = mocksPath + "/{id}/patch"
)

// mockRoutes are the pages of mock interviews.
func mockRoutes() []route {
	return []route{
		{"GET " + mocksPath, (*call).mocks, members},
		{"POST " + mocksPath, (*call).proposeMock, members},
		{"GET " + mocksPath + "/{id}", (*call).mock, members},
		{"GET " + mockEventsPath, (*call).mockEvents, members},
		{"GET " + mocksPath + "/{id}/log", (*call).mockLog, members},
		{"GET " + mocksPath + "/{id}/calendar", (*call).mockCalendar, members},
		{"GET " + mocksPath + "/{id}/export", (*call).mockExport, members},
		{"POST " + mockPatchPath, (*call).patchMock, members},
		{"POST " + mocksPath + "/{id}/{deed}", (*call).mockStep, members},
	}
}

const (
	mocksPage = 20 // interviews on a page
	mocksOpen = 20 // proposals to everyone that are shown
	mocksNext = 3  // on the first page of practice
)

// mockMinutes are how long a round may be.
var mockMinutes = []int{10, 15, 20, 25, 30, 40, 50, 60}

func mockAddress(m *practice.Mock) string { return mocksPath + "/" + m.ID.String() }

// mockView is an interview as its reader sees it.
type mockView struct {
	*practice.Mock
	Me    ids.ID
	Terms *deck.Terms
	Other *profiles.Account // whom the reader meets; nil: nobody yet, or they have left
}

// mockViews adds to interviews whom the reader meets.
func (c *call) mockViews(list []*practice.Mock) ([]*mockView, error) {
	var others []ids.ID
	for _, m := range list {
		if id := m.Other(c.user.ID); id != 0 {
			others = append(others, id)
		}
	}
	accounts, err := c.Profiles.Accounts(c.r.Context(), others)
	if err != nil {
		return nil, err
	}
	views := make([]*mockView, len(list))
	for i, m := range list {
		views[i] = &mockView{Mock: m, Me: c.user.ID, Terms: c.Practice.Terms(), Other: accounts[m.Other(c.user.ID)]}
	}
	return views, nil
}

// own tells whether the reader has proposed, been asked or accepted.
func (m *mockView) own() bool { return m.Me == m.Proposer || m.Me == m.Partner || m.Me == m.Invited }

// wantsMe tells whether the reader has something to do now.
func (m *mockView) wantsMe() bool {
	return m.State == practice.MockProposed && m.Invited == m.Me || m.State >= practice.MockLobby && m.State <= practice.MockReviewing
}

// mockWords say how far an interview has come.
var mockWords = [...]string{practice.MockProposed: "waits for an answer", practice.MockAccepted: "agreed", practice.MockLobby: "the lobby is open",
	practice.MockRound1: "goes on", practice.MockSwap: "goes on", practice.MockRound2: "goes on", practice.MockReviewing: "reviews", practice.MockClosed: "over",
	practice.MockDeclined: "declined", practice.MockCancelled: "cancelled", practice.MockNoShow: "did not take place"}

// standing says how far the interview has come, as the reader sees it.
func (m *mockView) standing(ctx context.Context) string {
	switch {
	case m.State != practice.MockProposed || m.Proposer == m.Me:
		return t(ctx, mockWords[m.State])
	case m.Invited == m.Me:
		return t(ctx, "asks you")
	}
	return t(ctx, "open")
}

// mockAbout says what an interview is about.
func mockAbout(ctx context.Context, m *mockView) string {
	return strings.Join([]string{titleOf(m.Terms.Roles, m.Role), titleOf(m.Terms.Levels, m.Level), t(ctx, "2 × %s minutes", number(ctx, m.Minutes))}, " · ")
}

// mocksData is what the page of all interviews shows, with a proposal as typed.
type mocksData struct {
	Mine, Open        []*mockView
	Older             string // address of what follows, empty: nothing
	With              string
	Slots             []dueTime
	Minutes           int
	Role, Level, Note string
	Terms             *deck.Terms
	Problem           string
	Problems          map[string][]errs.Field
}

func (c *call) mocks() error {
	plan, _, err := c.Practice.Plan(c.r.Context(), c.user.ID)
	if err != nil {
		return err
	}
	return c.showMocks(http.StatusOK, &mocksData{With: c.query("with"), Minutes: practice.MockMinutes, Role: plan.Role, Level: plan.Level})
}

// showMocks lists interviews around a proposal.
func (c *call) showMocks(status int, d *mocksData) error {
	ctx, me, p := c.r.Context(), c.user.ID, c.listPage()
	p.Limit = mocksPage
	mine, err := c.Practice.Mocks(ctx, me, p)
	if err != nil {
		return err
	}
	if len(mine) == mocksPage {
		d.Older = mocksPath + "?max_id=" + mine[len(mine)-1].ID.String()
	}
	open, err := c.Practice.OpenMocks(ctx, me, mocksOpen)
	if err != nil {
		return err
	}
	slices.SortStableFunc(mine, func(a, b *practice.Mock) int { return cmp.Compare(mockRank(a), mockRank(b)) })
	if d.Mine, err = c.mockViews(mine); err != nil {
		return err
	}
	if d.Open, err = c.mockViews(open); err != nil {
		return err
	}
	d.Terms = c.Practice.Terms()
	d.Slots = append(d.Slots, make([]dueTime, practice.MaxMockSlots-len(d.Slots))...)
	return c.show(status, mockListPage(c.private(c.words().Text("Mock interviews")), d))
}

// mockRank puts what is to come, or goes on, before what is over.
func mockRank(m *practice.Mock) int {
	if m.State.Over() {
		return 1
	}
	return 0
}

// proposeMock proposes an interview. What was typed wrongly comes again.
func (c *call) proposeMock() error {
	ctx := c.r.Context()
	d := &mocksData{With: c.field("with"), Role: c.field("role"), Level: c.field("level"), Note: c.field("note")}
	d.Minutes, _ = strconv.Atoi(c.field("minutes")) // 0 is the usual number
	o := practice.MockOffer{Minutes: d.Minutes, Role: d.Role, Level: d.Level, Note: d.Note}
	wrong := map[string][]errs.Field{}
	for i := range practice.MaxMockSlots {
		slot := readDue(url.Values{"at": {c.field("slot-" + strconv.Itoa(i))}, "offset": {c.field("offset-" + strconv.Itoa(i))}})
		switch d.Slots = append(d.Slots, slot); {
		case slot.Bad:
			wrong["slots"] = []errs.Field{{Code: "ERR_INVALID", Text: c.words().Text("That is no day and time.")}}
		case !slot.Time.IsZero():
			o.Slots = append(o.Slots, slot.Time)
		}
	}
	if name := strings.TrimPrefix(strings.TrimSpace(d.With), "@"); name != "" {
		a, err := c.Profiles.Lookup(ctx, name)
		switch {
		case errs.Is(err, errs.NotFound):
			wrong["account_id"] = c.nobody()
		case err != nil:
			return err
		default:
			o.Invited = a.ID
		}
	}
	d.Problems = wrong
	if len(wrong) > 0 {
		return c.showMocks(failures[errs.Invalid].status, d)
	}
	m, err := c.Practice.Propose(ctx, c.user.ID, o)
	if errs.Is(err, errs.NotFound) {
		d.Problems = map[string][]errs.Field{"account_id": c.nobody()}
		return c.showMocks(failures[errs.Invalid].status, d)
	}
	if d.Problems = fieldsOf(err); d.Problems != nil {
		return c.showMocks(failures[errs.Invalid].status, d)
	}
	if errs.Is(err, errs.Conflict) {
		d.Problem = c.words().sentence(err.Error())
		return c.showMocks(failures[errs.Conflict].status, d)
	}
	if err != nil {
		return err
	}
	return c.goTo(mockAddress(m))
}

// nobody says that a name is nobody's, or of somebody who may not be met.
func (c *call) nobody() []errs.Field {
	return []errs.Field{{Code: "ERR_INVALID", Text: c.words().Text("There is nobody of this name whom you can meet.")}}
}

// nextMocks are the interviews that the first page of practice shows.
func (c *call) nextMocks() ([]*mockView, error) {
	list, err := c.Practice.Mocks(c.r.Context(), c.user.ID, page.Page{Limit: mocksPage})
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(m *practice.Mock) bool { return m.State.Over() })
	return c.mockViews(list[:min(mocksNext, len(list))])
}

// openSlots are the times that may still be accepted.
func (d *mockData) openSlots(now time.Time) []time.Time {
	return slices.DeleteFunc(slices.Clone(d.Slots), func(at time.Time) bool { return !at.After(now) })
}

// untilWords says how long it is until a time.
func untilWords(ctx context.Context, at time.Time) string {
	d := at.Sub(readerOf(ctx).now)
	switch {
	case d <= 0:
		return t(ctx, "now")
	case d > 48*time.Hour:
		return t(ctx, "in %s", count(ctx, int(d.Hours()/24), "%s day|%s days"))
	}
	return t(ctx, "in %s", readerOf(ctx).words.wait(d))
}
