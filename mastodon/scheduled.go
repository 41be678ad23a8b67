package mastodon

import (
	"net/http"
	"reflect"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// createdAnswer is what a new status is answered with: the status or, if it has
// a time, what waits for that.
type createdAnswer struct{}

func (createdAnswer) anyOf() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[statusAnswer](), reflect.TypeFor[scheduledEntity]()}
}

// scheduledEntity is ScheduledStatus of the API.
type scheduledEntity struct {
	ID          ids.ID          `json:"id"`
	ScheduledAt string          `json:"scheduled_at"`
	Params      scheduledParams `json:"params"`
	Media       []mediaEntity   `json:"media_attachments"`
}

// scheduledParams are what was sent.
type scheduledParams struct {
	Text          string         `json:"text"`
	MediaIDs      []ids.ID       `json:"media_ids" schema:"nullable"`
	Sensitive     *bool          `json:"sensitive"`
	Spoiler       *string        `json:"spoiler_text"`
	Visibility    *string        `json:"visibility"`
	Language      *string        `json:"language"`
	InReplyToID   *ids.ID        `json:"in_reply_to_id"`
	Quoted        *ids.ID        `json:"quoted_status_id,omitempty"`
	QuotePolicy   string         `json:"quote_approval_policy,omitempty"`
	ApplicationID *ids.ID        `json:"application_id"`
	Poll          *scheduledPoll `json:"poll"`
	ScheduledAt   *string        `json:"scheduled_at"` // null: it is scheduled once
	Idempotency   *string        `json:"idempotency"`
	WithRateLimit bool           `json:"with_rate_limit"`
}

type scheduledPoll struct {
	Options    []string `json:"options"`
	ExpiresIn  int64    `json:"expires_in"`
	Multiple   bool     `json:"multiple"`
	HideTotals bool     `json:"hide_totals"`
}

func (s *server) scheduledEntity(x *posts.Scheduled) scheduledEntity {
	d := &x.Draft
	p := scheduledParams{Text: d.Text, MediaIDs: d.Media, Sensitive: d.Sensitive, Spoiler: orNil(d.Spoiler), Language: orNil(d.Language),
		InReplyToID: idOrNil(d.InReplyToID), Quoted: idOrNil(d.QuoteOfID), ApplicationID: idOrNil(d.AppID)}
	if d.Visibility != nil {
		p.Visibility = &visibilities[*d.Visibility]
	}
	if d.QuotePolicy != nil {
		p.QuotePolicy = quotePolicies[*d.QuotePolicy]
	}
	if d.Poll != nil {
		p.Poll = &scheduledPoll{d.Poll.Options, int64(d.Poll.ExpiresIn / time.Second), d.Poll.Multiple, d.Poll.HideVotes}
	}
	e := scheduledEntity{ID: x.ID, ScheduledAt: x.At.UTC().Format(timeFormat), Params: p, Media: make([]mediaEntity, len(x.Media))}
	for i := range x.Media {
		e.Media[i] = s.mediaEntity(&x.Media[i])
	}
	return e
}

func (s *server) schedule(c *Call, d posts.Draft, when string) error {
	at, err := parseTime("scheduled_at", &when)
	if err != nil {
		return err
	}
	x, err := s.Posts.Schedule(c.R.Context(), c.Viewer(), d, *at)
	if err != nil {
		return s.refusedDraft(c, err)
	}
	if x.Posted != nil { // the request is an old one
		return s.status(c, x.Posted)
	}
	return s.answerScheduled(c, x, err)
}

func (s *server) answerScheduled(c *Call, x *posts.Scheduled, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.scheduledEntity(x))
}

func (s *server) scheduledStatuses(c *Call) error {
	found, err := s.Posts.ScheduledPosts(c.R.Context(), c.Viewer(), c.statusPage())
	if err != nil {
		return err
	}
	out := make([]scheduledEntity, len(found))
	for i := range found {
		out[i] = s.scheduledEntity(&found[i])
	}
	if len(found) > 0 {
		c.Link(found[0].ID, found[len(found)-1].ID)
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) scheduledStatus(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	x, err := s.Posts.ScheduledPost(c.R.Context(), c.Viewer(), id)
	return s.answerScheduled(c, x, err)
}

// rescheduleParams are another time; none leaves it.
type rescheduleParams struct {
	ScheduledAt string `param:"scheduled_at"`
}

func (s *server) reschedule(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in rescheduleParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if in.ScheduledAt == "" {
		x, err := s.Posts.ScheduledPost(c.R.Context(), c.Viewer(), id)
		return s.answerScheduled(c, x, err)
	}
	at, err := parseTime("scheduled_at", &in.ScheduledAt)
	if err != nil {
		return err
	}
	x, err := s.Posts.Reschedule(c.R.Context(), c.Viewer(), id, *at)
	return s.answerScheduled(c, x, err)
}

func (s *server) unschedule(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := s.Posts.Unschedule(c.R.Context(), c.Viewer(), id); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}
