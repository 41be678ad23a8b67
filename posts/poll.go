package posts

import (
	"context"
	"slices"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// Poll returns a poll and what the viewer has chosen. Returns NotFound if the
// viewer may not see its post.
func (s *Service) Poll(ctx context.Context, viewer, pollID ids.ID) (*Poll, ViewerState, error) {
	v, err := s.polled(ctx, viewer, pollID)
	if err != nil {
		return nil, ViewerState{}, err
	}
	return v.Poll, v.Viewer, nil
}

// polled returns the post of a poll.
func (s *Service) polled(ctx context.Context, viewer, pollID ids.ID) (*View, error) {
	post, err := db.Value[ids.ID](ctx, s.DB, "SELECT post_id FROM posts_polls WHERE id = $1", pollID)
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx, viewer, post)
	if err != nil || v.Poll == nil || v.Poll.ID != pollID {
		return nil, notFound(err)
	}
	return v, nil
}

// Vote chooses options of a poll by their numbers, from 0. Returns NotFound if
// the viewer may not see its post; Invalid if the poll is the viewer's own or
// has ended, if the viewer has voted, or if the choices are none, unknown or
// too many.
func (s *Service) Vote(ctx context.Context, viewer, pollID ids.ID, choices []int) (*Poll, ViewerState, error) {
	v, err := s.polled(ctx, viewer, pollID)
	if err != nil {
		return nil, ViewerState{}, err
	}
	choices = slices.Sorted(slices.Values(choices))
	choices = slices.Compact(choices)
	switch {
	case v.AccountID == viewer:
		return nil, ViewerState{}, invalid("You cannot vote in your own polls")
	case len(choices) == 0 || choices[0] < 0 || choices[len(choices)-1] >= len(v.Poll.Options):
		return nil, ViewerState{}, invalid("The chosen vote option does not exist")
	case len(choices) > 1 && !v.Poll.Multiple:
		return nil, ViewerState{}, invalid("Only one option can be chosen")
	}
	if err := s.write(ctx, func(tx *db.Tx) error { return s.vote(ctx, tx, viewer, v.Post, choices) }); err != nil {
		return nil, ViewerState{}, err
	}
	return s.Poll(ctx, viewer, pollID)
}

// dropVotes forgets who has voted on a post's poll, after that was replaced.
func (s *Service) dropVotes(post ids.ID) {
	for viewer := range s.marks.Keys() {
		s.dropMark(viewer, post)
	}
}

func (s *Service) vote(ctx context.Context, tx *db.Tx, viewer ids.ID, p *Post, choices []int) error {
	// First, for this also keeps a second vote of the same viewer waiting.
	n, err := db.Exec(ctx, tx, "UPDATE posts_polls SET voters = voters + 1 WHERE id = $1 AND (expires_at = 0 OR expires_at > $2)", p.PollID, toMillis(s.Now()))
	if err != nil {
		return err
	}
	if n == 0 {
		return invalid("The poll has already ended")
	}
	before, err := db.Value[int](ctx, tx, "SELECT COUNT(*) FROM posts_poll_votes WHERE poll_id = $1 AND account_id = $2", p.PollID, viewer)
	if err != nil {
		return err
	}
	if before > 0 {
		return invalid("You have already voted on this poll")
	}
	var args []any
	for _, c := range choices {
		args = append(args, p.PollID, viewer, c)
	}
	if _, err := db.Exec(ctx, tx, "INSERT INTO posts_poll_votes (poll_id, account_id, position) VALUES "+db.Tuples(len(choices), 3), args...); err != nil {
		return err
	}
	in, args := db.In([]any{p.PollID}, choices)
	if _, err := db.Exec(ctx, tx, "UPDATE posts_poll_options SET votes = votes + 1 WHERE poll_id = $1 AND position IN "+in, args...); err != nil {
		return err
	}
	polls, err := queryPolls(ctx, tx, []ids.ID{p.PollID})
	if err != nil {
		return err
	}
	tx.OnCommit(func() {
		s.setPoll(polls[p.PollID])
		s.markViewer(viewer, p.ID, func(st *ViewerState) { st.Voted, st.Votes = true, choices })
	})
	_, err = s.outbox.Add(ctx, tx, Marked{PostID: p.ID, AccountID: viewer, Voted: true})
	return err
}

// pollsAtOnce bounds how many polls one transaction ends.
const pollsAtOnce = 100

// endPolls tells of polls that take no more votes, each once.
func (s *Service) endPolls(ctx context.Context) error {
	for more := true; more; {
		err := s.write(ctx, func(tx *db.Tx) error {
			ended, err := db.All(ctx, tx, func(p *PollEnded) []any { return []any{&p.PollID, &p.PostID} },
				`UPDATE posts_polls SET ended = TRUE WHERE NOT ended AND id IN
				(SELECT id FROM posts_polls WHERE NOT ended AND expires_at <> 0 AND expires_at <= $1 ORDER BY expires_at LIMIT $2) RETURNING id, post_id`,
				toMillis(s.Now()), pollsAtOnce)
			more = len(ended) == pollsAtOnce
			if err != nil || len(ended) == 0 {
				return err
			}
			return s.tellEnded(ctx, tx, ended)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tellEnded(ctx context.Context, tx *db.Tx, ended []PollEnded) error {
	posts := make([]ids.ID, len(ended))
	for i, p := range ended {
		posts[i] = p.PostID
	}
	in, args := db.In(nil, posts)
	rows, err := db.All(ctx, tx, func(k *keyed[ids.ID]) []any { return []any{&k.of, &k.value} }, "SELECT id, account_id FROM posts_posts WHERE id IN "+in, args...)
	if err != nil {
		return err
	}
	authors := make(map[ids.ID]ids.ID, len(rows))
	for _, r := range rows {
		authors[r.of] = r.value
	}
	for _, p := range ended {
		p.AuthorID = authors[p.PostID]
		if _, err := s.outbox.Add(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}
