package mastodon

import (
	"errors"
	"net/http"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
)

// signUpParams are a new member's.
type signUpParams struct {
	Username  string `param:"username"`
	Email     string `param:"email"`
	Password  string `param:"password"`
	Agreement bool   `param:"agreement"`
	Locale    string `param:"locale"`
	Reason    string `param:"reason"`
	Invite    string `param:"invite_code"`
}

// signUp makes a user and answers with a token of the app that asked, which
// opens nothing before the address is confirmed. The app may ask with its own
// token or with a member's: it gets no more by one than by the other. It takes no
// parameter that could give anybody a role.
func (s *server) signUp(c *Call) error {
	var in signUpParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	ctx := c.R.Context()
	u, err := s.Profiles.Register(ctx, identity.SignUp{
		Username: in.Username, Email: in.Email, Password: in.Password, Agreed: in.Agreement, Locale: in.Locale,
		Reason: in.Reason, Invite: in.Invite, AppID: c.Caller.AppID, Address: c.Address().String(),
	})
	if err != nil {
		return refusedSignUp(err)
	}
	t, err := s.Identity.NewToken(ctx, c.Caller.AppID, u.ID, c.Caller.Scopes)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, tokenOf(t))
}

// refusedSignUp says of an e-mail address that is missing both that and that it is
// none: clients have learned to expect the two together.
func refusedSignUp(err error) error {
	var why *errs.Error
	if errors.As(err, &why) {
		if list := why.Fields["email"]; len(list) == 1 && list[0].Code == "ERR_BLANK" {
			why.Fields["email"] = append(list, errs.Field{Code: "ERR_INVALID", Text: "is invalid"})
		}
	}
	return err
}

// emailParams name an address.
type emailParams struct {
	Email string `param:"email"`
}

// resendConfirmation mails the link again, to another address if one is given.
func (s *server) resendConfirmation(c *Call) error {
	var in emailParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	ctx := c.R.Context()
	u, err := s.Identity.User(ctx, c.Viewer())
	if err != nil {
		return err
	}
	if u.AppID != c.Caller.AppID {
		return errs.New(errs.Forbidden, "This method is only available to the application the user originally signed-up with")
	}
	if u.Confirmed {
		return errs.New(errs.Forbidden, "This method is only available while the e-mail is awaiting confirmation")
	}
	if err := s.Identity.ResendConfirmation(ctx, u.ID, in.Email); err != nil {
		return err
	}
	return s.emptyObject(c)
}

// checkConfirmation tells a client that waits whether the address is confirmed.
func (s *server) checkConfirmation(c *Call) error {
	u, err := s.Identity.User(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, u.Confirmed)
}
