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

// ReviewAsked says that a member asks others to review an answer.
type ReviewAsked struct {
	AskID     ids.ID `json:"ask_id"`
	AccountID ids.ID `json:"account_id"`
	To        ids.ID `json:"to,omitempty"` // who is asked by name
}

// AskWidened says that more people may review an answer than were asked at first.
type AskWidened struct {
	AskID     ids.ID `json:"ask_id"`
	AccountID ids.ID `json:"account_id"`
	Circle    Circle `json:"circle"`
}

// AskClosed says that an ask is done, withdrawn, or was in vain.
type AskClosed struct {
	AskID     ids.ID   `json:"ask_id"`
	AccountID ids.ID   `json:"account_id"`
	State     AskState `json:"state"`
}

// SeatEnded says that a reviewer has a seat no more and has not handed in: the
// time was over, or the ask was closed.
type SeatEnded struct {
	AskID     ids.ID `json:"ask_id"`
	AccountID ids.ID `json:"account_id"` // the reviewer
}

// CardsDue says that a member is to be reminded of reviews that are due.
type CardsDue struct {
	AccountID ids.ID `json:"account_id"`
	Due       int    `json:"due"`
}

// Kind implements bus.Payload.
func (ReviewAsked) Kind() string { return "review_asked" }

// Kind implements bus.Payload.
func (AskWidened) Kind() string { return "ask_widened" }

// Kind implements bus.Payload.
func (AskClosed) Kind() string { return "ask_closed" }

// Kind implements bus.Payload.
func (SeatEnded) Kind() string { return "seat_ended" }

// Kind implements bus.Payload.
func (CardsDue) Kind() string { return "cards_due" }

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
