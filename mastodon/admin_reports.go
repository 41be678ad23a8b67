package mastodon

import (
	"context"
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/moderation"
)

// adminReportEntity is Admin::Report of the API.
type adminReportEntity struct {
	ID            ids.ID                  `json:"id"`
	ActionTaken   bool                    `json:"action_taken"`
	ActionTakenAt *string                 `json:"action_taken_at"`
	Category      string                  `json:"category"`
	Comment       string                  `json:"comment"`
	Forwarded     bool                    `json:"forwarded"`
	CreatedAt     string                  `json:"created_at"`
	UpdatedAt     string                  `json:"updated_at"`
	Account       adminAccountEntity      `json:"account"`
	TargetAccount adminAccountEntity      `json:"target_account"`
	AssignedTo    *adminAccountEntity     `json:"assigned_account"`
	ActionTakenBy *adminAccountEntity     `json:"action_taken_by_account"`
	Statuses      []encoded[statusAnswer] `json:"statuses"`
	Rules         []rule                  `json:"rules"`
}

// adminReports makes the entities of reports. One whose account is gone for
// good is left out.
func (s *server) adminReports(ctx context.Context, viewer ids.ID, list []*moderation.Report) ([]adminReportEntity, error) {
	var want []ids.ID
	for _, r := range list {
		want = append(want, r.AccountID, r.TargetID, r.AssignedID, r.ResolvedID)
	}
	members, err := s.Moderation.MembersByID(ctx, want)
	if err != nil {
		return nil, err
	}
	accounts := make(map[ids.ID]*adminAccountEntity, len(members))
	for id, m := range members {
		e, err := s.adminAccount(ctx, m)
		if err != nil {
			return nil, err
		}
		accounts[id] = &e
	}
	out := make([]adminReportEntity, 0, len(list))
	for _, r := range list {
		by, target := accounts[r.AccountID], accounts[r.TargetID]
		if by == nil || target == nil {
			continue
		}
		e := adminReportEntity{ID: r.ID, ActionTaken: r.Resolved(), ActionTakenAt: timestamp(r.ResolvedAt), Category: string(r.Category),
			Comment: r.Comment, CreatedAt: r.CreatedAt.UTC().Format(timeFormat), UpdatedAt: r.UpdatedAt.UTC().Format(timeFormat),
			Account: *by, TargetAccount: *target, AssignedTo: accounts[r.AssignedID], ActionTakenBy: accounts[r.ResolvedID], Rules: s.rulesOf(r)}
		if e.Statuses, err = s.evidence(ctx, viewer, r); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// evidence returns the posts of a report, whoever may see them.
func (s *server) evidence(ctx context.Context, viewer ids.ID, r *moderation.Report) ([]encoded[statusAnswer], error) {
	out := []encoded[statusAnswer]{}
	views, err := s.Posts.Evidence(ctx, r.StatusIDs)
	if err != nil {
		return nil, err
	}
	for _, v := range views {
		body, err := s.statusJSON(ctx, viewer, v)
		if err != nil {
			return nil, err
		}
		out = append(out, body)
	}
	return out, nil
}

func (s *server) rulesOf(r *moderation.Report) []rule {
	out := []rule{}
	for _, known := range s.rules() {
		for _, id := range r.RuleIDs {
			if known.ID == id {
				out = append(out, known)
			}
		}
	}
	return out
}

// adminReportsParams are the filters of the list of reports.
type adminReportsParams struct {
	Resolved  bool   `param:"resolved"`
	AccountID ids.ID `param:"account_id"`
	TargetID  ids.ID `param:"target_account_id"`
	pageParams
}

func (s *server) adminReportList(c *Call) error {
	var in adminReportsParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	ctx := c.R.Context()
	list, err := s.Moderation.Reports(ctx, moderation.ReportFilter{Resolved: in.Resolved, AccountID: in.AccountID, TargetID: in.TargetID},
		c.Page(adminPage, adminPageMax))
	if err != nil {
		return err
	}
	out, err := s.adminReports(ctx, c.Viewer(), list)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		c.Link(list[0].ID, list[len(list)-1].ID)
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) adminReport(c *Call) error {
	return s.onReport(c, func(id ids.ID) (*moderation.Report, error) { return s.Moderation.ReportByID(c.R.Context(), id) })
}

func (s *server) adminAssign(c *Call) error {
	return s.onReport(c, func(id ids.ID) (*moderation.Report, error) {
		return s.Moderation.Assign(c.R.Context(), c.actor(), id, c.Viewer())
	})
}

func (s *server) adminUnassign(c *Call) error {
	return s.onReport(c, func(id ids.ID) (*moderation.Report, error) {
		return s.Moderation.Assign(c.R.Context(), c.actor(), id, 0)
	})
}

func (s *server) adminResolve(c *Call) error {
	return s.onReport(c, func(id ids.ID) (*moderation.Report, error) {
		return s.Moderation.Resolve(c.R.Context(), c.actor(), id)
	})
}

func (s *server) adminReopen(c *Call) error {
	return s.onReport(c, func(id ids.ID) (*moderation.Report, error) {
		return s.Moderation.Reopen(c.R.Context(), c.actor(), id)
	})
}

// classifyParams change what a report is about.
type classifyParams struct {
	Category *string   `param:"category"`
	RuleIDs  *[]ids.ID `param:"rule_ids"`
}

func (s *server) adminClassify(c *Call) error {
	var in classifyParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if in.RuleIDs != nil {
		known := s.knownRules(*in.RuleIDs)
		in.RuleIDs = &known
	}
	return s.onReport(c, func(id ids.ID) (*moderation.Report, error) {
		return s.Moderation.Classify(c.R.Context(), c.actor(), id, (*moderation.Category)(in.Category), in.RuleIDs)
	})
}

// onReport does something about a report and answers with it.
func (s *server) onReport(c *Call, do func(ids.ID) (*moderation.Report, error)) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	r, err := do(id)
	if err != nil {
		return err
	}
	out, err := s.adminReports(c.R.Context(), c.Viewer(), []*moderation.Report{r})
	if err != nil {
		return err
	}
	if len(out) == 0 { // its people are gone for good
		return s.nothingThere(c)
	}
	return c.JSON(http.StatusOK, out[0])
}
