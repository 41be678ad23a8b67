package mastodon

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/moderation"
)

// auditEntity is a line of the audit log.
type auditEntity struct {
	ID        ids.ID  `json:"id"`
	CreatedAt string  `json:"created_at"`
	AccountID *ids.ID `json:"account_id"` // who did it; null: the command line
	Action    string  `json:"action"`
	Kind      string  `json:"target_type"`
	TargetID  *ids.ID `json:"target_id"`
	Target    string  `json:"target"` // its name at the time
	IP        *string `json:"ip"`     // null: the command line
	Details   string  `json:"details"`
}

func (s *server) auditLog(c *Call) error {
	list, err := s.Moderation.AuditLog(c.R.Context(), moderation.LogFilter{}, c.Page(adminPage, adminPageMax))
	if err != nil {
		return err
	}
	out := make([]auditEntity, len(list))
	for i, e := range list {
		out[i] = auditEntity{ID: e.ID, CreatedAt: e.At.UTC().Format(timeFormat), AccountID: idOrNil(e.ActorID), Action: e.Action, Kind: e.Kind,
			TargetID: idOrNil(e.TargetID), Target: e.Target, IP: orNil(e.Address), Details: e.Details}
	}
	if len(list) > 0 {
		c.Link(list[0].ID, list[len(list)-1].ID)
	}
	return c.JSON(http.StatusOK, out)
}
