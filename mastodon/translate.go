package mastodon

import (
	"cmp"
	"net/http"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/translate"
)

// translationEntity is Translation of the API.
type translationEntity struct {
	Content  string            `json:"content"`
	Spoiler  string            `json:"spoiler_text"`
	Language string            `json:"language"`
	From     string            `json:"detected_source_language"`
	Provider string            `json:"provider"`
	Media    []translatedMedia `json:"media_attachments"`
	Poll     *translatedPoll   `json:"poll"`
}

type translatedMedia struct {
	ID          ids.ID `json:"id"`
	Description string `json:"description"`
}

type translatedPoll struct {
	ID      ids.ID       `json:"id"`
	Options []optionEdit `json:"options"`
}

// translateParams choose a language; the default is the reader's own.
type translateParams struct {
	Language string `param:"lang"`
}

func (s *server) translate(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in translateParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	if !isLanguage(in.Language) {
		return wrongType("lang", "is not the code of a language")
	}
	if in.Language == "" {
		u, err := s.Identity.User(c.R.Context(), c.Viewer())
		if err != nil {
			return err
		}
		in.Language = cmp.Or(u.Locale, s.config.Languages[0])
	}
	t, err := s.Posts.Translate(c.R.Context(), c.Viewer(), id, in.Language)
	if err != nil {
		return err
	}
	e := translationEntity{Content: t.Content, Spoiler: t.Spoiler, Language: t.Language, From: t.From, Provider: translate.Provider,
		Media: make([]translatedMedia, len(t.Media))}
	for i, m := range t.Media {
		e.Media[i] = translatedMedia{m.ID, m.Description}
	}
	if t.PollID != 0 {
		e.Poll = &translatedPoll{ID: t.PollID, Options: make([]optionEdit, len(t.Options))}
		for i, title := range t.Options {
			e.Poll.Options[i] = optionEdit{title}
		}
	}
	return c.JSON(http.StatusOK, e)
}

func (s *server) translationLanguages(c *Call) error {
	all, err := s.Posts.TranslationLanguages(c.R.Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, all)
}
