package web

import (
	"context"
	"sync"
	"time"

	"github.com/guildhall/guildhall/posts"
)

// How many tags stand beside the pages, and for how long they are kept. What
// trends changes slowly, and the pages need not read it for every request.
const (
	talkedMax  = 5
	talkedKept = time.Minute
)

// talked keeps what is talked about.
type talked struct {
	mu    sync.Mutex
	tags  []posts.Tag
	until time.Time
}

// talkedAbout is what is talked about, as everybody sees it. That it could not
// be read is no reason to show no page.
func (s *server) talkedAbout(ctx context.Context) []posts.Tag {
	s.talked.mu.Lock()
	defer s.talked.mu.Unlock()
	if now := s.Now(); now.After(s.talked.until) {
		tags, err := s.Posts.TrendingTags(ctx, 0, talkedMax, 0)
		if err != nil {
			s.Log.Warn("trends not read", "error", err)
			return nil
		}
		s.talked.tags, s.talked.until = tags, now.Add(talkedKept)
	}
	return s.talked.tags
}
