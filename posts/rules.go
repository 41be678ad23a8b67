package posts

import (
	"context"
	"slices"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// feedKey names a feed: its reader's home timeline, or one of their lists.
type feedKey struct {
	reader ids.ID
	list   ids.ID // 0: home
}

// rules are what belongs into a feed by what its reader has chosen besides whom
// to follow: hashtags and exclusive lists for the home timeline; for a list who
// is in it and which answers it shows.
type rules struct {
	feedKey
	tags    []string // followed hashtags, sorted, and their ids
	tagIDs  []ids.ID
	apart   map[ids.ID]bool // members of exclusive lists, who are not to be seen at home
	members map[ids.ID]bool
	replies RepliesPolicy
}

// readRules reads what a feed goes by. Returns NotFound for a list that is not
// the reader's.
func (s *Service) readRules(ctx context.Context, key feedKey) (*rules, error) {
	r := &rules{feedKey: key}
	if key.list != 0 {
		l, err := s.List(ctx, key.reader, key.list)
		if err != nil {
			return nil, err
		}
		r.replies = l.Replies
		r.members, err = s.accountSet(ctx, "SELECT account_id FROM posts_list_members WHERE list_id = $1", key.list)
		return r, err
	}
	var err error
	r.apart, err = s.accountSet(ctx, "SELECT m.account_id FROM posts_lists l JOIN posts_list_members m ON m.list_id = l.id WHERE l.account_id = $1 AND l.exclusive", key.reader)
	if err != nil {
		return nil, err
	}
	delete(r.apart, key.reader) // one's own posts stay
	return r, s.readFollowedTags(ctx, r)
}

func (s *Service) accountSet(ctx context.Context, text string, args ...any) (map[ids.ID]bool, error) {
	found, err := db.Values[ids.ID](ctx, s.DB, text, args...)
	set := make(map[ids.ID]bool, len(found))
	for _, id := range found {
		set[id] = true
	}
	return set, err
}

// pushes tells whether what an account posts may come into the feed. The
// account is the reader or one whom they follow.
func (r *rules) pushes(account ids.ID) bool {
	if r.list != 0 {
		return r.members[account]
	}
	return !r.apart[account]
}

// admits tells whether a post belongs into the feed by these rules and by who
// follows whom. Of a direct post it must also mention the reader, or be theirs.
func (r *rules) admits(g *profiles.Graph, c *candidate, now time.Time) bool {
	return r.pushes(c.author) && (r.list == 0 || r.listed(c)) && admits(g, r.reader, c, now)
}

// listed tells whether a list shows a member's post.
func (r *rules) listed(c *candidate) bool {
	if c.visibility == Direct {
		return false
	}
	if c.boost != 0 || c.replyTo == 0 || c.replyTo == c.author || c.replyTo == r.reader {
		return true
	}
	switch r.replies {
	case RepliesToMembers:
		return r.members[c.replyTo]
	case RepliesToFollowed:
		return true // as far as admits lets them
	}
	return false
}

// follows tells whether the reader follows one of some hashtags.
func (r *rules) follows(tags []string) bool {
	return slices.ContainsFunc(tags, func(tag string) bool {
		_, ok := slices.BinarySearch(r.tags, tag)
		return ok
	})
}
