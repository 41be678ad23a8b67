// Package moderation is how a community is kept: reports, what moderators do
// about them, and the log of who did it. What an action means for an account is
// for the rooms that own it (may it sign in: identity; is it shown: profiles).
package moderation

import (
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/ids"
)

// Category is what kind of trouble a report is about.
type Category string

// The categories.
const (
	Spam      Category = "spam"
	Legal     Category = "legal"     // against the law
	Violation Category = "violation" // of the server's rules
	Other     Category = "other"
)

func (c Category) valid() bool { return c == Spam || c == Legal || c == Violation || c == Other }

// Report is what somebody tells the moderators about somebody else.
type Report struct {
	ID        ids.ID
	AccountID ids.ID // who reports
	TargetID  ids.ID // who is reported
	Category  Category
	Comment   string
	StatusIDs []ids.ID // posts of the target, in the order of their ids
	RuleIDs   []ids.ID // rules that are broken
	// Collections of the target, in the order of their ids.
	CollectionIDs []ids.ID
	CreatedAt     time.Time
	UpdatedAt     time.Time
	AssignedID    ids.ID // the moderator who looks after it, 0: nobody
	ResolvedID    ids.ID // the moderator who has resolved it, 0: nobody
	ResolvedAt    time.Time
}

// Resolved tells whether somebody has dealt with the report.
func (r *Report) Resolved() bool { return !r.ResolvedAt.IsZero() }

// Actor is who does something in the name of the house.
type Actor struct {
	ID      ids.ID // 0: the command line
	Role    identity.Role
	Address string // the client's IP address
}

// Action is what is done about an account.
type Action string

// The actions. None only warns.
const (
	None     Action = "none"
	Disabled Action = "disable"   // may not sign in
	Marked   Action = "sensitive" // all media are marked as sensitive
	Silenced Action = "silence"   // limited: seen by followers and who looks for them only
	Closed   Action = "suspend"   // gone for everybody, until it is taken back
)

func (a Action) valid() bool {
	return a == None || a == Disabled || a == Marked || a == Silenced || a == Closed
}

// Warning is what an account is told of an action against it.
type Warning struct {
	ID        ids.ID
	AccountID ids.ID // who is warned
	ActorID   ids.ID // the moderator; not told to the account
	Action    Action
	Text      string
	ReportID  ids.ID   // what led to it, 0: no report
	StatusIDs []ids.ID // the posts that it is about
	CreatedAt time.Time
}
