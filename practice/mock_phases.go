package practice

import (
	"context"
	"errors"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// due returns when an interview goes on without anybody; zero: never.
func (r *mockRow) due() time.Time {
	switch r.State {
	case MockProposed:
		return r.Slots[len(r.Slots)-1]
	case MockAccepted:
		if !r.toldSoon {
			return r.At.Add(-MockSoon)
		}
		return r.At.Add(-MockOpens)
	case MockLobby:
		if r.Entered[0] && r.Entered[1] {
			return r.At.Add(mockIdle)
		}
		return r.At.Add(MockPatience)
	case MockRound1, MockSwap, MockRound2:
		return r.PhaseEnds.Add(mockOvertime)
	case MockReviewing:
		return r.PhaseEnds
	}
	return time.Time{}
}

// settle takes the steps whose time has come.
func (w *mockWork) settle() error {
	for {
		due := w.due()
		if due.IsZero() || w.now.Before(due) {
			return nil
		}
		if err := w.pass(); err != nil {
			return err
		}
	}
}

// pass takes the step that is due.
func (w *mockWork) pass() error {
	switch w.State {
	case MockProposed:
		return w.move(MockCancelled, 0, "")
	case MockAccepted:
		if w.toldSoon {
			return w.move(MockLobby, 0, "")
		}
		w.toldSoon = true
		return w.tell(0, MockIsSoon, w.Proposer, w.Partner)
	case MockLobby:
		if w.Entered[0] && w.Entered[1] {
			return w.move(MockCancelled, 0, "")
		}
		return w.move(MockNoShow, 0, MockWasMissed, w.Proposer, w.Partner)
	case MockReviewing:
		return w.move(MockClosed, 0, MockWasReviewed, w.Proposer, w.Partner)
	}
	return w.move(w.State+1, 0, "")
}

// move brings an interview into a state, and has members told of it. From the
// lobby on it is in the log.
func (w *mockWork) move(to MockState, by ids.ID, what string, tell ...ids.ID) error {
	from := w.State
	w.State, w.PhaseEnds = to, time.Time{}
	switch to {
	case MockAccepted, MockCancelled:
		w.Revision++
	case MockLobby:
		w.PhaseEnds = w.At.Add(MockPatience)
	case MockRound1, MockRound2:
		w.PhaseEnds = w.now.Add(time.Duration(w.Minutes) * time.Minute)
		w.candidate, w.interviewer = mockPane{}, mockPane{}
	case MockSwap:
		w.PhaseEnds = w.now.Add(mockPause)
	case MockReviewing:
		w.PhaseEnds = w.now.Add(mockForms)
	}
	w.ends = millis(w.PhaseEnds)
	if to >= MockLobby && from >= MockAccepted {
		data := &MockData{Phase: to.String()}
		if !w.PhaseEnds.IsZero() {
			ends := moment(w.ends).UTC()
			data.EndsAt = &ends
		}
		if err := w.log(MockEvent{By: by, Type: MockPhase, Data: data}, ""); err != nil {
			return err
		}
	}
	if what == "" {
		return nil
	}
	return w.tell(by, what, tell...)
}

// tell has members told of what has become of the interview.
func (w *mockWork) tell(by ids.ID, what string, members ...ids.ID) error {
	var to []ids.ID
	for _, id := range members {
		if id != 0 {
			to = append(to, id)
		}
	}
	if len(to) == 0 {
		return nil
	}
	_, err := w.s.outbox.Add(w.ctx, w.tx, MockMoved{MockID: w.ID, What: what, By: by, To: to})
	return err
}

const (
	mockSweepEvery = 10 * time.Second
	mockSweepMost  = 100 // interviews in one go
)

// SweepMocks takes the steps of interviews whose time has come: lobbies open,
// who is missing has not come, rounds end. Several nodes may do so at once. The
// service does it by itself every few seconds.
func (s *Service) SweepMocks(ctx context.Context) error {
	due, err := db.Values[ids.ID](ctx, s.DB, "SELECT id FROM practice_mocks WHERE wake_at > 0 AND wake_at <= $1 ORDER BY wake_at LIMIT $2", s.Now().UnixMilli(), mockSweepMost)
	if err != nil {
		return err
	}
	var all []error // one that fails does not keep the others waiting
	for _, id := range due {
		err := s.changeMock(ctx, id, func(*mockWork) error { return nil })
		if !errs.Is(err, errs.NotFound) { // gone in the meantime
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}
