package mastodon

import (
	"mime/multipart"
	"net/http"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/ids"
)

// emojiEntity is CustomEmoji of the API.
type emojiEntity struct {
	Shortcode       string  `json:"shortcode"`
	URL             string  `json:"url"`
	StaticURL       string  `json:"static_url"`
	VisibleInPicker bool    `json:"visible_in_picker"`
	Category        *string `json:"category"`
	Featured        bool    `json:"featured"`
}

func (s *server) emojiEntity(e *instance.Emoji) emojiEntity {
	address := s.mediaURL(e.Image)
	return emojiEntity{Shortcode: e.Shortcode, URL: address, StaticURL: address, VisibleInPicker: e.Visible,
		Category: orNil(e.Category), Featured: e.Featured}
}

func (s *server) customEmojis(c *Call) error {
	all := s.Instance.Emojis().List
	list := make([]emojiEntity, len(all))
	for i, e := range all {
		list[i] = s.emojiEntity(e)
	}
	return c.JSON(http.StatusOK, list)
}

// emojisIn returns the custom emoji that texts, plain or HTML, have, each once.
func (s *server) emojisIn(set *instance.Emojis, texts ...string) []emojiEntity {
	found, seen := []emojiEntity{}, map[*instance.Emoji]bool{}
	for _, text := range texts {
		for e := range set.In(text) {
			if !seen[e.Emoji] {
				seen[e.Emoji] = true
				found = append(found, s.emojiEntity(e.Emoji))
			}
		}
	}
	return found
}

// managedEmoji is a custom emoji as those see it who keep it.
type managedEmoji struct {
	ID ids.ID `json:"id"`
	emojiEntity
}

func (s *server) managedEmoji(e *instance.Emoji) managedEmoji {
	return managedEmoji{e.ID, s.emojiEntity(e)}
}

// emojiParams are what a custom emoji is made of; the shortcode stays as it is
// when one is changed.
type emojiParams struct {
	Shortcode string                `param:"shortcode"`
	Image     *multipart.FileHeader `param:"image"`
	Category  *string               `param:"category"`
	Visible   *bool                 `param:"visible_in_picker"`
	Featured  *bool                 `param:"featured"`
}

// withEmoji reads a draft and hands it to f, which makes an emoji of it.
func (s *server) withEmoji(c *Call, f func(instance.EmojiDraft) (*instance.Emoji, error)) (err error) {
	var in emojiParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	d := instance.EmojiDraft{Shortcode: in.Shortcode, Category: in.Category, Visible: in.Visible, Featured: in.Featured}
	if in.Image != nil {
		file, err := in.Image.Open()
		if err != nil {
			return err
		}
		defer file.Close() // read only
		d.Image = file
	}
	e, err := f(d)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.managedEmoji(e))
}

func (s *server) listEmojis(c *Call) error {
	all := s.Instance.Emojis().List
	list := make([]managedEmoji, len(all))
	for i, e := range all {
		list[i] = s.managedEmoji(e)
	}
	return c.JSON(http.StatusOK, list)
}

func (s *server) addEmoji(c *Call) error {
	return s.withEmoji(c, func(d instance.EmojiDraft) (*instance.Emoji, error) {
		return s.Instance.AddEmoji(c.R.Context(), c.Viewer(), d)
	})
}

func (s *server) changeEmoji(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return s.withEmoji(c, func(d instance.EmojiDraft) (*instance.Emoji, error) {
		return s.Instance.ChangeEmoji(c.R.Context(), c.Viewer(), id, d)
	})
}

func (s *server) removeEmoji(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := s.Instance.RemoveEmoji(c.R.Context(), c.Viewer(), id); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct{}{})
}
