// Package practice is how people prepare for an interview: decks of questions
// with rubrics, sessions, spaced review, reviews by peers, mock interviews, labs
// and the receipts that prove them. Answers, stories and schedules are their
// owner's alone; what is another member's is as if it did not exist. The file
// format of decks, the scheduler, the comparison of words and the labs are
// packages below this one, which keep nothing. JSON and pages belong to the edges.
package practice

import (
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice/deck"
	"github.com/guildhall/guildhall/practice/fsrs"
)

// Plan is what a member prepares for.
type Plan struct {
	Role        string
	Level       string
	InterviewAt time.Time // zero: no day is set
	Minutes     int       // of a session
	Remind      bool      // to be told when reviews are due
}

// Reason is why a card was drawn for a session.
type Reason uint8

// The reasons, in the order in which cards are drawn.
const (
	Due   Reason = iota // its review is due
	Gap                 // of a topic of the plan that was answered least
	Fresh               // never seen
	Ahead               // not due yet, because nothing else is left
)

// String returns the reason's name.
func (r Reason) String() string { return [...]string{"due", "gap", "fresh", "ahead"}[r] }

// Session is a row of cards to be answered in one sitting.
type Session struct {
	ID        ids.ID // says when it began
	AccountID ids.ID
	Minutes   int
	EndedAt   time.Time // zero: goes on
	Cards     []SessionCard
}

// SessionCard is one card of a session.
type SessionCard struct {
	Card    *deck.Card
	DeckID  string
	Reason  Reason
	Attempt *Attempt // nil: not begun
}

// State is how far an attempt has come.
type State uint8

// The states. The rubric is shown from Opened on.
const (
	Asked    State = iota // the question is shown
	Answered              // the answer is in
	Opened                // the prediction is in
	Checked               // the rubric is ticked
	Skipped               // given up: the text may be read, nothing is scheduled but an early return
)

// String returns the state's name.
func (s State) String() string {
	return [...]string{"asked", "answered", "opened", "checked", "skipped"}[s]
}

// Attempt is one answer to a card. What is in it does not change any more: a
// second try is another attempt.
type Attempt struct {
	ID         ids.ID // says when it began
	AccountID  ids.ID
	DeckID     string
	CardID     string
	Card       *deck.Card // the version that was answered
	SessionID  ids.ID     // 0: by itself
	State      State
	Answer     string
	StoryID    ids.ID // 0: none
	Audio      string // key of the recording, which says its type; empty: none
	Predicted  int    // percent; -1: not said
	Seconds    int
	AnsweredAt time.Time
	CheckedAt  time.Time
}

// Mark is what was found of one point of a rubric.
type Mark = fsrs.Mark

// The marks.
const (
	No     = fsrs.No
	Partly = fsrs.Partly
	Yes    = fsrs.Yes
)

// ReadMark returns the mark of a name.
func ReadMark(name string) (Mark, bool) { return fsrs.ReadMark(name) }

// RatingName names a review's rating.
func RatingName(rating int) string { return fsrs.Rating(rating).String() }

// Ticked is a mark with its point and what was noted.
type Ticked struct {
	Point string // id
	Mark  Mark
	Note  string
}

// Review is what somebody found in an answer.
type Review struct {
	ID        ids.ID // says when
	AttemptID ids.ID
	AccountID ids.ID // who looked
	Peer      bool   // somebody else than who answered
	Marks     []Ticked
	Score     int // percent of the weights
	Rating    int // 1 Again, 2 Hard, 3 Good, 4 Easy
	Note      string
}

// Schedule says when a card returns.
type Schedule struct {
	DeckID, CardID string
	Stability      float64 // days until recall falls to nine of ten
	Difficulty     float64 // 1 to 10
	ReviewedAt     time.Time
	DueAt          time.Time
	Reviews        int
	Lapses         int
}

// Story is something that a member has lived through, ready to be told:
// situation, task, action, result.
type Story struct {
	ID                              ids.ID
	AccountID                       ids.ID
	Title                           string
	Situation, Task, Action, Result string // plain text
	ChangedAt                       time.Time
}
