package mastodon

import (
	"context"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/notifications"
)

// subject is what a notification is about that is about no post.
type subject struct {
	kind notifications.Type
	id   ids.ID
}

// subjects returns what notifications are about as JSON, as a viewer sees it;
// what is gone is left out.
func (s *server) subjects(ctx context.Context, viewer ids.ID, list []subject) (map[ids.ID][]byte, error) {
	out := map[ids.ID][]byte{}
	var warnings []ids.ID
	for _, about := range list {
		switch about.kind {
		case notifications.Warned:
			warnings = append(warnings, about.id)
		case notifications.Reported:
			body, err := s.reportJSON(ctx, about.id)
			if err != nil && !errs.Is(err, errs.NotFound) {
				return nil, err
			}
			out[about.id] = body
		case notifications.AddedToCollection, notifications.CollectionUpdate:
			body, err := s.collectionJSON(ctx, viewer, about.id)
			if err != nil && !errs.Is(err, errs.NotFound) {
				return nil, err
			}
			out[about.id] = body
		}
	}
	found, err := s.Moderation.Warnings(ctx, warnings)
	if err != nil {
		return nil, err
	}
	for id, w := range found {
		e, err := s.warningEntity(ctx, w)
		if err == nil {
			out[id], err = encode(e)
		}
		if err != nil && !errs.Is(err, errs.NotFound) {
			return nil, err
		}
	}
	return out, nil
}

func (s *server) reportJSON(ctx context.Context, id ids.ID) ([]byte, error) {
	r, err := s.Moderation.ReportByID(ctx, id)
	if err != nil {
		return nil, err
	}
	e, err := s.reportEntity(ctx, r)
	if err != nil {
		return nil, err
	}
	return encode(e)
}

func (s *server) collectionJSON(ctx context.Context, viewer, id ids.ID) ([]byte, error) {
	c, err := s.Profiles.Collection(ctx, viewer, id)
	if err != nil {
		return nil, err
	}
	return encode(s.collectionEntity(c))
}

// subjectName returns what the API calls the subject of a type; empty: none.
func subjectName(t notifications.Type) string {
	switch t {
	case notifications.Reported:
		return "report"
	case notifications.Warned:
		return "moderation_warning"
	case notifications.AddedToCollection, notifications.CollectionUpdate:
		return "collection"
	}
	return ""
}
