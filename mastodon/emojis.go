package mastodon

// emojiEntity is CustomEmoji of the API.
type emojiEntity struct {
	Shortcode       string  `json:"shortcode"`
	URL             string  `json:"url"`
	StaticURL       string  `json:"static_url"`
	VisibleInPicker bool    `json:"visible_in_picker"`
	Category        *string `json:"category"`
	Featured        bool    `json:"featured"`
}
