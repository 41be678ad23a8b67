package practice

import "github.com/guildhall/guildhall/internal/ids"

// What this room tells the others. The subjects are practice.<kind>.

// DeckChanged says that a deck was brought in, has other cards, or is gone.
type DeckChanged struct {
	DeckID string `json:"deck_id"`
}

// Reviewed says that a card's answer was looked at, by its author or a peer,
// and moved the card's schedule.
type Reviewed struct {
	AccountID ids.ID `json:"account_id"` // whose answer it is
	AttemptID ids.ID `json:"attempt_id"`
	Peer      bool   `json:"peer,omitempty"`
}

// Kind implements bus.Payload.
func (DeckChanged) Kind() string { return "deck_changed" }

// Kind implements bus.Payload.
func (Reviewed) Kind() string { return "reviewed" }

// MockMoved says what has become of a mock interview, and who is to be told.
type MockMoved struct {
	MockID ids.ID   `json:"mock_id"`
	What   string   `json:"what"`
	By     ids.ID   `json:"by"` // 0: nobody; its time had come
	To     []ids.ID `json:"to"`
}

// What may become of a mock interview.
const (
	MockWasProposed  = "proposed"
	MockWasAccepted  = "accepted"
	MockWasDeclined  = "declined"
	MockWasCancelled = "cancelled"
	MockIsSoon       = "soon"
	MockWasMissed    = "missed"
	MockWasReviewed  = "reviewed"
)

// Kind implements bus.Payload.
func (MockMoved) Kind() string { return "mock_moved" }
