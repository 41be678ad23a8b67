package identity

import (
	"net/netip"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/limit"
)

// How often something may be tried. Counting and deciding is one step, so many
// tries at one instant gain nothing.
var (
	ruleSignUp        = limit.Rule{Name: "identity.signup", Limit: 5, Window: 30 * time.Minute}           // address
	ruleSignIn        = limit.Rule{Name: "identity.signin", Limit: 10, Window: 5 * time.Minute}           // address and account
	ruleSignInAccount = limit.Rule{Name: "identity.signin_account", Limit: 25, Window: time.Hour}         // account
	ruleSignInAddress = limit.Rule{Name: "identity.signin_address", Limit: 100, Window: time.Hour}        // address
	ruleMail          = limit.Rule{Name: "identity.mail", Limit: 5, Window: 30 * time.Minute}             // e-mail
	ruleMailAddress   = limit.Rule{Name: "identity.mail_address", Limit: 20, Window: time.Hour}           // address
	rulePassword      = limit.Rule{Name: "identity.password_change", Limit: 10, Window: 10 * time.Minute} // account
)

// allow counts one try of who under a rule. Returns TooMany if it is one too many.
func (s *Service) allow(r limit.Rule, who string) error {
	if d := s.limiter.Allow(who, r); !d.OK {
		return &errs.Error{Kind: errs.TooMany, Text: "Too many requests; try again later", After: d.RetryAfter}
	}
	return nil
}

// allowSignIn counts one try to sign in. An unknown login counts as an account
// of its own, so that known and unknown ones are answered alike.
func (s *Service) allowSignIn(userID ids.ID, login, address string) error {
	account := "login " + login
	if userID != 0 {
		account = "user " + userID.String()
	}
	if err := s.allow(ruleSignInAddress, addressKey(address)); err != nil {
		return err
	}
	if err := s.allow(ruleSignIn, addressKey(address)+" "+account); err != nil {
		return err
	}
	return s.allow(ruleSignInAccount, account)
}

// addressKey returns what the tries of an address are counted by; those whose
// address is not known count together.
func addressKey(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	return limit.AddressKey(a)
}
