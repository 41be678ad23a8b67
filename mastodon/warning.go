package mastodon

import (
	"context"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/moderation"
)

// warningEntity is AccountWarning of the API. Appeals are made by mail: there
// is none here.
type warningEntity struct {
	ID            ids.ID                 `json:"id"`
	Action        string                 `json:"action"`
	Text          string                 `json:"text"`
	StatusIDs     []ids.ID               `json:"status_ids"`
	TargetAccount encoded[accountEntity] `json:"target_account"`
	Appeal        *struct{}              `json:"appeal"`
	CreatedAt     string                 `json:"created_at"`
}

func (s *server) warningEntity(ctx context.Context, w *moderation.Warning) (warningEntity, error) {
	target, err := s.accountJSON(ctx, w.AccountID)
	return warningEntity{ID: w.ID, Action: string(w.Action), Text: w.Text, StatusIDs: orEmpty(w.StatusIDs),
		TargetAccount: encoded[accountEntity](target), CreatedAt: w.CreatedAt.UTC().Format(timeFormat)}, err
}
