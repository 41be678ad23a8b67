package mastodon

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice"
)

// mockEventEntity is an entry of the log. Numbers and texts of data that are 0 or
// empty are left out.
type mockEventEntity struct {
	Seq  int64              `json:"seq"`
	At   string             `json:"at"`
	By   *ids.ID            `json:"by"` // null: the server, or somebody who is gone
	Type string             `json:"type" enum:"entered,phase,card,note,patch,hint,flag,end,presence"`
	Data *practice.MockData `json:"data"` // null: another one's note, or gone
	Key  *string            `json:"key"`  // of one's own
}

func mockEventOf(e *practice.MockEvent) mockEventEntity {
	return mockEventEntity{Seq: e.Seq, At: e.At.UTC().Format(timeFormat), By: idOrNil(e.By), Type: e.Type, Data: e.Data, Key: orNil(e.Key)}
}

// mockEventsParams choose a part of a log.
type mockEventsParams struct {
	limitParams
	After int64 `param:"after"` // seq
}

// Sizes of parts of a log.
const (
	mockEventsPage = 200
	mockEventsMax  = 500
)

func (s *server) mockEvents(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	list, err := s.Practice.MockEvents(c.R.Context(), c.Viewer(), id, seqOf(c.Param("after")), c.Limit(mockEventsPage, mockEventsMax))
	if err != nil {
		return err
	}
	out := make([]mockEventEntity, len(list))
	for i := range list {
		out[i] = mockEventOf(&list[i])
	}
	return c.JSON(http.StatusOK, out)
}

// seqOf reads the number of an event; what is no number is 0.
func seqOf(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return max(n, 0)
}

// mockDraftParams are an event to be sent.
type mockDraftParams struct {
	Type string         `param:"type" enum:"phase,card,note,patch,hint,flag,end"`
	Data mockDataParams `param:"data"`
	Key  string         `param:"key"`
}

// mockDataParams say what an event says; which of them, depends on its type.
type mockDataParams struct {
	Phase  string `param:"phase"`
	Deck   string `param:"deck"`
	Card   string `param:"card"`
	Pane   string `param:"pane" enum:"candidate,interviewer"`
	Base   int    `param:"base"`
	At     int    `param:"at"`
	Remove int    `param:"remove"`
	Insert string `param:"insert"`
	Text   string `param:"text"`
}

func (s *server) sendMock(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in mockDraftParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	d := in.Data
	e, err := s.Practice.SendMock(c.R.Context(), c.Viewer(), id, practice.MockDraft{Type: in.Type, Key: in.Key, Data: practice.MockData{Phase: d.Phase, Deck: d.Deck, Card: d.Card,
		Pane: d.Pane, Base: d.Base, At: d.At, Remove: d.Remove, Insert: d.Insert, Text: d.Text}})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, mockEventOf(e))
}

// mockStream is the name of the stream, and of its events.
const mockStream = "mock"

// socketMocks is how many interviews one socket may follow.
const socketMocks = 5

// mockChannel is an interview that a socket follows.
type mockChannel struct {
	id   ids.ID
	stop func()
}

// mockHeard is an event of an interview, or that there will be no more.
type mockHeard struct {
	by    *mockChannel
	event practice.MockEvent
	ended bool
}

// listenMock opens the stream of an interview if the caller's token allows it.
func (c *Call) listenMock(ctx context.Context, mock string, after int64) (id ids.ID, events <-chan practice.MockEvent, stop func(), err error) {
	if c.Viewer() == 0 {
		return 0, nil, nil, badToken()
	}
	if !c.Caller.Scopes.Allows("read") {
		return 0, nil, nil, errs.New(errs.Forbidden, "This action is outside the authorized scopes")
	}
	id, ok := ids.Parse(mock)
	if !ok {
		return 0, nil, nil, errs.NotFoundRecord()
	}
	events, stop, err = c.server.Practice.ListenMock(ctx, c.Viewer(), id, after)
	return id, events, stop, err
}

// subscribe adds a stream to a socket.
func (k *socket) subscribe(ctx context.Context, p streamParams) error {
	if p.Stream != mockStream {
		return k.addChannel(k.feed, p.channel())
	}
	if id, ok := ids.Parse(p.Mock); ok && k.mocks[id] != nil {
		return nil
	}
	if len(k.mocks) >= socketMocks {
		return errs.New(errs.TooMany, "Too many channels on one stream")
	}
	id, events, stop, err := k.listenMock(ctx, p.Mock, seqOf(p.After))
	if err != nil {
		return err
	}
	channel := &mockChannel{id, stop}
	k.mocks[id] = channel
	go func() {
		hand := func(h mockHeard) {
			select {
			case k.heard <- h:
			case <-ctx.Done():
			}
		}
		for e := range events {
			hand(mockHeard{by: channel, event: e})
		}
		hand(mockHeard{by: channel, ended: true})
	}()
	return nil
}

// unsubscribeMock ends the stream of an interview; there need not be one.
func (k *socket) unsubscribeMock(p streamParams) {
	if id, ok := ids.Parse(p.Mock); ok && k.mocks[id] != nil {
		k.mocks[id].stop()
		delete(k.mocks, id)
	}
}

// deliverMock sends an event of an interview.
func (k *socket) deliverMock(ctx context.Context, h mockHeard) error {
	body, err := encode(mockEventOf(&h.event))
	if err != nil {
		return err
	}
	text, err := encode(frame{[]string{mockStream, h.by.id.String()}, mockStream, string(body)})
	if err != nil {
		return err
	}
	return k.send(ctx, text)
}

// mockStreamParams name an interview, and the event of it that the client has.
type mockStreamParams struct {
	Mock  string `param:"mock"`
	After int64  `param:"after"`
}

// mockEventStream answers with the events of an interview, as server-sent ones
// whose ids are their numbers.
func (s *server) mockEventStream(c *Call) error {
	feed, err := s.subscribe(c) // ends when the access is revoked, or the server stops
	if err != nil {
		return err
	}
	defer feed.Close()
	after := max(seqOf(c.Param("after")), seqOf(c.R.Header.Get("Last-Event-ID")))
	_, events, stop, err := c.listenMock(c.R.Context(), c.Param("mock"), after)
	if err != nil {
		return err
	}
	defer stop()
	out := c.openEvents()
	defer out.close()
	if !out.send([]byte(":)\n")) {
		return nil
	}
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		text := []byte(":thump\n")
		select {
		case <-c.R.Context().Done():
			return nil
		case <-tick.C:
		case <-feed.Messages(): // it has no channels: closed
			return nil
		case e, open := <-events:
			if !open {
				return nil
			}
			body, err := encode(mockEventOf(&e))
			if err != nil {
				return err
			}
			text = append(append([]byte("event: "+mockStream+"\nid: "+strconv.FormatInt(e.Seq, 10)+"\ndata: "), body...), "\n\n"...)
			if e.Seq == 0 { // presence is no place to go on from
				text = append(append([]byte("event: "+mockStream+"\ndata: "), body...), "\n\n"...)
			}
		}
		if !out.send(text) {
			return nil
		}
	}
}
