package mastodon

import (
	"context"
	"strconv"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// quoteStates are the names in the API.
var quoteStates = [...]string{posts.QuoteAccepted: "accepted", posts.QuoteRevoked: "revoked", posts.QuoteDeleted: "deleted",
	posts.QuoteUnauthorized: "unauthorized", posts.QuoteBlocked: "blocked_account", posts.QuoteMuted: "muted_account"}

// quotePolicies are the names in the API.
var quotePolicies = [...]string{posts.QuotableByAll: "public", posts.QuotableByFollowers: "followers", posts.QuotableByNobody: "nobody"}

func parseQuotePolicy(s string) (posts.QuotePolicy, error) {
	for p, name := range quotePolicies {
		if name == s {
			return posts.QuotePolicy(p), nil
		}
	}
	return 0, wrongType("quote_approval_policy", "is not included in the list")
}

// quote writes a quote of the outermost status whole, and of one within it its
// state and id only.
func (w *statusWriter) quote(q *posts.Quote) error {
	if q == nil {
		w.buf = append(w.buf, `null`...)
		return nil
	}
	state, of := quoteStates[q.State], q.Of
	if of != nil && w.accounts[of.AccountID] == nil { // the author has just gone
		state, of = quoteStates[posts.QuoteUnauthorized], nil
	}
	w.buf = append(append(append(w.buf, `{"state":"`...), state...), '"')
	switch {
	case w.quoted && q.ID != 0:
		w.buf = strconv.AppendInt(append(w.buf, `,"quoted_status_id":"`...), int64(q.ID), 10)
		w.buf = append(w.buf, '"')
	case w.quoted:
		w.buf = append(w.buf, `,"quoted_status_id":null`...)
	case of == nil:
		w.buf = append(w.buf, `,"quoted_status":null`...)
	default:
		w.buf = append(w.buf, `,"quoted_status":`...)
		w.quoted = true
		err := w.status(of)
		w.quoted = false
		if err != nil {
			return err
		}
	}
	w.buf = append(w.buf, '}')
	return nil
}

// quoteApproval writes whom the author lets quote a post, and whether the viewer
// is among them.
func (w *statusWriter) quoteApproval(v *posts.View) {
	automatic, viewer := `[]`, `denied`
	if v.QuotePolicy != posts.QuotableByNobody && v.Visibility <= posts.Unlisted {
		automatic = `["` + quotePolicies[v.QuotePolicy] + `"]`
	}
	if v.MayQuote {
		viewer = `automatic`
	}
	w.buf = append(append(w.buf, `,"quote_approval":{"automatic":`...), automatic...)
	w.buf = append(append(w.buf, `,"manual":[],"current_user":"`...), viewer...)
	w.buf = append(w.buf, `"}`...)
}

func (s *server) quotes(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	views, err := s.Posts.Quotes(c.R.Context(), c.Viewer(), id, c.statusPage())
	return s.statusList(c, views, err)
}

func (s *server) revokeQuote(c *Call) error {
	quoting, err := c.PathID("quoting_status_id")
	if err != nil {
		return err
	}
	return s.act(c, func(ctx context.Context, viewer, id ids.ID) (*posts.View, error) {
		return s.Posts.Revoke(ctx, viewer, id, quoting)
	})
}

// interactionPolicyParams are what changes who may do what with a status.
type interactionPolicyParams struct {
	QuotePolicy string `param:"quote_approval_policy" enum:"public,followers,nobody"`
}

func (s *server) setInteractionPolicy(c *Call) error {
	var in interactionPolicyParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	policy, err := parseQuotePolicy(in.QuotePolicy)
	if err != nil {
		return err
	}
	return s.act(c, func(ctx context.Context, viewer, id ids.ID) (*posts.View, error) {
		return s.Posts.SetQuotePolicy(ctx, viewer, id, policy)
	})
}
