package mastodon

import (
	"errors"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/posts"
)

// unexpectedBody is what a status is refused with; the accounts are there if it
// would reach them and was not meant to.
type unexpectedBody struct {
	errorBody
	Accounts []encoded[accountEntity] `json:"unexpected_accounts,omitempty"`
}

// refusedDraft answers with the accounts that a draft must not mention, if that
// is what is wrong with it.
func (s *server) refusedDraft(c *Call, err error) error {
	var why *errs.Error
	var unexpected *posts.Unexpected
	if !errors.As(err, &why) || !errors.As(err, &unexpected) {
		return err
	}
	found, err := s.accountsJSON(c.R.Context(), unexpected.Accounts)
	if err != nil {
		return err
	}
	body := unexpectedBody{errorBody: errorBody{Error: why.Text, Details: &map[string][]fieldError{}}}
	for _, id := range unexpected.Accounts {
		if a := found[id]; a != nil {
			body.Accounts = append(body.Accounts, a)
		}
	}
	return c.JSON(statuses[why.Kind], body)
}
