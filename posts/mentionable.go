package posts

import (
	"fmt"
	"slices"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Unexpected is the cause of Invalid for a draft that names others than those
// whom its author had in mind.
type Unexpected struct{ Accounts []ids.ID }

// Error tells how many there are.
func (u *Unexpected) Error() string { return fmt.Sprintf("%d unexpected mentions", len(u.Accounts)) }

// onlyNames returns Invalid if a text names others than its author and those
// that are allowed.
func (c *content) onlyNames(author ids.ID, allowed *[]ids.ID) error {
	if allowed == nil {
		return nil
	}
	u := &Unexpected{}
	for _, m := range c.mentions {
		if m.AccountID != author && !slices.Contains(*allowed, m.AccountID) {
			u.Accounts = append(u.Accounts, m.AccountID)
		}
	}
	if len(u.Accounts) == 0 {
		return nil
	}
	return errs.Wrap(errs.Invalid, "Validation failed: The text mentions accounts that it was not meant for", u)
}
