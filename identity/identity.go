// Package identity decides who may come in: users with their credentials and
// roles, sign-up, confirmation and reset, browser sessions, OAuth apps, codes
// and tokens. It knows no HTTP and no profile: what people show of themselves
// is the room profiles. A user and their account have the same id.
package identity

import (
	"time"

	"github.com/guildhall/guildhall/internal/ids"
)

// Role is what a user may do beyond their own things; each includes the one before.
type Role string

// The roles.
const (
	RoleUser      Role = "user"
	RoleModerator Role = "moderator"
	RoleAdmin     Role = "admin"
	RoleOwner     Role = "owner"
)

// User is a person who can sign in.
type User struct {
	ID        ids.ID // also the account's id
	Username  string // as it was typed at sign-up; unique whatever the case
	Email     string // unsealed; never leaves this person's own answers
	Role      Role
	Locale    string // BCP 47
	Reason    string // why they want in, for approval
	AppID     ids.ID // the app that signed them up, 0 for the web pages
	CreatedAt time.Time
	Confirmed bool // the e-mail address is theirs
	Approved  bool // a moderator has let them in, or none needs to
	Disabled  bool // may not sign in
	Suspended bool // the account is closed by moderators; may not sign in either
}

// Active tells whether the user may use the service.
func (u *User) Active() bool { return u.Confirmed && u.Approved && !u.Barred() }

// Barred tells whether moderators keep the user out.
func (u *User) Barred() bool { return u.Disabled || u.Suspended }

// SignUp is what a person gives to become a user.
type SignUp struct {
	Username, Email, Password string
	Locale                    string
	Reason                    string
	Invite                    string // invitation code
	Agreed                    bool   // to the rules
	AppID                     ids.ID // 0: web pages
	Address                   string // the client's IP address
	// Trusted is set by the command line: confirmed and approved at once, no
	// mail, no registration mode, Role as given; Password may be empty for a
	// user who cannot sign in with one.
	Trusted bool
	Role    Role
}

// Registrations says who may sign up.
type Registrations string

// The registration modes.
const (
	Open       Registrations = "open"
	ByApproval Registrations = "approval"
	ByInvite   Registrations = "invite"
	Closed     Registrations = "closed"
)

// App is a registered OAuth client.
type App struct {
	ID           ids.ID
	Name         string
	Website      string
	RedirectURIs []string
	Scopes       Scopes
	ClientID     string
	ClientSecret string // only in the answer to its registration
	CreatedAt    time.Time
}

// OutOfBand is the redirect URI of apps that have the user copy the code.
const OutOfBand = "urn:ietf:wg:oauth:2.0:oob"

// AuthorizeRequest is a client's request for a user's consent (RFC 6749 §4.1.1,
// RFC 7636 §4.3).
type AuthorizeRequest struct {
	ClientID, RedirectURI, ResponseType, Scope, State string
	CodeChallenge, CodeChallengeMethod                string
	ForceLogin                                        bool
	Lang                                              string
}

// TokenRequest is a client's request for a token (RFC 6749 §4.1.3, §4.3.2, §4.4.2).
type TokenRequest struct {
	GrantType, ClientID, ClientSecret string
	Code, RedirectURI, CodeVerifier   string
	Username, Password, Scope         string
	Address                           string // the client's IP address
}

// Token is an access token as it is given out; only its hash is kept.
type Token struct {
	Secret    string
	Scopes    Scopes
	CreatedAt time.Time
}

// Caller is who makes a request: what a valid access token stands for.
type Caller struct {
	TokenID ids.ID
	AppID   ids.ID
	UserID  ids.ID // 0: an app on its own behalf
	Role    Role
	Scopes  Scopes
	// Pending says why a user's token does not open anything yet, in words for
	// the user; empty if it does.
	Pending string
}

// Session is a signed-in browser.
type Session struct {
	ID        ids.ID
	UserID    ids.ID
	CreatedAt time.Time
	// The following are of listed sessions only.
	UsedAt    time.Time // to the hour
	Address   string    // IP address that it began from
	UserAgent string    // what the browser called itself then
}

// Grant is a token that an app has for a user.
type Grant struct {
	TokenID   ids.ID
	App       *App
	Scopes    Scopes
	CreatedAt time.Time
}

// OAuthError is a failure of the OAuth protocol, with its code of RFC 6749 §5.2
// or §4.1.2.1 ("invalid_grant", "invalid_client", …).
type OAuthError struct {
	Code string
	Text string
}

// Error returns the code and the text.
func (e *OAuthError) Error() string { return e.Code + ": " + e.Text }
