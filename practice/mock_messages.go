package practice

import (
	"context"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/words"
)

// mockTexts are what members are told of an interview; %s is the other one.
var mockTexts = map[string]string{
	MockWasProposed:  "%s proposes a mock interview to you. Choose a time, or decline.",
	MockWasAccepted:  "%s has accepted your mock interview.",
	MockWasDeclined:  "%s has declined your mock interview. You can propose another one.",
	MockWasCancelled: "Your mock interview with %s is cancelled.",
	MockIsSoon:       "Your mock interview with %s begins soon. You can enter ten minutes before.",
	MockWasMissed:    "Your mock interview with %s did not take place: somebody did not come.",
	MockWasReviewed:  "The reviews of your mock interview with %s can be read.",
}

// tellMoved tells members what has become of an interview of theirs.
func (s *Service) tellMoved(ctx context.Context, e bus.Event) ([]message, error) {
	moved, err := bus.Decode[MockMoved](e)
	if err != nil {
		return nil, err
	}
	r, err := s.mock(ctx, moved.MockID)
	if err != nil {
		return nil, err
	}
	if moved.What == MockIsSoon && r.State > MockLobby {
		return nil, nil // it has begun, or is off
	}
	var list []message
	for _, id := range moved.To {
		if r.side(id) < 0 {
			continue // gone
		}
		graph, err := s.Profiles.Graph(ctx, id)
		if err != nil {
			return nil, err
		}
		if r.At.IsZero() && id != r.Proposer && graph.Hides(r.Proposer, s.Now()) {
			continue // the list has it; nobody is sent what a member they mute wants
		}
		other := ""
		if a, err := s.Profiles.Account(ctx, r.Other(id)); err == nil {
			other = quoted("@" + a.Acct())
		} else if !errs.Is(err, errs.NotFound) {
			return nil, err
		}
		list = append(list, message{to: []ids.ID{id}, path: "/practice/mocks/" + r.ID.String(), text: func(w *words.Catalogue) string {
			if other == "" {
				return w.Text(mockTexts[moved.What], w.Text("somebody"))
			}
			return w.Text(mockTexts[moved.What], other)
		}})
	}
	return list, nil
}
