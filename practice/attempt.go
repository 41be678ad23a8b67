package practice

import (
	"context"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

const (
	// MaxAnswer bounds a written answer, in characters.
	MaxAnswer = 20_000
	// MaxSeconds bounds what is said of how long answering took.
	MaxSeconds = 4 * 60 * 60
)

// attemptRow is a row of practice_attempts.
type attemptRow struct {
	Attempt
	hash              string
	answered, checked int64
}

const attemptColumns = "id, account_id, hash, deck_id, card_id, session_id, state, answer, story_id, audio, predicted, seconds, answered_at, checked_at"

func scanAttempt(r *attemptRow) []any {
	return []any{&r.ID, &r.AccountID, &r.hash, &r.DeckID, &r.CardID, &r.SessionID, &r.State, &r.Answer, &r.StoryID, &r.Audio, &r.Predicted, &r.Seconds, &r.answered, &r.checked}
}

// attempts completes rows.
func (s *Service) attempts(ctx context.Context, rows []attemptRow) ([]*Attempt, error) {
	hashes := make([]string, len(rows))
	for i := range rows {
		hashes[i] = rows[i].hash
	}
	cards, err := s.versions(ctx, hashes)
	if err != nil {
		return nil, err
	}
	list := make([]*Attempt, len(rows))
	for i := range rows {
		a := &rows[i].Attempt
		a.Card, a.AnsweredAt, a.CheckedAt = cards[rows[i].hash], moment(rows[i].answered), moment(rows[i].checked)
		list[i] = a
	}
	return list, nil
}

// Attempt returns one of a member's own attempts. Returns NotFound for others.
func (s *Service) Attempt(ctx context.Context, account, id ids.ID) (*Attempt, error) {
	a, err := s.attempt(ctx, id)
	if err == nil && a.AccountID != account {
		return nil, errs.NotFoundRecord()
	}
	return a, err
}

// attempt returns an attempt, whoever's it is.
func (s *Service) attempt(ctx context.Context, id ids.ID) (*Attempt, error) {
	rows, err := db.All(ctx, s.DB, scanAttempt, "SELECT "+attemptColumns+" FROM practice_attempts WHERE id = $1", id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errs.NotFoundRecord()
	}
	list, err := s.attempts(ctx, rows)
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// Attempts returns a member's own attempts, the newest first.
func (s *Service) Attempts(ctx context.Context, account ids.ID, p page.Page) ([]*Attempt, error) {
	end, args := p.SQL("id", []any{account})
	rows, err := db.All(ctx, s.DB, scanAttempt, "SELECT "+attemptColumns+" FROM practice_attempts WHERE account_id = $1"+end, args...)
	if err != nil {
		return nil, err
	}
	return s.attempts(ctx, page.Sort(p, rows))
}

// CardAttempts returns a member's own attempts at a card, the newest first.
func (s *Service) CardAttempts(ctx context.Context, account ids.ID, deckID, cardID string, limit int) ([]*Attempt, error) {
	rows, err := db.All(ctx, s.DB, scanAttempt, "SELECT "+attemptColumns+` FROM practice_attempts
		WHERE account_id = $1 AND deck_id = $2 AND card_id = $3 ORDER BY id DESC LIMIT $4`, account, deckID, cardID, limit)
	if err != nil {
		return nil, err
	}
	return s.attempts(ctx, rows)
}

// Begin asks a member a card's question, by itself or in a session of theirs
// that has it. The same card of a session is asked once: again returns the
// attempt that there is. Returns NotFound for a card, or a session, that is not
// there.
func (s *Service) Begin(ctx context.Context, account ids.ID, deckID, cardID string, session ids.ID) (*Attempt, error) {
	card, err := s.Card(deckID, cardID)
	if err != nil {
		return nil, err
	}
	a := &Attempt{AccountID: account, DeckID: deckID, CardID: cardID, Card: card, SessionID: session, Predicted: -1}
	at := -1 // the card's place in the session
	if session != 0 {
		row, err := s.Session(ctx, account, session)
		if err != nil {
			return nil, err
		}
		if at = row.find(deckID, cardID); at < 0 {
			return nil, errs.NotFoundRecord()
		}
		if there := row.Cards[at].Attempt; there != nil {
			return there, nil
		}
		a.Card = row.Cards[at].Card
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		a.ID = s.IDs.New(account)
		if at >= 0 {
			n, err := db.Exec(ctx, tx, "UPDATE practice_session_cards SET attempt_id = $3 WHERE session_id = $1 AND position = $2 AND attempt_id = 0", session, at, a.ID)
			if err != nil {
				return err
			}
			if n == 0 {
				return errs.New(errs.Conflict, "This card is being answered already")
			}
		}
		_, err := db.Exec(ctx, tx, "INSERT INTO practice_attempts ("+attemptColumns+") VALUES ($1, $2, $3, $4, $5, $6, 0, '', 0, '', -1, 0, 0, 0)",
			a.ID, account, a.Card.Hash, deckID, cardID, session)
		return err
	})
	return a, err
}

// Given is an answer: what was typed, said (see Record) or told as a story.
type Given struct {
	Text    string
	StoryID ids.ID // one of the member's own, for behavioral cards; 0: none
	Seconds int    // that it took; 0: since the attempt began
}

// Answer takes a member's answer. Returns NotFound for an attempt or a story
// that is not theirs, Conflict if there is an answer already, and Invalid with
// Fields for one that is empty or too long.
func (s *Service) Answer(ctx context.Context, account, id ids.ID, g Given) (*Attempt, error) {
	a, err := s.Attempt(ctx, account, id)
	if err != nil {
		return nil, err
	}
	if g.StoryID != 0 {
		story, err := s.Story(ctx, account, g.StoryID)
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(g.Text) == "" {
			g.Text = story.Text()
		}
	}
	wrong := map[string][]errs.Field{}
	checkText(wrong, "answer", g.Text, MaxAnswer)
	if strings.TrimSpace(g.Text) == "" && a.Audio == "" {
		wrong["answer"] = []errs.Field{{Code: "ERR_BLANK", Text: "can't be blank"}}
	}
	if g.Seconds < 0 || g.Seconds > MaxSeconds {
		wrong["seconds"] = []errs.Field{{Code: "ERR_INVALID", Text: "must be between 0 and 14400"}}
	}
	if len(wrong) > 0 {
		return nil, invalid(wrong)
	}
	now := s.Now()
	if g.Seconds == 0 {
		g.Seconds = int(min(max(now.Sub(a.ID.Time()), 0), MaxSeconds*time.Second) / time.Second)
	}
	err = s.advance(ctx, a, Asked, Answered, "answer = $4, story_id = $5, seconds = $6, answered_at = $7", g.Text, g.StoryID, g.Seconds, now.UnixMilli())
	if err != nil {
		return nil, err
	}
	return s.Attempt(ctx, account, id)
}

// Predict takes what a member thinks that the answer is worth, in percent, and
// opens the rubric. Returns NotFound for an attempt that is not theirs, Conflict
// if there is no answer or the rubric is open, and Invalid for other numbers than
// 0 to 100.
func (s *Service) Predict(ctx context.Context, account, id ids.ID, percent int) (*Attempt, error) {
	a, err := s.Attempt(ctx, account, id)
	if err != nil {
		return nil, err
	}
	if percent < 0 || percent > 100 {
		return nil, invalid(map[string][]errs.Field{"predicted": {{Code: "ERR_INVALID", Text: "must be between 0 and 100"}}})
	}
	if err := s.advance(ctx, a, Answered, Opened, "predicted = $4", percent); err != nil {
		return nil, err
	}
	return s.Attempt(ctx, account, id)
}

// Skip gives an attempt up: the card's text is opened, and the card returns
// soon, as one that was not known. Returns NotFound for an attempt that is not
// theirs, Conflict if there is an answer.
func (s *Service) Skip(ctx context.Context, account, id ids.ID) (*Attempt, error) {
	a, err := s.Attempt(ctx, account, id)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	err = s.write(ctx, func(tx *db.Tx) error {
		if err := step(ctx, tx, a, Asked, Skipped, "checked_at = $4", now.UnixMilli()); err != nil {
			return err
		}
		return s.rate(ctx, tx, a, again, now)
	})
	if err != nil {
		return nil, err
	}
	return s.Attempt(ctx, account, id)
}

// advance brings an attempt from one state to the next.
func (s *Service) advance(ctx context.Context, a *Attempt, from, to State, set string, values ...any) error {
	return s.write(ctx, func(tx *db.Tx) error { return step(ctx, tx, a, from, to, set, values...) })
}

// step is advance within a transaction; values are $4 and on of set.
func step(ctx context.Context, tx *db.Tx, a *Attempt, from, to State, set string, values ...any) error {
	n, err := db.Exec(ctx, tx, "UPDATE practice_attempts SET state = $3, "+set+" WHERE id = $1 AND state = $2", append([]any{a.ID, from, to}, values...)...)
	if err == nil && n == 0 {
		return errs.New(errs.Conflict, "This step of the attempt has been taken already, or comes later")
	}
	return err
}

// Open tells whether the rubric and the text of the card may be seen.
func (a *Attempt) Open() bool { return a.State >= Opened }
