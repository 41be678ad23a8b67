package posts

import (
	"context"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// viewer is who looks, and how they stand to others at this moment.
type viewer struct {
	id     ids.ID // 0: anonymous
	graph  *profiles.Graph
	states profiles.States
	now    time.Time
}

// nobody follows, blocks and mutes no one.
var nobody = &profiles.Graph{}

// viewer returns who looks at posts in one request.
func (s *Service) viewer(ctx context.Context, id ids.ID) (*viewer, error) {
	v := &viewer{id: id, graph: nobody, now: s.Now()}
	var err error
	if v.states, err = s.Profiles.States(ctx); err != nil || id == 0 {
		return v, err
	}
	v.graph, err = s.Profiles.Graph(ctx, id)
	return v, err
}

// visible tells whether a viewer may see a post. Nothing else decides that,
// and every exported method asks here before it shows a post.
func (s *Service) visible(v *viewer, p *Post) bool {
	if v.states.Is(p.AccountID, profiles.Suspended) {
		return false
	}
	if v.id == p.AccountID {
		return true // also the anonymous viewer: no account has the id 0
	}
	if v.graph.Blocking[p.AccountID] || v.graph.BlockedBy[p.AccountID] {
		return false
	}
	switch p.Visibility {
	case Public, Unlisted:
		return true
	case Followers:
		if _, ok := v.graph.Following[p.AccountID]; ok {
			return true
		}
		return v.mentioned(p)
	case Direct:
		return v.mentioned(p)
	}
	return false
}

func (v *viewer) mentioned(p *Post) bool {
	return v.id != 0 && slices.ContainsFunc(p.Mentions, func(m Mention) bool { return m.AccountID == v.id })
}

// hides tells whether a viewer does not want to see a post in lists, because
// of its author or, of a boost, the author of what is boosted.
func (v *viewer) hides(p, of *Post) bool {
	return v.graph.Hides(p.AccountID, v.now) || of != nil && v.graph.Hides(of.AccountID, v.now)
}

// limited tells whether a post is kept out of what a viewer did not ask for:
// its author is silenced and the viewer does not follow them.
func (v *viewer) limited(p *Post) bool {
	if !v.states.Is(p.AccountID, profiles.Silenced) || v.id == p.AccountID {
		return false
	}
	_, follows := v.graph.Following[p.AccountID]
	return !follows
}

// visibleTo returns a post that the viewer may see. Returns NotFound if there
// is none. A boost is visible if what it boosts is, too.
func (s *Service) visibleTo(ctx context.Context, by, id ids.ID) (*entry, error) {
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	var found [1]*entry
	if err := s.entries(ctx, []ids.ID{id}, found[:]); err != nil {
		return nil, err
	}
	e := found[0]
	if e == nil || !s.visible(v, e.post) {
		return nil, errs.NotFoundRecord()
	}
	if e.post.BoostOfID == 0 {
		return e, nil
	}
	var of [1]*entry
	if err := s.entries(ctx, []ids.ID{e.post.BoostOfID}, of[:]); err != nil {
		return nil, err
	}
	if of[0] == nil || !s.visible(v, of[0].post) {
		return nil, errs.NotFoundRecord()
	}
	return e, nil
}
