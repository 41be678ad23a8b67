package practice

import (
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice/deck"
)

// MockState is how far a mock interview has come.
type MockState uint8

// The states. What happens from MockLobby on is in the log.
const (
	MockProposed  MockState = iota // waits to be accepted
	MockAccepted                   // its time is fixed
	MockLobby                      // the members may enter
	MockRound1                     // who has proposed it is the candidate
	MockSwap                       // a pause between the rounds
	MockRound2                     // the other one is the candidate
	MockReviewing                  // both fill in their forms
	MockClosed                     // both may read everything but each other's notes
	MockDeclined                   // by whom it was proposed to
	MockCancelled                  // by one of the two, or because every slot has passed
	MockNoShow                     // somebody did not come: see Entered
)

var mockStates = [...]string{"proposed", "accepted", "lobby", "round1", "swap", "round2", "reviewing", "closed", "declined", "cancelled", "no_show"}

// String returns the state's name, which is that of the phase in the log too.
func (st MockState) String() string { return mockStates[st] }

// Round is the number of the round that runs, 1 or 2; 0: none.
func (st MockState) Round() int {
	switch st {
	case MockRound1:
		return 1
	case MockRound2:
		return 2
	}
	return 0
}

// Over tells whether nothing can happen any more.
func (st MockState) Over() bool { return st >= MockClosed }

// The bounds of mock interviews.
const (
	MaxMockSlots   = 5
	MinMockMinutes = 10 // of a round
	MaxMockMinutes = 60
	MockMinutes    = 25      // of a round, if nobody says otherwise
	MaxMockNote    = 500     // characters of a proposal's note
	MaxMockText    = 2000    // characters of a note, hint or flag in the log, and of each text of a review
	MaxMockPane    = 20_000  // characters of a pane
	MaxMockData    = 8 << 10 // bytes of an event's data as JSON
	MaxMockEvents  = 5000    // of one interview
	MaxMockKey     = 64      // bytes of an event's key
	maxMocksOpen   = 10      // proposals of one member that wait
	maxMocksADay   = 20      // proposals of one member: each is a message to somebody
	mockFarthest   = 60 * 24 * time.Hour
)

// The times of mock interviews.
const (
	MockSoon     = 15 * time.Minute // before the slot, both are reminded
	MockOpens    = 10 * time.Minute // before the slot, the lobby opens
	MockPatience = 10 * time.Minute // after the slot, who is missing has not come
	mockIdle     = 30 * time.Minute // after the slot, an interview that nobody has started is off
	mockPause    = 5 * time.Minute  // between the rounds
	mockOvertime = 5 * time.Minute  // a phase goes on after its end, unless somebody ends it
	mockForms    = 72 * time.Hour   // after which forms that are missing are not waited for
)

// Mock is a mock interview of two members. Proposer or Partner is 0 too if the
// member is gone for good.
type Mock struct {
	ID        ids.ID // says when it was proposed
	Proposer  ids.ID
	Partner   ids.ID // who has accepted; 0: nobody yet
	Invited   ids.ID // whom it was proposed to; 0: everyone
	State     MockState
	Slots     []time.Time // the first one first
	At        time.Time   // the slot that was accepted; zero: none
	Minutes   int         // of a round
	Role      string
	Level     string
	Note      string
	Revision  int          // of the entry in a calendar
	Seq       int64        // of the last event
	PhaseEnds time.Time    // zero: the phase has no end
	Entered   [2]bool      // proposer, partner
	Cards     [2]*MockCard // of round 1 and 2; nil: none, and in lists
	Reviews   []MockReview // the viewer's own, and once it is closed the other one's; none in lists
}

// MockCard is the card of a round.
type MockCard struct {
	DeckID string
	Card   *deck.Card // without rubric, traps, text and source unless Open
	Open   bool       // to who asks it, and once the interview is closed
}

// MockReview is what the interviewer of a round found in what the candidate said.
type MockReview struct {
	AccountID ids.ID // who looked
	Round     int
	At        time.Time
	Marks     []Ticked // none if no card was asked
	Score     int      // percent of the weights; -1: no card was asked
	Note      string
	Strength  string
	Improve   string
}

// Candidate returns who is asked in the round that runs; 0: no round runs.
func (m *Mock) Candidate() ids.ID {
	switch m.State {
	case MockRound1:
		return m.Proposer
	case MockRound2:
		return m.Partner
	}
	return 0
}

// Interviewer returns who asks in the round that runs; 0: no round runs.
func (m *Mock) Interviewer() ids.ID {
	switch m.State {
	case MockRound1:
		return m.Partner
	case MockRound2:
		return m.Proposer
	}
	return 0
}

// AskedIn returns the number of the round in which a member asks: 1 or 2; 0 for
// who is none of the two.
func (m *Mock) AskedIn(account ids.ID) int {
	switch account {
	case 0:
		return 0
	case m.Partner:
		return 1
	case m.Proposer:
		return 2
	}
	return 0
}

// Other returns the member that another one meets; 0: nobody yet.
func (m *Mock) Other(account ids.ID) ids.ID {
	if account == m.Proposer {
		return max(m.Partner, m.Invited)
	}
	return m.Proposer
}

// The types of events.
const (
	MockEntered  = "entered"  // somebody has come into the lobby
	MockPhase    = "phase"    // Phase has begun, and ends at EndsAt; to send: the next Phase
	MockAsks     = "card"     // the interviewer asks Deck, Card, Hash; to send: Deck and Card, or neither to have one drawn
	MockNote     = "note"     // Text for oneself: the other one gets no Data
	MockPatch    = "patch"    // to a Pane: at character At, Remove characters give way to Insert; Base patches came before
	MockHint     = "hint"     // Text from the interviewer
	MockFlag     = "flag"     // Text about a moment to come back to; may be empty
	MockEnd      = "end"      // somebody ends the round before its time
	MockPresence = "presence" // the other one is Here, or is not any more; has no Seq and is not kept
)

// The panes. The candidate of the round writes into the one, the interviewer into
// the other; both are empty when a round begins.
const (
	PaneCandidate   = "candidate"
	PaneInterviewer = "interviewer"
)

// MockData is what an event says; which fields, depends on its type. What is not
// there is empty or 0. Characters are Unicode code points.
type MockData struct {
	Phase  string     `json:"phase,omitempty"`
	EndsAt *time.Time `json:"ends_at,omitempty"`
	Deck   string     `json:"deck,omitempty"`
	Card   string     `json:"card,omitempty"`
	Hash   string     `json:"hash,omitempty"`
	Pane   string     `json:"pane,omitempty"`
	Base   int        `json:"base,omitempty"`
	At     int        `json:"at,omitempty"`
	Remove int        `json:"remove,omitempty"`
	Insert string     `json:"insert,omitempty"`
	Text   string     `json:"text,omitempty"`
	Here   bool       `json:"here,omitempty"`
}

// MockEvent is an entry of an interview's log, as one of the two may see it. Its
// JSON is what pages get.
type MockEvent struct {
	MockID ids.ID    `json:"-"`
	Seq    int64     `json:"seq"` // from 1 on, without gaps; 0: not kept
	At     time.Time `json:"at"`
	By     ids.ID    `json:"by,omitzero"` // 0: the server, or somebody who is gone
	Type   string    `json:"type"`
	Data   *MockData `json:"data"`          // nil: not to be seen, or gone
	Key    string    `json:"key,omitempty"` // of one's own events
}

// MockDraft is an event to be sent. The same Key with the same content again is
// the same event; without a Key, every draft is one of its own.
type MockDraft struct {
	Type string
	Data MockData
	Key  string
}

// MockOffer is a proposal to be made.
type MockOffer struct {
	Invited ids.ID // 0: everyone
	Slots   []time.Time
	Minutes int // of a round; 0: MockMinutes
	Role    string
	Level   string
	Note    string
}

// MockForm is a review to be given.
type MockForm struct {
	Marks    []Ticked // one for each point of the card that was asked
	Note     string
	Strength string
	Improve  string
}
