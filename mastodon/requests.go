package mastodon

import (
	"net/http"
	"strconv"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
)

// requestEntity is NotificationRequest of the API.
type requestEntity struct {
	ID         ids.ID                 `json:"id"`
	CreatedAt  string                 `json:"created_at"`
	UpdatedAt  string                 `json:"updated_at"`
	Count      string                 `json:"notifications_count"` // a number, as text
	Account    encoded[accountEntity] `json:"account"`
	LastStatus encoded[*statusAnswer] `json:"last_status"`
}

// mergedAnswer tells whether all that was accepted is in the list.
type mergedAnswer struct {
	Merged bool `json:"merged"`
}

// requestEntities writes requests; one whose sender is gone is left out.
func (s *server) requestEntities(c *Call, list []notifications.Request) ([]requestEntity, error) {
	from := make([]ids.ID, len(list))
	var views []*posts.View
	for i, r := range list {
		from[i] = r.FromID
		if r.View != nil {
			views = append(views, r.View)
		}
	}
	accounts, err := s.accountsJSON(c.R.Context(), from)
	if err != nil {
		return nil, err
	}
	w, err := s.writer(c.R.Context(), c.Viewer(), views...)
	if err != nil {
		return nil, err
	}
	out := make([]requestEntity, 0, len(list))
	for _, r := range list {
		if accounts[r.FromID] == nil {
			continue
		}
		e := requestEntity{ID: r.ID, CreatedAt: r.CreatedAt.Format(timeFormat), UpdatedAt: r.UpdatedAt.Format(timeFormat),
			Count: strconv.Itoa(r.Count), Account: accounts[r.FromID]}
		if r.View != nil && w.knows(r.View) {
			w.buf = nil
			if err := w.status(r.View); err != nil {
				return nil, err
			}
			e.LastStatus = w.buf
		}
		out = append(out, e)
	}
	return out, nil
}

func (s *server) notificationRequests(c *Call) error {
	list, err := s.Notifications.Requests(c.R.Context(), c.Viewer(), c.Page(notificationsPage, notificationsPageMax))
	if err != nil {
		return err
	}
	if len(list) > 0 {
		c.Link(list[0].ID, list[len(list)-1].ID)
	}
	out, err := s.requestEntities(c, list)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) notificationRequest(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	r, err := s.Notifications.Request(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	out, err := s.requestEntities(c, []notifications.Request{*r})
	if err != nil {
		return err
	}
	if len(out) == 0 {
		return errs.NotFoundRecord()
	}
	return c.JSON(http.StatusOK, out[0])
}

func (s *server) acceptRequest(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := s.Notifications.AcceptRequests(c.R.Context(), c.Viewer(), id); err != nil {
		return err
	}
	return s.emptyObject(c)
}

func (s *server) dismissRequest(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := s.Notifications.DismissRequests(c.R.Context(), c.Viewer(), id); err != nil {
		return err
	}
	return s.emptyObject(c)
}

// idsMax bounds how many records one request names.
const idsMax = 100

// someIDs reads which records a request is about.
func (c *Call) someIDs() ([]ids.ID, error) {
	var in idsParams
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	return in.IDs, tooManyIDs(in.IDs)
}

func tooManyIDs(list []ids.ID) error {
	if len(list) > idsMax {
		return errs.Newf(errs.Invalid, "Validation failed: no more than %d ids at once", idsMax)
	}
	return nil
}

func (s *server) acceptRequests(c *Call) error {
	list, err := c.someIDs()
	if err != nil {
		return err
	}
	err = s.Notifications.AcceptRequests(c.R.Context(), c.Viewer(), list...)
	if err != nil && !errs.Is(err, errs.NotFound) { // those that do not exist are left out
		return err
	}
	return s.emptyObject(c)
}

func (s *server) dismissRequests(c *Call) error {
	list, err := c.someIDs()
	if err != nil {
		return err
	}
	err = s.Notifications.DismissRequests(c.R.Context(), c.Viewer(), list...)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	return s.emptyObject(c)
}

// mergedRequests tells that nothing is left to be done: accepting shows what was
// put aside before it answers.
func (s *server) mergedRequests(c *Call) error {
	return c.JSON(http.StatusOK, mergedAnswer{true})
}
