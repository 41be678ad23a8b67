package mastodon

import (
	"context"
	"net/http"
	"slices"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/moderation"
)

// reportEntity is Report of the API.
type reportEntity struct {
	ID            ids.ID                 `json:"id"`
	ActionTaken   bool                   `json:"action_taken"`
	ActionTakenAt *string                `json:"action_taken_at"`
	Category      string                 `json:"category"`
	Comment       string                 `json:"comment"`
	Forwarded     bool                   `json:"forwarded"` // no server is asked: there are no remote accounts
	CreatedAt     string                 `json:"created_at"`
	StatusIDs     []ids.ID               `json:"status_ids"`
	RuleIDs       []ids.ID               `json:"rule_ids"`
	CollectionIDs []ids.ID               `json:"collection_ids"`
	TargetAccount encoded[accountEntity] `json:"target_account"`
}

// reportParams are what a report is made of. forward is taken and has no
// effect, as there is nobody to forward to.
type reportParams struct {
	AccountID     ids.ID   `param:"account_id"`
	StatusIDs     []ids.ID `param:"status_ids"`
	RuleIDs       []ids.ID `param:"rule_ids"`
	CollectionIDs []ids.ID `param:"collection_ids"`
	Category      string   `param:"category"`
	Comment       string   `param:"comment"`
	Forward       bool     `param:"forward"`
}

func (s *server) createReport(c *Call) error {
	var in reportParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	ctx := c.R.Context()
	r, err := s.Moderation.Report(ctx, c.Viewer(), moderation.Draft{TargetID: in.AccountID, Category: moderation.Category(in.Category),
		Comment: in.Comment, StatusIDs: in.StatusIDs, RuleIDs: s.knownRules(in.RuleIDs), CollectionIDs: in.CollectionIDs})
	if err != nil {
		return err
	}
	e, err := s.reportEntity(ctx, r)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, e)
}

func (s *server) reportEntity(ctx context.Context, r *moderation.Report) (reportEntity, error) {
	target, err := s.accountJSON(ctx, r.TargetID)
	return reportEntity{ID: r.ID, ActionTaken: r.Resolved(), ActionTakenAt: timestamp(r.ResolvedAt),
		Category: string(r.Category), Comment: r.Comment, CreatedAt: r.CreatedAt.Format(timeFormat), StatusIDs: orEmpty(r.StatusIDs),
		RuleIDs: orEmpty(r.RuleIDs), CollectionIDs: orEmpty(r.CollectionIDs), TargetAccount: target}, err
}

// knownRules returns those of the rules that the server has.
func (s *server) knownRules(list []ids.ID) []ids.ID {
	rules := s.Instance.House().Rules
	return slices.DeleteFunc(list, func(id ids.ID) bool {
		return !slices.ContainsFunc(rules, func(r *instance.Rule) bool { return r.ID == id })
	})
}

// orEmpty returns a list that is empty rather than null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
