package identity

import "github.com/guildhall/guildhall/internal/ids"

// What this room tells the others. The subjects are identity.<kind>.

// Registered says that a user exists from now on, confirmed or not. Trusted says
// that the operator has made them on the command line.
type Registered struct {
	UserID   ids.ID `json:"user_id"`
	Username string `json:"username"`
	Trusted  bool   `json:"trusted,omitempty"`
}

// ConfirmationRequested says that a user needs a mail to confirm their address.
type ConfirmationRequested struct {
	UserID ids.ID `json:"user_id"`
}

// ResetRequested says that somebody asked for a new password. UserID is 0 when
// the address was unknown, so that asking costs the same either way.
type ResetRequested struct {
	UserID ids.ID `json:"user_id"`
	Locale string `json:"locale,omitempty"` // in which was asked, empty: the user's
}

// Approved says that a moderator has let a user in.
type Approved struct {
	UserID ids.ID `json:"user_id"`
}

// Changed says that what is known of a user (role, state, address) has changed.
type Changed struct {
	UserID ids.ID `json:"user_id"`
}

// Revoked says that tokens do not work any more: one, or all of a user.
type Revoked struct {
	UserID  ids.ID `json:"user_id"`            // 0: an app's own token
	TokenID ids.ID `json:"token_id,omitempty"` // 0: all of the user
}

// SignedOut says that one of a user's sessions has ended. When all end at once,
// that is told as Revoked.
type SignedOut struct {
	UserID    ids.ID `json:"user_id"`
	SessionID ids.ID `json:"session_id"`
}

// Removed says that a user is gone for good.
type Removed struct {
	UserID ids.ID `json:"user_id"`
}

// EmailChangeRequested says that a user wants another e-mail address, which must
// be confirmed.
type EmailChangeRequested struct {
	UserID ids.ID `json:"user_id"`
}

// EmailChanged says that a user has another e-mail address. Old is the one
// before, sealed: it is told.
type EmailChanged struct {
	UserID ids.ID `json:"user_id"`
	Old    []byte `json:"old"`
}

// Left says that a user has closed their account and everything of theirs is to
// be erased. Email is where that is told, sealed: soon it is nowhere else.
type Left struct {
	UserID   ids.ID `json:"user_id"`
	Username string `json:"username"`
	Locale   string `json:"locale"`
	Email    []byte `json:"email"`
}

// ExportReady says that the archive that a user asked for can be fetched.
type ExportReady struct {
	UserID ids.ID `json:"user_id"`
}

// NetworksChanged says that other networks are blocked from now on.
type NetworksChanged struct{}

// Kind implements bus.Payload.
func (NetworksChanged) Kind() string { return "networks_changed" }

// Kind implements bus.Payload.
func (EmailChangeRequested) Kind() string { return "email_change_requested" }

// Kind implements bus.Payload.
func (EmailChanged) Kind() string { return "email_changed" }

// Kind implements bus.Payload.
func (Left) Kind() string { return "left" }

// Kind implements bus.Payload.
func (ExportReady) Kind() string { return "export_ready" }

// Kind implements bus.Payload.
func (Registered) Kind() string { return "registered" }

// Kind implements bus.Payload.
func (ConfirmationRequested) Kind() string { return "confirmation_requested" }

// Kind implements bus.Payload.
func (ResetRequested) Kind() string { return "reset_requested" }

// Kind implements bus.Payload.
func (Approved) Kind() string { return "approved" }

// Kind implements bus.Payload.
func (Changed) Kind() string { return "changed" }

// Kind implements bus.Payload.
func (Revoked) Kind() string { return "revoked" }

// Kind implements bus.Payload.
func (SignedOut) Kind() string { return "signed_out" }

// Kind implements bus.Payload.
func (Removed) Kind() string { return "removed" }
