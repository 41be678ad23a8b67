package app

import (
	"context"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/moderation"
)

// audited records what the command line does about a user, and does it.
func (a *App) audited(ctx context.Context, name, action, details string, do func(ctx context.Context, id ids.ID) error) error {
	return a.withUser(ctx, name, func(ctx context.Context, id ids.ID) error {
		e := moderation.Entry{Action: action, Kind: "account", TargetID: id, Target: name, Details: details}
		if err := a.Moderation.Record(ctx, moderation.Actor{}, e); err != nil {
			return err
		}
		return do(ctx, id)
	})
}
