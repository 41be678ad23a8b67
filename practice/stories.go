package practice

import (
	"context"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Bounds of stories.
const (
	MaxStories   = 100
	MaxStory     = 4000 // characters of each part
	maxStoryName = 120  // characters of a title
)

// storyRow is a row of practice_stories.
type storyRow struct {
	Story
	changed int64
}

const storyColumns = "id, account_id, title, situation, task, action, result, changed_at"

func scanStory(r *storyRow) []any {
	return []any{&r.ID, &r.AccountID, &r.Title, &r.Situation, &r.Task, &r.Action, &r.Result, &r.changed}
}

func (r storyRow) made() Story {
	r.ChangedAt = moment(r.changed)
	return r.Story
}

// Stories returns a member's stories, the newest first.
func (s *Service) Stories(ctx context.Context, account ids.ID) ([]Story, error) {
	rows, err := db.All(ctx, s.DB, scanStory, "SELECT "+storyColumns+" FROM practice_stories WHERE account_id = $1 ORDER BY id DESC LIMIT $2", account, MaxStories)
	list := make([]Story, len(rows))
	for i, r := range rows {
		list[i] = r.made()
	}
	return list, err
}

// Story returns one of a member's own stories. Returns NotFound for others.
func (s *Service) Story(ctx context.Context, account, id ids.ID) (*Story, error) {
	rows, err := db.All(ctx, s.DB, scanStory, "SELECT "+storyColumns+" FROM practice_stories WHERE id = $1", id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || rows[0].AccountID != account {
		return nil, errs.NotFoundRecord()
	}
	made := rows[0].made()
	return &made, nil
}

// AddStory keeps a new story; ID, AccountID and ChangedAt are set. Returns
// Invalid with Fields for texts that are missing or too long, and for too many
// stories.
func (s *Service) AddStory(ctx context.Context, account ids.ID, story Story) (*Story, error) {
	if err := story.check(); err != nil {
		return nil, err
	}
	story.AccountID, story.ChangedAt = account, s.Now()
	err := s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Value[int](ctx, tx, "SELECT COUNT(*) FROM practice_stories WHERE account_id = $1", account)
		if err != nil {
			return err
		}
		if n >= MaxStories {
			return errs.New(errs.Invalid, "There are too many stories; delete one first")
		}
		story.ID = s.IDs.New(account)
		_, err = db.Exec(ctx, tx, "INSERT INTO practice_stories ("+storyColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			story.ID, account, story.Title, story.Situation, story.Task, story.Action, story.Result, story.ChangedAt.UnixMilli())
		return err
	})
	return &story, err
}

// ChangeStory changes one of a member's own stories. Answers that were given
// with it do not change. Errors are those of Story and AddStory.
func (s *Service) ChangeStory(ctx context.Context, account ids.ID, story Story) (*Story, error) {
	if _, err := s.Story(ctx, account, story.ID); err != nil {
		return nil, err
	}
	if err := story.check(); err != nil {
		return nil, err
	}
	story.AccountID, story.ChangedAt = account, s.Now()
	err := s.write(ctx, func(tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, "UPDATE practice_stories SET title = $3, situation = $4, task = $5, action = $6, result = $7, changed_at = $8 WHERE id = $1 AND account_id = $2",
			story.ID, account, story.Title, story.Situation, story.Task, story.Action, story.Result, story.ChangedAt.UnixMilli())
		return err
	})
	return &story, err
}

// DeleteStory deletes one of a member's own stories. Returns NotFound for others.
func (s *Service) DeleteStory(ctx context.Context, account, id ids.ID) error {
	return s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "DELETE FROM practice_stories WHERE id = $1 AND account_id = $2", id, account)
		if err == nil && n == 0 {
			return errs.NotFoundRecord()
		}
		return err
	})
}

func (t *Story) check() error {
	wrong := map[string][]errs.Field{}
	checkText(wrong, "title", t.Title, maxStoryName)
	if strings.TrimSpace(t.Title) == "" {
		wrong["title"] = []errs.Field{{Code: "ERR_BLANK", Text: "can't be blank"}}
	}
	for name, text := range map[string]string{"situation": t.Situation, "task": t.Task, "action": t.Action, "result": t.Result} {
		checkText(wrong, name, text, MaxStory)
	}
	if len(wrong) > 0 {
		return invalid(wrong)
	}
	return nil
}

// Text returns the story as it is told.
func (t *Story) Text() string {
	var parts []string
	for _, p := range []string{t.Situation, t.Task, t.Action, t.Result} {
		if p = strings.TrimSpace(p); p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, "\n\n")
}
