package mastodon

import (
	"html"
	"net/http"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// oEmbedEntity is OEmbedResponse of the API (https://oembed.com).
type oEmbedEntity struct {
	Type         string  `json:"type"`
	Version      string  `json:"version"`
	Title        string  `json:"title"`
	AuthorName   string  `json:"author_name"`
	AuthorURL    string  `json:"author_url"`
	ProviderName string  `json:"provider_name"`
	ProviderURL  string  `json:"provider_url"`
	CacheAge     int     `json:"cache_age"` // seconds
	HTML         string  `json:"html"`
	Width        int     `json:"width"`
	Height       *string `json:"height"` // as much as the text needs
}

// oEmbedParams name a page and say how much room it may take.
type oEmbedParams struct {
	URL       string `param:"url"`
	MaxWidth  int    `param:"maxwidth"`
	MaxHeight int    `param:"maxheight"`
	Format    string `param:"format" enum:"json"`
}

const (
	embedWidth = 400 // pixels
	embedAge   = 24 * 3600
)

// oEmbed answers with what other sites show of a post that everybody may see.
// Nobody's token counts: what is made of it is for everybody.
func (s *server) oEmbed(c *Call) error {
	if format := c.Param("format"); format != "" && format != "json" {
		return errs.New(errs.NotImplemented, "The answer is only to be had as json")
	}
	name, id, ok := s.statusAddress(c.Param("url"))
	if !ok {
		return errs.NotFoundRecord()
	}
	v, err := s.Posts.Get(c.R.Context(), 0, id)
	if err != nil {
		return err
	}
	author, err := s.Profiles.Account(c.R.Context(), v.AccountID)
	if err != nil {
		return err
	}
	if v.Boost != nil || v.Visibility > posts.Unlisted || !strings.EqualFold(name, author.Acct()) {
		return errs.NotFoundRecord()
	}
	width, height := c.Int("maxwidth", embedWidth, 1, embedWidth), c.Int("maxheight", 0, 0, 1<<20)
	shown := author.DisplayName
	if shown == "" {
		shown = author.Username
	}
	return c.JSON(http.StatusOK, oEmbedEntity{
		Type: "rich", Version: "1.0", Title: "New status by " + shown,
		AuthorName: shown, AuthorURL: s.config.BaseURL + "/@" + author.Acct(),
		ProviderName: s.host, ProviderURL: s.config.BaseURL + "/", CacheAge: embedAge,
		HTML: s.embedHTML(v, author, shown, width, height), Width: width,
	})
}

// statusAddress reads whose a post is, and its id, from an address of ours.
func (s *server) statusAddress(address string) (name string, id ids.ID, ok bool) {
	path, ours := strings.CutPrefix(address, s.config.BaseURL+"/")
	if !ours {
		return "", 0, false
	}
	path, _, _ = strings.Cut(path, "#")
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	switch {
	case len(parts) == 2 && strings.HasPrefix(parts[0], "@"):
		name = parts[0][1:]
	case len(parts) == 4 && parts[0] == "users" && parts[2] == "statuses":
		name = parts[1]
	default:
		return "", 0, false
	}
	id, ok = ids.Parse(parts[len(parts)-1])
	return name, id, ok
}

// embedHTML returns a quotation without scripts, so that it asks nothing of the
// site that shows it. What hides behind a warning stays there.
func (s *server) embedHTML(v *posts.View, author *profiles.Account, shown string, width, height int) string {
	content := v.Content
	if v.Spoiler != "" {
		content = "<p>" + html.EscapeString(v.Spoiler) + "</p>"
	}
	style := "max-width: " + strconv.Itoa(width) + "px"
	if height > 0 {
		style += "; max-height: " + strconv.Itoa(height) + "px; overflow: auto"
	}
	url := html.EscapeString(s.config.BaseURL + "/@" + author.Acct() + "/" + v.ID.String())
	return `<blockquote class="guildhall-embed" cite="` + url + `" style="` + style + `">` + content +
		`<footer>— <a href="` + url + `" target="_blank" rel="nofollow noopener">` + html.EscapeString(shown+" (@"+author.Acct()+"@"+s.host+")") + `</a></footer></blockquote>`
}
