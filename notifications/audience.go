package notifications

import (
	"context"
	"maps"
	"slices"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// audience are the connected accounts that have a post in a timeline of their
// own, in their home or in a list, or read its thread.
type audience struct {
	homes   []ids.ID
	lists   []posts.ListReader
	thread  ids.ID
	threads map[ids.ID]bool // who reads it
}

func (a audience) empty() bool { return len(a.homes)+len(a.lists)+len(a.threads) == 0 }

// audience returns who has a post in a timeline of theirs or reads its thread.
// Of timelines, only those are asked whose feed is kept, which is for the hub.
func (s *Service) audience(ctx context.Context, c posts.Created) (audience, error) {
	homes, err := s.Posts.HomeReaders(ctx, c)
	if err != nil {
		return audience{}, err
	}
	lists, err := s.Posts.ListReaders(ctx, c)
	if err != nil {
		return audience{}, err
	}
	to := audience{homes: homes, lists: lists, thread: c.ThreadID}
	listeners := s.hub.listeners([]Channel{to.channel()})
	if c.BoostOfID != 0 || len(listeners) == 0 {
		return to, nil
	}
	readers, err := s.Posts.ThreadReaders(ctx, c, slices.Collect(maps.Keys(listeners)))
	to.threads = make(map[ids.ID]bool, len(readers))
	for _, id := range readers {
		to.threads[id] = true
	}
	return to, err
}

// channel is the one of the thread.
func (a audience) channel() Channel { return Channel{Name: ChannelThread, Thread: a.thread} }

// toAudience puts a message into the feeds that hear the timelines or the thread.
func (h *hub) toAudience(m *Message, to audience) {
	h.toUsers(m, Channel{Name: ChannelUser}, to.homes)
	for _, l := range to.lists {
		h.toUsers(m, Channel{Name: ChannelList, List: l.List}, []ids.ID{l.Reader})
	}
	h.toChannels(m, []Channel{to.channel()}, to.threads)
}

// createdOf returns what was told when a post was made, as far as audience asks.
func createdOf(p *posts.Post) posts.Created {
	c := posts.Created{ID: p.ID, AccountID: p.AccountID, InReplyToID: p.InReplyToID, InReplyToAccountID: p.InReplyToAccountID,
		ThreadID: p.ThreadID, Visibility: p.Visibility, Tags: p.Tags, Language: p.Language}
	for _, m := range p.Mentions {
		c.Mentions = append(c.Mentions, m.AccountID)
	}
	return c
}

// leaveStrangers takes those out who follow neither the author nor a hashtag
// now, or hide the author or the boosted one: what is known of timelines may be
// a moment older than a block.
func (s *Service) leaveStrangers(ctx context.Context, to *audience, v *posts.View) error {
	var failed error
	strange := func(id ids.ID) bool {
		knows, err := s.knows(ctx, id, v)
		if err != nil {
			failed = err
		}
		return !knows
	}
	to.homes = slices.DeleteFunc(to.homes, strange)
	to.lists = slices.DeleteFunc(to.lists, func(l posts.ListReader) bool { return strange(l.Reader) })
	return failed
}

// knows tells whether a reader follows a post's author or one of its hashtags,
// and hides nobody of it.
func (s *Service) knows(ctx context.Context, reader ids.ID, v *posts.View) (bool, error) {
	if reader == v.AccountID {
		return true, nil
	}
	graph, err := s.Profiles.Graph(ctx, reader)
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	now := s.Now()
	if graph.Hides(v.AccountID, now) || v.Boost != nil && graph.Hides(v.Boost.AccountID, now) {
		return false, nil
	}
	if _, follows := graph.Following[v.AccountID]; follows {
		return true, nil
	}
	if v.Visibility != posts.Public || v.Boost != nil {
		return false, nil
	}
	return s.Posts.FollowsTag(ctx, reader, v.Tags)
}
