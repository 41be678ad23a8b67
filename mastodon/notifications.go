package mastodon

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/notifications"
	"github.com/guildhall/guildhall/posts"
)

// Page sizes of lists of notifications.
const (
	notificationsPage    = 40
	notificationsPageMax = 80
	unreadMax            = 1000
	typesMax             = 64 // names of types that are read
)

// notificationsParams choose notifications: what Call.filter and Call.Page read.
type notificationsParams struct {
	pageParams
	notificationFilter
	supportedParams
	Aside bool `param:"include_filtered"`
}

// supportedParams say which types a client shows by itself: what
// Call.supported reads.
type supportedParams struct {
	Supported []string `param:"supported_types"`
}

// notificationFilter is what Call.filter reads.
type notificationFilter struct {
	Types     []string `param:"types"`
	Exclude   []string `param:"exclude_types"`
	AccountID ids.ID   `param:"account_id"`
}

// unreadParams choose which unread notifications are counted, and how far.
type unreadParams struct {
	limitParams
	notificationFilter
}

// filter reads which notifications are wanted.
func (c *Call) filter() notifications.Filter {
	f := notifications.Filter{}
	if c.R.URL.RawQuery == "" {
		return f
	}
	f.Types, f.Exclude = c.types("types"), c.types("exclude_types")
	if from := c.IDs("account_id", 1); len(from) > 0 {
		f.FromID = from[0]
	}
	return f
}

// types reads names of notification types; those that do not exist here match
// nothing, which is what they would match.
func (c *Call) types(name string) []notifications.Type {
	var out []notifications.Type
	for _, t := range c.list(name, typesMax) {
		out = append(out, notifications.Type(t))
	}
	return out
}

// listFilter is filter for lists, which may show what was put aside too.
func (c *Call) listFilter() notifications.Filter {
	f := c.filter()
	f.Aside = c.Bool("include_filtered")
	return f
}

func (s *server) listNotifications(c *Call) error {
	list, err := s.Notifications.List(c.R.Context(), c.Viewer(), c.listFilter(), c.Page(notificationsPage, notificationsPageMax))
	if err != nil {
		return err
	}
	if len(list) > 0 {
		c.Link(list[0].ID, list[len(list)-1].ID)
	}
	w, err := s.notificationWriter(c.R.Context(), c.Viewer(), list)
	if err != nil {
		return err
	}
	w.supported = c.supported()
	defer w.grow(2 * len(list))()
	w.buf = append(w.buf, '[')
	for i := range list {
		if w.accounts[list[i].FromID] == nil || list[i].View != nil && !w.knows(list[i].View) {
			continue
		}
		if len(w.buf) > 1 {
			w.buf = append(w.buf, ',')
		}
		if err := w.notification(&list[i]); err != nil {
			return err
		}
	}
	return c.Bytes(http.StatusOK, append(w.buf, ']'))
}

func (s *server) getNotification(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	n, err := s.Notifications.Get(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	w, err := s.notificationWriter(c.R.Context(), c.Viewer(), []notifications.Notification{*n})
	if err != nil {
		return err
	}
	w.supported = c.supported()
	if err := w.notification(n); err != nil {
		return err
	}
	return c.Bytes(http.StatusOK, w.buf)
}

func (s *server) notificationJSON(ctx context.Context, viewer ids.ID, n *notifications.Notification) ([]byte, error) {
	w, err := s.notificationWriter(ctx, viewer, []notifications.Notification{*n})
	if err != nil {
		return nil, err
	}
	err = w.notification(n)
	return w.buf, err
}

// notificationWriter returns a writer that knows the accounts of notifications
// and of their posts.
func (s *server) notificationWriter(ctx context.Context, viewer ids.ID, list []notifications.Notification) (*statusWriter, error) {
	from := make([]ids.ID, 0, len(list))
	views := make([]*posts.View, 0, len(list))
	var about []subject
	for i := range list {
		if list[i].SubjectID != 0 {
			about = append(about, subject{list[i].Type, list[i].SubjectID})
		}
		from = append(from, list[i].FromID)
		if list[i].View != nil {
			views = append(views, list[i].View)
		}
	}
	w, err := s.writerWith(ctx, viewer, from, views)
	if err == nil && about != nil {
		w.subjects, err = s.subjects(ctx, viewer, about)
	}
	return w, err
}

// writerWith is writer for views and further accounts.
func (s *server) writerWith(ctx context.Context, viewer ids.ID, also []ids.ID, views []*posts.View) (*statusWriter, error) {
	w, err := s.writer(ctx, viewer, views...)
	if err != nil {
		return nil, err
	}
	more := slices.DeleteFunc(also, func(id ids.ID) bool { return w.accounts[id] != nil })
	if len(more) == 0 {
		return w, nil
	}
	accounts, err := s.Profiles.Accounts(ctx, more)
	if err != nil {
		return nil, err
	}
	stats, err := s.Posts.AuthorStats(ctx, more)
	for id, a := range accounts {
		w.accounts[id], w.stats[id] = a, stats[id]
	}
	return w, err
}

// notification writes one notification.
func (w *statusWriter) notification(n *notifications.Notification) error {
	from := w.accounts[n.FromID]
	if from == nil {
		return errNoAuthor
	}
	account, err := w.renderAccount(from, w.stats[n.FromID])
	if err != nil {
		return err
	}
	w.buf = strconv.AppendInt(append(w.buf, `{"id":"`...), int64(n.ID), 10)
	w.buf = append(append(w.buf, `","type":"`...), n.Type...)
	w.buf = append(n.CreatedAt.UTC().AppendFormat(append(w.buf, `","created_at":"`...), timeFormat), `","group_key":"`...)
	w.buf = append(append(append(w.buf, n.GroupKey...), `","account":`...), account...)
	if n.View != nil {
		w.buf = append(w.buf, `,"status":`...)
		if err := w.status(n.View); err != nil {
			return err
		}
	}
	if body := w.subjects[n.SubjectID]; body != nil && subjectName(n.Type) != "" {
		w.buf = append(append(w.buf, `,"`+subjectName(n.Type)+`":`...), body...)
	}
	if f := fallbackOf(n, from, w.supported); f != nil {
		body, err := encode(f)
		if err != nil {
			return err
		}
		w.buf = append(append(w.buf, `,"fallback":`...), body...)
	}
	w.buf = append(w.buf, '}')
	return nil
}

func (s *server) dismissNotification(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := s.Notifications.Dismiss(c.R.Context(), c.Viewer(), id); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}

// manyParams name the notifications to be dismissed.
type manyParams struct {
	IDs []ids.ID `param:"ids"`
}

// dismissNotifications dismisses those of the given ones that are the caller's.
func (s *server) dismissNotifications(c *Call) error {
	var in manyParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if err := tooManyIDs(in.IDs); err != nil {
		return err
	}
	if err := s.Notifications.DismissMany(c.R.Context(), c.Viewer(), in.IDs); err != nil {
		return err
	}
	return s.emptyObject(c)
}

func (s *server) clearNotifications(c *Call) error {
	if err := s.Notifications.Clear(c.R.Context(), c.Viewer()); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}

func (s *server) unreadNotifications(c *Call) error {
	n, err := s.Notifications.UnreadCount(c.R.Context(), c.Viewer(), c.filter(), c.Int("limit", 100, 1, unreadMax))
	return answerCount(c, n, err)
}

// countEntity is how many there are.
type countEntity struct {
	Count int `json:"count"`
}

func answerCount(c *Call, n int, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, countEntity{n})
}

// timelinesMax bounds how many names of timelines are read.
const timelinesMax = 16

// markerEntity is Marker of the API.
type markerEntity struct {
	LastReadID ids.ID `json:"last_read_id"`
	Version    int    `json:"version"`
	UpdatedAt  string `json:"updated_at"`
}

func answerMarkers(c *Call, found map[string]notifications.Marker, err error) error {
	if err != nil {
		return err
	}
	out := map[string]markerEntity{}
	for timeline, m := range found {
		out[timeline] = markerEntity{m.LastReadID, m.Version, m.UpdatedAt.UTC().Format(timeFormat)}
	}
	return c.JSON(http.StatusOK, out)
}

// markersParams name timelines.
type markersParams struct {
	Timelines []string `param:"timeline"`
}

func (s *server) markers(c *Call) error {
	found, err := s.Notifications.Markers(c.R.Context(), c.Viewer(), c.list("timeline", timelinesMax))
	return answerMarkers(c, found, err)
}

// setMarkersParams say how far the viewer has read.
type setMarkersParams struct {
	Home          positionParams `param:"home"`
	Notifications positionParams `param:"notifications"`
}

type positionParams struct {
	LastReadID ids.ID `param:"last_read_id"`
}

func (s *server) setMarkers(c *Call) error {
	var in setMarkersParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	to := map[string]ids.ID{}
	for timeline, id := range map[string]ids.ID{"home": in.Home.LastReadID, "notifications": in.Notifications.LastReadID} {
		if id == noSuchID {
			return errs.New(errs.Invalid, "Validation failed: last_read_id must be an id")
		}
		if id != 0 {
			to[timeline] = id
		}
	}
	set, err := s.Notifications.SetMarkers(c.R.Context(), c.Viewer(), to)
	return answerMarkers(c, set, err)
}
