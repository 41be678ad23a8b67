package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Written returns what an account has written and boosted, whoever may see it,
// in the order of the ids, after one of them (0: from the start). Of a boost,
// Boost has what the boosted post itself says. It is for the archive that the
// account gets, and reads past the caches: nobody else wants to see all of it.
func (s *Service) Written(ctx context.Context, account, after ids.ID, limit int) ([]*View, error) {
	list, err := db.Values[ids.ID](ctx, s.DB, "SELECT id FROM posts_posts WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3", account, after, limit)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	found, err := s.read(ctx, s.DB, list)
	if err != nil {
		return nil, err
	}
	var boosted []ids.ID
	for _, e := range found {
		if e.post.BoostOfID != 0 {
			boosted = append(boosted, e.post.BoostOfID)
		}
	}
	originals, err := s.read(ctx, s.DB, boosted)
	if err != nil {
		return nil, err
	}
	views := make([]*View, 0, len(list))
	for _, id := range list {
		e := found[id]
		if e == nil {
			continue // deleted meanwhile
		}
		v := &View{Post: e.post, Stats: *e.stats.Load(), Poll: e.poll.Load()}
		if of := originals[e.post.BoostOfID]; of != nil {
			v.Boost = &View{Post: of.post}
		}
		views = append(views, v)
	}
	return views, nil
}

// OwnVote is what an account has chosen in a poll.
type OwnVote struct {
	PollID, PostID ids.ID
	Choice         int // counted from 0
}

// Votes returns what an account has chosen, in the order of the polls, after one
// of them (0: from the start). All choices in a poll come together: there may be
// a few more than limit.
func (s *Service) Votes(ctx context.Context, account, after ids.ID, limit int) ([]OwnVote, error) {
	polls, err := db.Values[ids.ID](ctx, s.DB, "SELECT DISTINCT poll_id FROM posts_poll_votes WHERE account_id = $1 AND poll_id > $2 ORDER BY poll_id LIMIT $3", account, after, limit)
	if err != nil || len(polls) == 0 {
		return nil, err
	}
	in, args := db.In([]any{account}, polls)
	return db.All(ctx, s.DB, func(v *OwnVote) []any { return []any{&v.PollID, &v.PostID, &v.Choice} },
		`SELECT v.poll_id, p.post_id, v.position FROM posts_poll_votes v JOIN posts_polls p ON p.id = v.poll_id
		WHERE v.account_id = $1 AND v.poll_id IN `+in+" ORDER BY v.poll_id, v.position", args...)
}

// MutedThreads returns the conversations of which an account wants to hear no
// more.
func (s *Service) MutedThreads(ctx context.Context, account ids.ID) ([]ids.ID, error) {
	return db.Values[ids.ID](ctx, s.DB, "SELECT thread_id FROM posts_thread_mutes WHERE account_id = $1 ORDER BY thread_id", account)
}
