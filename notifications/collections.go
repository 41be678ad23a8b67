package notifications

import (
	"context"
	"slices"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// planCollections plans what those are told who are in a collection.
func (s *Service) planCollections(ctx context.Context, p *plan, e bus.Event) error {
	switch e.Domain + "." + e.Kind {
	case "profiles.collected":
		return with(e, func(c profiles.Collected) error {
			p.tell(e, AddedToCollection, c.To, c.From, c.CollectionID)
			return nil
		})
	case "profiles.uncollected":
		return with(e, func(c profiles.Uncollected) error {
			p.untell(e, AddedToCollection, c.To, c.From, c.CollectionID)
			p.untell(e, CollectionUpdate, c.To, c.From, c.CollectionID)
			return nil
		})
	case "profiles.collection_changed":
		return with(e, func(c profiles.CollectionChanged) error {
			found, err := s.Profiles.Collection(ctx, c.From, c.CollectionID)
			if errs.Is(err, errs.NotFound) {
				return nil // it is gone
			}
			if err != nil {
				return err
			}
			for _, item := range found.Items {
				p.tell(e, CollectionUpdate, item.AccountID, c.From, c.CollectionID)
			}
			return nil
		})
	case "profiles.collection_removed":
		return with(e, func(c profiles.CollectionRemoved) error {
			p.delete(c.CollectionID)
			return nil
		})
	}
	return nil
}

// inCollections leaves out what is about collections that a reader may not see,
// or is not in any more.
func (s *Service) inCollections(ctx context.Context, reader ids.ID, changes []change) ([]change, error) {
	out := changes[:0]
	for _, c := range changes {
		if c.kind == AddedToCollection || c.kind == CollectionUpdate {
			found, err := s.Profiles.Collection(ctx, reader, c.post)
			if err != nil && !errs.Is(err, errs.NotFound) {
				return nil, err
			}
			if err != nil || !slices.ContainsFunc(found.Items, func(i profiles.CollectionItem) bool { return i.AccountID == reader }) {
				continue
			}
		}
		out = append(out, c)
	}
	return out, nil
}
