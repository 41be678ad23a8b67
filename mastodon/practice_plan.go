package mastodon

import (
	"net/http"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/practice"
)

// planEntity is what a member prepares for.
type planEntity struct {
	Role        string  `json:"role"`
	Level       string  `json:"level"`
	InterviewAt *string `json:"interview_at"`
	Minutes     int     `json:"minutes"` // of a session
	Remind      bool    `json:"remind"`
	Made        bool    `json:"made"` // false: the plan of who has made none
}

// planParams change a plan; what is left out stays.
type planParams struct {
	Role        *string `param:"role"`
	Level       *string `param:"level"`
	InterviewAt *string `param:"interview_at"` // empty: no day
	Minutes     *int    `param:"minutes"`
	Remind      *bool   `param:"remind"`
}

func (s *server) plan(c *Call) error {
	p, made, err := s.Practice.Plan(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, planEntity{p.Role, p.Level, timestamp(p.InterviewAt), p.Minutes, p.Remind, made})
}

func (s *server) setPlan(c *Call) error {
	var in planParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	p, _, err := s.Practice.Plan(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	set(&p.Role, in.Role)
	set(&p.Level, in.Level)
	set(&p.Minutes, in.Minutes)
	set(&p.Remind, in.Remind)
	if in.InterviewAt != nil {
		p.InterviewAt = time.Time{}
		if *in.InterviewAt != "" {
			at, err := parseTime("interview_at", in.InterviewAt)
			if err != nil {
				return err
			}
			p.InterviewAt = *at
		}
	}
	if err := s.Practice.SetPlan(c.R.Context(), c.Viewer(), p); err != nil {
		return err
	}
	return s.plan(c)
}

// set changes a value if there is another one.
func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// storyEntity is something that a member can tell.
type storyEntity struct {
	ID        ids.ID `json:"id"`
	Title     string `json:"title"`
	Situation string `json:"situation"`
	Task      string `json:"task"`
	Action    string `json:"action"`
	Result    string `json:"result"`
	UpdatedAt string `json:"updated_at"`
}

// storyParams are a story's; what is left out stays.
type storyParams struct {
	Title     *string `param:"title"`
	Situation *string `param:"situation"`
	Task      *string `param:"task"`
	Action    *string `param:"action"`
	Result    *string `param:"result"`
}

func (p *storyParams) change(t *practice.Story) {
	set(&t.Title, p.Title)
	set(&t.Situation, p.Situation)
	set(&t.Task, p.Task)
	set(&t.Action, p.Action)
	set(&t.Result, p.Result)
}

func storyEntityOf(t *practice.Story) storyEntity {
	return storyEntity{t.ID, t.Title, t.Situation, t.Task, t.Action, t.Result, t.ChangedAt.UTC().Format(timeFormat)}
}

func answerStory(c *Call, t *practice.Story, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, storyEntityOf(t))
}

func (s *server) stories(c *Call) error {
	all, err := s.Practice.Stories(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	out := make([]storyEntity, len(all))
	for i := range all {
		out[i] = storyEntityOf(&all[i])
	}
	return c.JSON(http.StatusOK, out)
}

func (s *server) addStory(c *Call) error {
	var in storyParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	var t practice.Story
	in.change(&t)
	made, err := s.Practice.AddStory(c.R.Context(), c.Viewer(), t)
	return answerStory(c, made, err)
}

func (s *server) story(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	t, err := s.Practice.Story(c.R.Context(), c.Viewer(), id)
	return answerStory(c, t, err)
}

func (s *server) changeStory(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in storyParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	t, err := s.Practice.Story(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	in.change(t)
	t, err = s.Practice.ChangeStory(c.R.Context(), c.Viewer(), *t)
	return answerStory(c, t, err)
}

func (s *server) deleteStory(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return c.done(s.Practice.DeleteStory(c.R.Context(), c.Viewer(), id))
}
