package practice

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

const (
	mockSubject   = "practice.mock." // and the id of an interview
	mockInbox     = 256              // messages that may wait for a listener
	mockReads     = 200              // events in one statement
	mockListeners = 20               // of one member on this node
	mockNet       = 5 * time.Second  // after which a listener looks for what it was not told
)

// mockMessage is what nodes tell each other of an interview. Nothing depends on
// its coming: what is lost is read from the log.
type mockMessage struct {
	Event MockEvent `json:"event"`
	Hello bool      `json:"hello,omitempty"` // whoever is here, say so
}

// mockHub knows who on this node listens to interviews.
type mockHub struct {
	mu       sync.Mutex
	mocks    map[ids.ID]map[*mockListener]bool
	accounts map[ids.ID]int
	shut     bool // nobody listens any more
}

func newMockHub() *mockHub {
	return &mockHub{mocks: map[ids.ID]map[*mockListener]bool{}, accounts: map[ids.ID]int{}}
}

// mockListener is one reader of an interview's log.
type mockListener struct {
	s       *Service
	account ids.ID
	mock    ids.ID
	last    int64 // seq of the last event that was handed on
	inbox   chan MockEvent
	out     chan MockEvent
	cancel  context.CancelFunc
}

// ListenMock hands on the events of an interview after one, as a member may see
// them: those that there are, then those that come, each once and in order, and
// between them who comes and goes. The channel is closed by stop, at the end of
// ctx, and when its reader is too slow: then listen again after the last event.
// Returns NotFound for who is none of the two, TooMany, and Unavailable while the
// server stops.
func (s *Service) ListenMock(ctx context.Context, account, id ids.ID, after int64) (events <-chan MockEvent, stop func(), err error) {
	if _, err := s.ownMock(ctx, account, id); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	l := &mockListener{s: s, account: account, mock: id, last: max(after, 0), inbox: make(chan MockEvent, mockInbox), out: make(chan MockEvent), cancel: cancel}
	if err := s.mocks.add(l); err != nil {
		cancel()
		return nil, nil, err
	}
	s.tellPresence(id, account, true, true)
	go l.run(ctx)
	return l.out, cancel, nil
}

// CloseMocks ends all listening and lets nobody listen any more: a step of
// stopping.
func (s *Service) CloseMocks() {
	s.mocks.mu.Lock()
	defer s.mocks.mu.Unlock()
	s.mocks.shut = true
	for _, listeners := range s.mocks.mocks {
		for l := range listeners {
			l.cancel()
		}
	}
}

func (h *mockHub) add(l *mockListener) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.shut {
		return errs.New(errs.Unavailable, "The server is busy; try again in a moment")
	}
	if h.accounts[l.account] >= mockListeners {
		return errs.New(errs.TooMany, "Too many streams are open")
	}
	h.accounts[l.account]++
	if h.mocks[l.mock] == nil {
		h.mocks[l.mock] = map[*mockListener]bool{}
	}
	h.mocks[l.mock][l] = true
	return nil
}

// remove takes a listener out, and tells whether its member has another one.
func (h *mockHub) remove(l *mockListener) (another bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.accounts[l.account]--; h.accounts[l.account] == 0 {
		delete(h.accounts, l.account)
	}
	delete(h.mocks[l.mock], l)
	for other := range h.mocks[l.mock] {
		another = another || other.account == l.account
	}
	if len(h.mocks[l.mock]) == 0 {
		delete(h.mocks, l.mock)
	}
	return another
}

// hear gives a message to the listeners of an interview, and returns whose they
// are. Who does not keep up is ended.
func (h *mockHub) hear(mock ids.ID, e MockEvent) (here map[ids.ID]bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	here = map[ids.ID]bool{}
	for l := range h.mocks[mock] {
		here[l.account] = true
		if e.Seq == 0 && e.By == l.account {
			continue // one knows that one is here
		}
		select {
		case l.inbox <- e:
		default:
			l.cancel()
		}
	}
	return here
}

// hearMock is called for what any node tells of an interview, this one too.
func (s *Service) hearMock(subject string, data []byte) {
	id, ok := ids.Parse(strings.TrimPrefix(subject, mockSubject))
	var m mockMessage
	if err := json.Unmarshal(data, &m); err != nil || !ok {
		s.Log.Warn("message of a mock interview not understood", "subject", subject, "error", err)
		return
	}
	m.Event.MockID = id
	here := s.mocks.hear(id, m.Event)
	if m.Event.Type != MockPresence || m.Event.Data == nil {
		return
	}
	if by := m.Event.By; here[by] && !m.Event.Data.Here {
		s.tellPresence(id, by, true, false) // gone there, but here still
	}
	if !m.Hello {
		return
	}
	for account := range here {
		if account != m.Event.By {
			s.tellPresence(id, account, true, false)
		}
	}
}

// tellMock tells all nodes what has been logged.
func (s *Service) tellMock(id ids.ID, events []MockEvent) {
	for _, e := range events {
		s.publishMock(id, mockMessage{Event: e})
	}
}

// tellPresence tells all nodes that somebody is here, or is not any more.
func (s *Service) tellPresence(id, account ids.ID, here, hello bool) {
	e := MockEvent{At: moment(s.Now().UnixMilli()).UTC(), By: account, Type: MockPresence, Data: &MockData{Here: here}}
	s.publishMock(id, mockMessage{Event: e, Hello: hello})
}

func (s *Service) publishMock(id ids.ID, m mockMessage) {
	data, err := json.Marshal(m)
	if err == nil {
		err = s.Bus.Publish(mockSubject+id.String(), data)
	}
	if err != nil {
		s.Log.Warn("mock interview not told", "mock", id, "error", err)
	}
}

// run hands events on until ctx ends.
func (l *mockListener) run(ctx context.Context) {
	defer close(l.out)
	defer func() {
		l.cancel()
		if !l.s.mocks.remove(l) {
			l.s.tellPresence(l.mock, l.account, false, false)
		}
	}()
	net := time.NewTicker(mockNet)
	defer net.Stop()
	if !l.catchUp(ctx) {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-net.C:
			if !l.catchUp(ctx) {
				return
			}
		case e := <-l.inbox:
			switch {
			case e.Seq == 0, e.Seq == l.last+1:
				if !l.send(ctx, e) {
					return
				}
			case e.Seq > l.last:
				if !l.catchUp(ctx) {
					return
				}
			}
		}
	}
}

// catchUp hands on what the log has after the last event; false: the end.
func (l *mockListener) catchUp(ctx context.Context) bool {
	for {
		list, err := l.s.mockEvents(ctx, l.mock, l.last, mockReads)
		if err != nil {
			if ctx.Err() == nil {
				l.s.Log.Error("log of a mock interview not read", "error", err)
			}
			return false
		}
		for _, e := range list {
			if !l.send(ctx, e) {
				return false
			}
		}
		if len(list) < mockReads {
			return true
		}
	}
}

func (l *mockListener) send(ctx context.Context, e MockEvent) bool {
	select {
	case l.out <- e.seenBy(l.account):
		l.last = max(l.last, e.Seq)
		return true
	case <-ctx.Done():
		return false
	}
}
