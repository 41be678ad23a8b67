package mastodon

import (
	"io"
	"mime/multipart"
	"net/http"

	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice"
)

// attemptEntity is an answer to a card. The card is open, with its rubric and
// text, once the prediction is in or the attempt is given up.
type attemptEntity struct {
	ID         ids.ID             `json:"id"`
	CreatedAt  string             `json:"created_at"`
	State      string             `json:"state" enum:"asked,answered,opened,checked,skipped"`
	Card       practiceCardEntity `json:"card"`
	SessionID  *ids.ID            `json:"session_id"`
	Answer     *string            `json:"answer"`
	StoryID    *ids.ID            `json:"story_id"`
	Recording  bool               `json:"recording"`
	Predicted  *int               `json:"predicted"` // percent
	Seconds    int                `json:"seconds"`
	AnsweredAt *string            `json:"answered_at"`
	CheckedAt  *string            `json:"checked_at"`
}

func attemptEntityOf(a *practice.Attempt) attemptEntity {
	e := attemptEntity{ID: a.ID, CreatedAt: a.ID.Time().UTC().Format(timeFormat), State: a.State.String(), Card: cardEntityOf(a.DeckID, a.Card, a.Open()),
		SessionID: idOrNil(a.SessionID), Answer: orNil(a.Answer), StoryID: idOrNil(a.StoryID), Recording: a.Audio != "", Seconds: a.Seconds,
		AnsweredAt: timestamp(a.AnsweredAt), CheckedAt: timestamp(a.CheckedAt)}
	if a.Predicted >= 0 {
		e.Predicted = &a.Predicted
	}
	return e
}

func answerAttempt(c *Call, a *practice.Attempt, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, attemptEntityOf(a))
}

// Sizes of parts of the lists of sessions and attempts.
const (
	practicePage    = 20
	practicePageMax = 80
)

func (s *server) attempts(c *Call) error {
	all, err := s.Practice.Attempts(c.R.Context(), c.Viewer(), c.Page(practicePage, practicePageMax))
	if err != nil {
		return err
	}
	out := make([]attemptEntity, len(all))
	for i, a := range all {
		out[i] = attemptEntityOf(a)
	}
	if len(all) > 0 {
		c.Link(all[0].ID, all[len(all)-1].ID)
	}
	return c.JSON(http.StatusOK, out)
}

// beginParams name the card that is asked.
type beginParams struct {
	Deck      string `param:"deck"`
	Card      string `param:"card"`
	SessionID ids.ID `param:"session_id"`
}

func (s *server) beginAttempt(c *Call) error {
	var in beginParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	a, err := s.Practice.Begin(c.R.Context(), c.Viewer(), in.Deck, in.Card, in.SessionID)
	return answerAttempt(c, a, err)
}

func (s *server) attempt(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	a, err := s.Practice.Attempt(c.R.Context(), c.Viewer(), id)
	return answerAttempt(c, a, err)
}

// recordingParams are a spoken answer's.
type recordingParams struct {
	File *multipart.FileHeader `param:"file"`
}

func (s *server) recordAnswer(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in recordingParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if in.File == nil {
		return wrongType("file", "can't be blank")
	}
	f, err := in.File.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	a, err := s.Practice.Record(c.R.Context(), c.Viewer(), id, f)
	return answerAttempt(c, a, err)
}

func (s *server) recording(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	f, info, err := s.Practice.Recording(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	return c.sound(f, info)
}

// sound answers with a recording, and closes it.
func (c *Call) sound(f io.ReadSeekCloser, info blob.Info) (err error) {
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	h := c.W.Header()
	h.Set("Content-Type", info.ContentType)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, no-store")
	c.status = http.StatusOK
	c.slot.Leave() // as in write
	http.ServeContent(c.W, c.R, "", info.ModTime, f)
	return nil
}

// answerParams are an answer: text, or one of the member's own stories, or what
// was recorded before.
type answerParams struct {
	Text    string `param:"text"`
	StoryID ids.ID `param:"story_id"`
	Seconds int    `param:"seconds"` // 0: since the attempt began
}

func (s *server) giveAnswer(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in answerParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	a, err := s.Practice.Answer(c.R.Context(), c.Viewer(), id, practice.Given(in))
	return answerAttempt(c, a, err)
}

// predictionParams are what a member thinks that the answer is worth.
type predictionParams struct {
	Percent *int `param:"percent"`
}

func (s *server) predict(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in predictionParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if in.Percent == nil {
		return wrongType("percent", "can't be blank")
	}
	a, err := s.Practice.Predict(c.R.Context(), c.Viewer(), id, *in.Percent)
	return answerAttempt(c, a, err)
}

func (s *server) skipAttempt(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	a, err := s.Practice.Skip(c.R.Context(), c.Viewer(), id)
	return answerAttempt(c, a, err)
}
