package mastodon

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// pollEntity is Poll of the API.
type pollEntity struct {
	ID          ids.ID         `json:"id"`
	ExpiresAt   *string        `json:"expires_at"`
	Expired     bool           `json:"expired"`
	Multiple    bool           `json:"multiple"`
	VotesCount  int            `json:"votes_count"`
	VotersCount *int           `json:"voters_count"`
	Voted       *bool          `json:"voted,omitempty"` // nil: anonymous
	OwnVotes    *[]int         `json:"own_votes,omitempty"`
	Options     []optionEntity `json:"options"`
	Emojis      []emojiEntity  `json:"emojis"`
}

type optionEntity struct {
	Title      string `json:"title"`
	VotesCount *int   `json:"votes_count"` // nil: not told before the end
}

func (s *server) pollEntity(p *posts.Poll, viewer ids.ID, author bool, state posts.ViewerState) pollEntity {
	e := pollEntity{
		ID: p.ID, ExpiresAt: timestamp(p.Expires), Expired: !p.Expires.IsZero() && !s.Now().Before(p.Expires),
		Multiple: p.Multiple, Options: make([]optionEntity, len(p.Options)), Emojis: s.emojisIn(s.Instance.Emojis(), p.Titles()...), VotersCount: &p.Voters,
	}
	told := !p.HideVotes || e.Expired
	for i := range p.Options {
		e.Options[i].Title = p.Options[i].Title
		e.VotesCount += p.Options[i].Votes
		if told {
			e.Options[i].VotesCount = &p.Options[i].Votes
		}
	}
	if viewer != 0 {
		voted, own := state.Voted || author, state.Votes
		if own == nil {
			own = []int{}
		}
		e.Voted, e.OwnVotes = &voted, &own
	}
	return e
}

// poll writes the poll of a post, or null.
func (w *statusWriter) poll(v *posts.View) error {
	if v.Poll == nil {
		w.buf = append(w.buf, `null`...)
		return nil
	}
	body, err := encode(w.pollEntity(v.Poll, w.viewer, v.AccountID == w.viewer, v.Viewer))
	w.buf = append(w.buf, body...)
	return err
}

func (s *server) getPoll(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	p, state, err := s.Posts.Poll(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	return s.answerPoll(c, p, state)
}

// votesMax bounds how many choices are read.
const votesMax = 100

// voteParams are the options that are voted for, counted from 0.
type voteParams struct {
	Choices []int `param:"choices"`
}

func (s *server) vote(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in voteParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if len(in.Choices) > votesMax {
		return errs.New(errs.Invalid, "Validation failed: Too many choices")
	}
	p, state, err := s.Posts.Vote(c.R.Context(), c.Viewer(), id, in.Choices)
	if err != nil {
		return err
	}
	return s.answerPoll(c, p, state)
}

func (s *server) answerPoll(c *Call, p *posts.Poll, state posts.ViewerState) error {
	v, err := s.Posts.Get(c.R.Context(), c.Viewer(), p.PostID)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.pollEntity(p, c.Viewer(), v.AccountID == c.Viewer(), state))
}
