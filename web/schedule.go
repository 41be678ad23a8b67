package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// dueTime is a day and a time in a form.
type dueTime struct {
	Time time.Time // zero: none
	Bad  bool      // what was typed is neither
}

// readDue reads a day and a time. They are UTC; a script that knows the
// reader's clock says how many minutes that is ahead.
func readDue(v url.Values) dueTime {
	typed := v.Get("at")
	if typed == "" {
		return dueTime{}
	}
	at, err := time.Parse(localTime, typed)
	if err != nil {
		at, err = time.Parse(localTime+":05", typed)
	}
	ahead, _ := strconv.Atoi(v.Get("offset")) // 0 without a script
	if err != nil || ahead < -24*60 || ahead > 24*60 || at.Year() < 2000 || at.Year() > 9999 {
		return dueTime{Bad: true}
	}
	return dueTime{Time: at.Add(-time.Duration(ahead) * time.Minute)}
}

// machineTime is the form of times for scripts.
const machineTime = time.RFC3339

// machine is the time for a script, empty if there is none.
func (m dueTime) machine() string {
	if m.Time.IsZero() {
		return ""
	}
	return m.Time.UTC().Format(machineTime)
}

// schedule has a post wait for its time.
func (c *call) schedule(d draftData, draft posts.Draft) error {
	x, err := c.Posts.Schedule(c.r.Context(), c.user.ID, draft, d.At.Time)
	if c.blame(&d, err) {
		return c.recompose(d)
	}
	switch {
	case err != nil:
		return err
	case !isPart(c.r):
		return c.goTo(scheduledPath)
	case x.Posted != nil: // the form was sent before
		return c.posted([]*posts.View{x.Posted}, d.ReplyTo, "")
	}
	return c.posted(nil, d.ReplyTo, c.words().Text("It will be published on %s.", c.words().date("2 January 2006, 15:04 UTC", x.At)))
}

// pending is a scheduled post with what its component needs.
type pending struct {
	posts.Scheduled
	At       dueTime // as it is, or as it was typed
	Problem  string
	ReplyTo  *card // nil: answers nothing, or nothing that is there
	Quotes   *card
	Audience string // the name of its visibility
}

// pendingData is what the page of scheduled posts shows.
type pendingData struct {
	List  []pending
	Later bool
	Older string // address of what follows, empty: nothing
}

// scheduledList lists the reader's posts that wait.
func (c *call) scheduledList() error { return c.showScheduled(http.StatusOK, pending{}) }

// showScheduled lists them, one of them with what was typed wrongly.
func (c *call) showScheduled(status int, wrong pending) error {
	p := c.listPage()
	found, err := c.Posts.ScheduledPosts(c.r.Context(), c.user.ID, p)
	if err != nil {
		return err
	}
	d := pendingData{Later: p.Max != 0}
	if len(found) == p.Limit {
		d.Older = scheduledPath + "?max_id=" + found[len(found)-1].ID.String()
	}
	for _, x := range found {
		w, err := c.pending(x)
		if err != nil {
			return err
		}
		if x.ID == wrong.ID {
			w.At, w.Problem = wrong.At, wrong.Problem
		}
		d.List = append(d.List, w)
	}
	slices.SortStableFunc(d.List, func(a, b pending) int { return a.Scheduled.At.Compare(b.Scheduled.At) })
	return c.show(status, scheduledPage(c.private(c.words().Text("Scheduled posts")), d))
}

// pending adds to a scheduled post what it answers and quotes.
func (c *call) pending(x posts.Scheduled) (w pending, err error) {
	w = pending{Scheduled: x, At: dueTime{Time: x.At}, Audience: visibilities[0].text}
	if v := x.Draft.Visibility; v != nil {
		w.Audience = visibilities[*v].text
	}
	if w.ReplyTo, err = c.shown(x.Draft.InReplyToID); err != nil {
		return w, err
	}
	w.Quotes, err = c.shown(x.Draft.QuoteOfID)
	return w, err
}

// shown returns a post as a card, nil if there is none that the reader may see.
func (c *call) shown(id ids.ID) (*card, error) {
	if id == 0 {
		return nil, nil
	}
	found, err := c.named(id.String())
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	return found, err
}

// ownScheduled returns the pending post that the address names.
func (c *call) ownScheduled() (*posts.Scheduled, error) {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return nil, errNoPage()
	}
	return c.Posts.ScheduledPost(c.r.Context(), c.user.ID, id)
}

// scheduledDraft is the composer with what a pending post says.
func (c *call) scheduledDraft() (draftData, error) {
	x, err := c.ownScheduled()
	if err != nil {
		return draftData{}, err
	}
	d, err := c.draft(nil)
	if err != nil {
		return d, err
	}
	d.Changes, d.Open, d.At, d.Pictures = x, true, dueTime{Time: x.At}, pictured(x.Media)
	d.Text, d.Spoiler, d.Language, d.Poll = x.Draft.Text, x.Draft.Spoiler, x.Draft.Language, c.draftedPoll(x.Draft.Poll)
	if v := x.Draft.Visibility; v != nil {
		d.Visibility = visibilities[*v].name
	}
	if s := x.Draft.Sensitive; s != nil {
		d.Sensitive = *s
	}
	if p := x.Draft.QuotePolicy; p != nil {
		d.QuotePolicy = quotePolicies[*p]
	}
	if d.ReplyTo, err = c.shown(x.Draft.InReplyToID); err == nil {
		d.Quotes, err = c.shown(x.Draft.QuoteOfID)
	}
	return d, err
}

func (c *call) scheduledForm() error {
	d, err := c.scheduledDraft()
	if err != nil {
		return err
	}
	return c.resume(d, c.r.URL.Query())
}

// changeScheduled replaces a post that waits. With a mistake in it, the page
// comes again.
func (c *call) changeScheduled() error {
	d, err := c.scheduledDraft()
	if err != nil {
		return err
	}
	draft, again, err := c.written(&d)
	if err != nil {
		return err
	}
	if d.At.Time.IsZero() && !d.At.Bad {
		d.Problems["at"], again = c.words().Text("Choose a day and a time."), true
	}
	if again {
		return c.recompose(d)
	}
	draft.Attributes = nil
	_, err = c.Posts.ChangeScheduled(c.r.Context(), c.user.ID, d.Changes.ID, draft, d.At.Time)
	if c.blame(&d, err) {
		return c.recompose(d)
	}
	if err != nil {
		return err
	}
	if isPart(c.r) {
		c.w.Header().Set("HX-Trigger", "posted")
		return c.instead(scheduledPath)
	}
	return c.goTo(scheduledPath)
}

// keepScheduled moves a pending post to another time, or drops it.
func (c *call) keepScheduled() error {
	x, err := c.ownScheduled()
	if err != nil {
		return err
	}
	switch c.r.PathValue("deed") {
	case "cancel":
		err = c.Posts.Unschedule(c.r.Context(), c.user.ID, x.ID)
	case "move":
		wrong := pending{Scheduled: *x, At: readDue(c.r.PostForm)}
		if wrong.At.Time.IsZero() {
			wrong.At.Time, wrong.Problem = x.At, c.words().Text("That is no day and time.")
			return c.showScheduled(http.StatusUnprocessableEntity, wrong)
		}
		_, err = c.Posts.Reschedule(c.r.Context(), c.user.ID, x.ID, wrong.At.Time)
		if text, ok := c.problemWith(err); ok {
			wrong.Problem = text
			return c.showScheduled(http.StatusUnprocessableEntity, wrong)
		}
	default:
		return errNoPage()
	}
	if err != nil {
		return err
	}
	return c.goTo(scheduledPath)
}
