package moderation

import "github.com/guildhall/guildhall/internal/ids"

// What this room tells the others. The subjects are moderation.<kind>.

// Reported says that an account was reported to the moderators.
type Reported struct {
	ReportID  ids.ID `json:"report_id"`
	AccountID ids.ID `json:"account_id"` // who reports
	TargetID  ids.ID `json:"target_id"`
}

// Warned says that a moderator has acted against an account, which is to be
// told: see Service.Warning.
type Warned struct {
	AccountID ids.ID `json:"account_id"`
	WarningID ids.ID `json:"warning_id"`
	Action    Action `json:"action"`
	Mail      bool   `json:"mail,omitempty"` // by mail too
}

// Acted says that what an account may do has changed: the log has the last word
// on what it is now.
type Acted struct {
	AccountID ids.ID `json:"account_id"`
	Action    string `json:"action"`
}

// Kind implements bus.Payload.
func (Reported) Kind() string { return "reported" }

// Kind implements bus.Payload.
func (Warned) Kind() string { return "warned" }

// Kind implements bus.Payload.
func (Acted) Kind() string { return "acted" }
