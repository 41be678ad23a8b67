package mastodon

import (
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice"
)

// practiceSessionEntity is a row of cards to be answered in one sitting.
type practiceSessionEntity struct {
	ID        ids.ID              `json:"id"`
	CreatedAt string              `json:"created_at"`
	Minutes   int                 `json:"minutes"`
	EndedAt   *string             `json:"ended_at"`
	Cards     []sessionCardEntity `json:"cards"` // in the list of sessions: empty
}

type sessionCardEntity struct {
	Reason  string             `json:"reason" enum:"due,gap,fresh,ahead"`
	Card    practiceCardEntity `json:"card"`
	Attempt *attemptEntity     `json:"attempt"`
}

func practiceSessionOf(x *practice.Session) practiceSessionEntity {
	e := practiceSessionEntity{ID: x.ID, CreatedAt: x.ID.Time().UTC().Format(timeFormat), Minutes: x.Minutes, EndedAt: timestamp(x.EndedAt),
		Cards: make([]sessionCardEntity, len(x.Cards))}
	for i, card := range x.Cards {
		e.Cards[i] = sessionCardEntity{Reason: card.Reason.String(), Card: cardEntityOf(card.DeckID, card.Card, false)}
		if card.Attempt != nil {
			a := attemptEntityOf(card.Attempt)
			e.Cards[i].Attempt = &a
		}
	}
	return e
}

func answerSession(c *Call, x *practice.Session, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, practiceSessionOf(x))
}

func (s *server) practiceSessions(c *Call) error {
	all, err := s.Practice.Sessions(c.R.Context(), c.Viewer(), c.Page(practicePage, practicePageMax))
	if err != nil {
		return err
	}
	out := make([]practiceSessionEntity, len(all))
	for i := range all {
		out[i] = practiceSessionOf(&all[i])
	}
	if len(all) > 0 {
		c.Link(all[0].ID, all[len(all)-1].ID)
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) startSession(c *Call) error {
	x, err := s.Practice.StartSession(c.R.Context(), c.Viewer())
	return answerSession(c, x, err)
}

func (s *server) practiceSession(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	x, err := s.Practice.Session(c.R.Context(), c.Viewer(), id)
	return answerSession(c, x, err)
}

func (s *server) endSession(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	x, err := s.Practice.EndSession(c.R.Context(), c.Viewer(), id)
	return answerSession(c, x, err)
}
