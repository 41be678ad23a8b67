package web

import (
	"errors"
	"net/http"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/markdown"
	"github.com/guildhall/guildhall/practice"
	"github.com/guildhall/guildhall/practice/deck"
)

// sectionsOf is the text of a card as HTML.
func sectionsOf(card *deck.Card) ([]textSection, error) {
	list := make([]textSection, len(card.Sections))
	for i, s := range card.Sections {
		html, err := markdown.HTML([]byte(s.Text))
		if err != nil {
			return nil, err
		}
		list[i] = textSection{s.Title, html}
	}
	return list, nil
}

func (c *call) deck() error {
	d, err := c.Practice.Deck(c.r.PathValue("deck"))
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, deckPage(c.private(d.Title), d))
}

// cardAttempts is how many answers to a card its page lists.
const cardAttempts = 20

// cardData is what the page of a card shows. Its rubric and text come with an
// answer.
type cardData struct {
	*deck.Card
	Deck     *practice.Deck
	Attempts []*practice.Attempt
	Scores   map[ids.ID]int
}

func (c *call) card() error {
	d, err := c.Practice.Deck(c.r.PathValue("deck"))
	if err != nil {
		return err
	}
	card, err := c.Practice.Card(d.ID, c.r.PathValue("card"))
	if err != nil {
		return err
	}
	list, err := c.Practice.CardAttempts(c.r.Context(), c.user.ID, d.ID, card.ID, cardAttempts)
	if err != nil {
		return err
	}
	scores, err := c.scores(list)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, cardPage(c.private(card.Title), cardData{card, d, list, scores}))
}

// storyForm is a story as typed.
type storyForm struct {
	practice.Story
	Problems map[string][]errs.Field
	Problem  string
	Saved    bool
}

func (c *call) stories() error { return c.showStories(http.StatusOK, storyForm{}) }

func (c *call) showStories(status int, form storyForm) error {
	list, err := c.Practice.Stories(c.r.Context(), c.user.ID)
	if err != nil {
		return err
	}
	return c.show(status, storiesPage(c.private(c.words().Text("Stories")), list, form))
}

// typedStory reads the form.
func (c *call) typedStory() practice.Story {
	return practice.Story{Title: c.field("title"), Situation: c.field("situation"), Task: c.field("task"), Action: c.field("action"), Result: c.field("result")}
}

func (c *call) addStory() error {
	form := storyForm{Story: c.typedStory()}
	made, err := c.Practice.AddStory(c.r.Context(), c.user.ID, form.Story)
	if errs.Is(err, errs.Invalid) {
		form.refuse(err)
		return c.showStories(failures[errs.Invalid].status, form)
	}
	if err != nil {
		return err
	}
	return c.goTo(storiesPath+"/"+made.ID.String(), "saved", "1")
}

// refuse notes what was wrong.
func (f *storyForm) refuse(err error) {
	var known *errs.Error
	if f.Problems = fieldsOf(err); len(f.Problems) == 0 && errors.As(err, &known) {
		f.Problem = known.Text
	}
}

func (c *call) ownStory() (*practice.Story, error) {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok {
		return nil, errNoPage()
	}
	return c.Practice.Story(c.r.Context(), c.user.ID, id)
}

func (c *call) story() error {
	s, err := c.ownStory()
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, storyPage(c.private(s.Title), storyForm{Story: *s, Saved: c.query("saved") != ""}))
}

func (c *call) changeStory() error {
	s, err := c.ownStory()
	if err != nil {
		return err
	}
	switch c.r.PathValue("deed") {
	case "delete":
		if err := c.Practice.DeleteStory(c.r.Context(), c.user.ID, s.ID); err != nil {
			return err
		}
		return c.goTo(storiesPath)
	case "change":
	default:
		return errNoPage()
	}
	form := storyForm{Story: c.typedStory()}
	form.ID = s.ID
	if _, err = c.Practice.ChangeStory(c.r.Context(), c.user.ID, form.Story); errs.Is(err, errs.Invalid) {
		form.refuse(err)
		return c.show(failures[errs.Invalid].status, storyPage(c.private(s.Title), form))
	}
	if err != nil {
		return err
	}
	return c.goTo(storiesPath+"/"+s.ID.String(), "saved", "1")
}
