package preview

import (
	"encoding/json"
	"net/url"
)

// AddOEmbed adds to a preview what an oEmbed document, JSON that was at an
// address, says and the page did not. Its html is passed over.
func (p *Preview) AddOEmbed(body []byte, at *url.URL) {
	var in struct {
		Title     text `json:"title"`
		Author    text `json:"author_name"`
		AuthorURL text `json:"author_url"`
		Provider  text `json:"provider_name"`
		Home      text `json:"provider_url"`
		Thumbnail text `json:"thumbnail_url"`
	}
	if json.Unmarshal(body, &in) != nil {
		return // a page is shown without it
	}
	r := reader{base: at}
	add := func(to *string, s string) {
		if *to == "" {
			*to = s
		}
	}
	add(&p.Title, cut(titleMax, string(in.Title)))
	add(&p.AuthorName, cut(nameMax, string(in.Author)))
	add(&p.AuthorURL, r.address(string(in.AuthorURL)))
	add(&p.ProviderName, cut(nameMax, string(in.Provider)))
	add(&p.ProviderURL, r.address(string(in.Home)))
	add(&p.Image, r.address(string(in.Thumbnail)))
}

// text is a string; what is none counts as empty.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = text(s)
	}
	return nil
}
