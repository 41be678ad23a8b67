package posts

import (
	"context"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/maypok86/otter/v2"
)

// Limits of a conversation that is shown.
const (
	ancestorsAnonymous   = 40
	descendantsAnonymous = 60
	depthAnonymous       = 20
	contextMax           = 1000 // ancestors, and descendants, for signed-in viewers
	threadMax            = 20_000
)

// thread is which post of a conversation answers which. It is shared and never
// changed; posts that are deleted meanwhile make it stale.
type thread struct {
	parents map[ids.ID]ids.ID
	answers map[ids.ID][]ids.ID // oldest first
}

func weighThread(_ ids.ID, t *thread) uint32 { return uint32(512 + 160*len(t.parents)) }

// thread returns a conversation by its first post.
func (s *Service) thread(ctx context.Context, root ids.ID) (*thread, error) {
	if t, ok := s.threads.GetIfPresent(root); ok {
		return t, nil
	}
	return s.threads.Get(ctx, root, otter.LoaderFunc[ids.ID, *thread](s.readThread))
}

func (s *Service) readThread(ctx context.Context, root ids.ID) (*thread, error) {
	rows, err := db.All(ctx, s.DB, func(k *keyed[ids.ID]) []any { return []any{&k.of, &k.value} },
		"SELECT id, in_reply_to_id FROM posts_posts WHERE thread_id = $1 AND thread_id <> 0 ORDER BY id LIMIT $2", root, threadMax)
	t := &thread{parents: make(map[ids.ID]ids.ID, len(rows)), answers: map[ids.ID][]ids.ID{}}
	for _, r := range rows {
		t.parents[r.of] = r.value
		t.answers[r.value] = append(t.answers[r.value], r.of)
	}
	return t, err
}

// Context returns what a post answers, from the first post on, and what answers
// it, each answer followed by its own answers. It leaves out what the viewer
// may not or does not want to see. Returns NotFound if they may not see the post.
func (s *Service) Context(ctx context.Context, by, id ids.ID) (ancestors, descendants []*View, err error) {
	e, err := s.visibleTo(ctx, by, id)
	if err != nil || e.post.ThreadID == 0 {
		return nil, nil, err
	}
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, nil, err
	}
	t, err := s.thread(ctx, e.post.ThreadID)
	if err != nil {
		return nil, nil, err
	}
	up, down, depth := contextMax, contextMax, contextMax
	if by == 0 {
		up, down, depth = ancestorsAnonymous, descendantsAnonymous, depthAnonymous
	}
	above, below := t.above(e.post, up), t.below(id, down, depth)
	listed := func(v *viewer, p, of *Post) bool { return !v.hides(p, of) }
	if ancestors, err = s.views(ctx, v, above, listed); err != nil {
		return nil, nil, err
	}
	descendants, err = s.views(ctx, v, below, listed)
	return ancestors, descendants, err
}

// AnswersSince returns what has come into a conversation, named by its first post,
// after another post, oldest first. It leaves out what the viewer may not or does
// not want to see.
func (s *Service) AnswersSince(ctx context.Context, by, root, since ids.ID) ([]*View, error) {
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	t, err := s.thread(ctx, root)
	if err != nil {
		return nil, err
	}
	var fresh []ids.ID
	for id := range t.parents {
		if id > since {
			fresh = append(fresh, id)
		}
	}
	slices.Sort(fresh)
	return s.views(ctx, v, fresh[:min(len(fresh), contextMax)], func(v *viewer, p, of *Post) bool { return !v.hides(p, of) })
}

// above returns what a post answers, the first post first, no more than most.
func (t *thread) above(p *Post, most int) []ids.ID {
	var out []ids.ID
	for id := p.InReplyToID; id != 0 && len(out) < most; {
		parent, ok := t.parents[id]
		if !ok {
			break // deleted
		}
		out = append(out, id)
		id = parent
	}
	slices.Reverse(out)
	return out
}

// below returns what answers a post, depth first, no more than most.
func (t *thread) below(id ids.ID, most, depth int) []ids.ID {
	type level struct {
		id    ids.ID
		depth int
	}
	var out []ids.ID
	stack := []level{{id, 0}}
	for len(stack) > 0 && len(out) < most {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if at.id != id {
			out = append(out, at.id)
		}
		if at.depth == depth {
			continue
		}
		for _, answer := range slices.Backward(t.answers[at.id]) {
			stack = append(stack, level{answer, at.depth + 1})
		}
	}
	return out
}
