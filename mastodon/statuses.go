package mastodon

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"golang.org/x/text/language"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/posts"
)

// errNoAuthor is about a post whose account cannot be read: to the caller there
// is no such post.
var errNoAuthor = errs.NotFoundRecord()

// statusParams are what creating and editing a status take.
type statusParams struct {
	Status      string   `param:"status"`
	Spoiler     string   `param:"spoiler_text"`
	Sensitive   *bool    `param:"sensitive"`
	Visibility  *string  `param:"visibility" enum:"public,unlisted,private,direct"`
	Language    string   `param:"language"`
	InReplyToID ids.ID   `param:"in_reply_to_id"`
	MediaIDs    []ids.ID `param:"media_ids"`
	Attributes  []struct {
		ID          ids.ID  `param:"id"`
		Description *string `param:"description"`
		Focus       *string `param:"focus"`
	} `param:"media_attributes"`
	Poll *struct {
		Options    []string `param:"options"`
		ExpiresIn  int64    `param:"expires_in"` // seconds
		Multiple   bool     `param:"multiple"`
		HideTotals bool     `param:"hide_totals"`
	} `param:"poll"`
	ScheduledAt string `param:"scheduled_at"`
	Quoted      ids.ID `param:"quoted_status_id"`
	QuotePolicy string `param:"quote_approval_policy" enum:"public,followers,nobody"`
	// Whom alone the text may mention; an app knows whom its author chose.
	Mentionable *[]ids.ID `param:"allowed_mentions"`
}

// draft turns the parameters into what the author wants to post.
func (c *Call) draft(in *statusParams) (posts.Draft, error) {
	if err := c.Decode(in); err != nil {
		return posts.Draft{}, err
	}
	if !isLanguage(in.Language) {
		return posts.Draft{}, wrongType("language", "is not the code of a language")
	}
	d := posts.Draft{ // some apps send an empty id for no image
		Text: in.Status, Spoiler: in.Spoiler, Sensitive: in.Sensitive, Language: in.Language,
		InReplyToID: in.InReplyToID, Media: slices.DeleteFunc(in.MediaIDs, func(id ids.ID) bool { return id == 0 }), AppID: c.Caller.AppID,
		QuoteOfID: in.Quoted, Key: c.R.Header.Get("Idempotency-Key"), Mentionable: in.Mentionable,
	}
	if in.Visibility != nil && *in.Visibility != "" {
		v, ok := parseVisibility(*in.Visibility)
		if !ok {
			return d, wrongType("visibility", "is not included in the list")
		}
		d.Visibility = &v
	}
	if in.QuotePolicy != "" {
		policy, err := parseQuotePolicy(in.QuotePolicy)
		if err != nil {
			return d, err
		}
		d.QuotePolicy = &policy
	}
	for _, a := range in.Attributes {
		change := posts.MediaAttributes{ID: a.ID, Description: a.Description}
		if err := setFocus(&change, a.Focus); err != nil {
			return d, err
		}
		d.Attributes = append(d.Attributes, change)
	}
	if in.Poll != nil && len(in.Poll.Options) > 0 {
		const most = 100 * 365 * 24 * 3600 // what a Duration can hold, and far over the room's own limit
		d.Poll = &posts.PollDraft{Options: in.Poll.Options, Multiple: in.Poll.Multiple, HideVotes: in.Poll.HideTotals,
			ExpiresIn: time.Duration(min(max(in.Poll.ExpiresIn, 0), most)) * time.Second}
	}
	return d, nil
}

// languageMax bounds a language's code, in bytes.
const languageMax = 35

// isLanguage tells whether a text looks like a language's code (BCP 47), known
// or not; none at all is fine.
func isLanguage(code string) bool {
	if code == "" || len(code) > languageMax {
		return code == ""
	}
	_, err := language.Parse(code)
	return err == nil || errors.As(err, new(language.ValueError))
}

func (s *server) createStatus(c *Call) error {
	var in statusParams
	d, err := c.draft(&in)
	if err != nil {
		return err
	}
	if in.ScheduledAt != "" {
		return s.schedule(c, d, in.ScheduledAt)
	}
	v, err := s.Posts.Create(c.R.Context(), c.Viewer(), d)
	if err != nil {
		return s.refusedDraft(c, err)
	}
	return s.status(c, v)
}

func (s *server) editStatus(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in statusParams
	d, err := c.draft(&in)
	if err != nil {
		return err
	}
	if in.ScheduledAt != "" {
		return wrongType("scheduled_at", "is only for new statuses")
	}
	v, err := s.Posts.Edit(c.R.Context(), c.Viewer(), id, d)
	if err != nil {
		return s.refusedDraft(c, err)
	}
	return s.status(c, v)
}

// deleteStatus answers with the post as it was and its text, so that the author
// can write it again.
// deleteParams say what becomes of the images of a status.
type deleteParams struct {
	DeleteMedia bool `param:"delete_media"` // else they can be posted again for a while
}

func (s *server) deleteStatus(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var in deleteParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	v, err := s.Posts.Delete(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	if in.DeleteMedia && v.Boost == nil {
		for _, m := range v.Media {
			if err := s.Posts.DeleteMedia(c.R.Context(), c.Viewer(), m.ID); err != nil && !errs.Is(err, errs.NotFound) {
				return err
			}
		}
	}
	body, err := s.statusJSON(c.R.Context(), c.Viewer(), v)
	if err != nil {
		return err
	}
	text, err := encode(v.Text)
	if err != nil {
		return err
	}
	body = append(append(body[:len(body)-1], `,"text":`...), text...)
	return c.Bytes(http.StatusOK, append(body, '}'))
}

// status answers with a post.
func (s *server) status(c *Call, v *posts.View) error {
	body, err := s.statusJSON(c.R.Context(), c.Viewer(), v)
	if err != nil {
		return err
	}
	return c.Bytes(http.StatusOK, body)
}

// statusList answers with posts and the way to those before and after them.
func (s *server) statusList(c *Call, views []*posts.View, err error) error {
	if err != nil {
		return err
	}
	if len(views) > 0 {
		c.Link(views[0].ID, views[len(views)-1].ID)
	}
	return s.bareList(c, views)
}

func (s *server) bareList(c *Call, views []*posts.View) error {
	w, err := s.writer(c.R.Context(), c.Viewer(), views...)
	if err != nil {
		return err
	}
	defer w.grow(len(views))()
	if err := w.list(views); err != nil {
		return err
	}
	return c.Bytes(http.StatusOK, w.buf)
}

// act answers with what an action has made of the post in the path.
func (s *server) act(c *Call, action func(ctx context.Context, viewer, id ids.ID) (*posts.View, error)) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	v, err := action(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	return s.status(c, v)
}

func (s *server) getStatus(c *Call) error   { return s.act(c, s.Posts.Get) }
func (s *server) favourite(c *Call) error   { return s.act(c, s.Posts.Favourite) }
func (s *server) unfavourite(c *Call) error { return s.act(c, s.Posts.Unfavourite) }
func (s *server) unreblog(c *Call) error    { return s.act(c, s.Posts.Unboost) }
func (s *server) bookmark(c *Call) error    { return s.act(c, s.Posts.Bookmark) }
func (s *server) unbookmark(c *Call) error  { return s.act(c, s.Posts.Unbookmark) }
func (s *server) pin(c *Call) error         { return s.act(c, s.Posts.Pin) }
func (s *server) unpin(c *Call) error       { return s.act(c, s.Posts.Unpin) }
func (s *server) muteThread(c *Call) error  { return s.act(c, s.Posts.MuteThread) }

func (s *server) unmuteThread(c *Call) error { return s.act(c, s.Posts.UnmuteThread) }

// reblogParams say who shall see a boost.
type reblogParams struct {
	Visibility string `param:"visibility" enum:"public,unlisted,private"`
}

func (s *server) reblog(c *Call) error {
	var in reblogParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	var visibility *posts.Visibility
	if in.Visibility != "" {
		v, ok := parseVisibility(in.Visibility)
		if !ok {
			return wrongType("visibility", "is not included in the list")
		}
		visibility = &v
	}
	return s.act(c, func(ctx context.Context, viewer, id ids.ID) (*posts.View, error) {
		return s.Posts.Boost(ctx, viewer, id, visibility)
	})
}

// getStatuses answers with the posts of the given ids that the viewer may see.
func (s *server) getStatuses(c *Call) error {
	views, err := s.Posts.GetMany(c.R.Context(), c.Viewer(), c.IDs("id", statusesPageMax))
	if err != nil {
		return err
	}
	return s.bareList(c, views)
}

func (s *server) context(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	before, after, err := s.Posts.Context(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	all := append(append(make([]*posts.View, 0, len(before)+len(after)), before...), after...)
	w, err := s.writer(c.R.Context(), c.Viewer(), all...)
	if err != nil {
		return err
	}
	defer w.grow(len(all))()
	w.buf = append(w.buf, `{"ancestors":`...)
	if err := w.list(before); err != nil {
		return err
	}
	w.buf = append(w.buf, `,"descendants":`...)
	if err := w.list(after); err != nil {
		return err
	}
	return c.Bytes(http.StatusOK, append(w.buf, '}'))
}

func (s *server) favouritedBy(c *Call) error { return s.ofAccount(c, s.Posts.FavouritedBy) }
func (s *server) rebloggedBy(c *Call) error  { return s.ofAccount(c, s.Posts.BoostedBy) }

// editEntity is StatusEdit of the API.
type editEntity struct {
	Content          string                 `json:"content"`
	SpoilerText      string                 `json:"spoiler_text"`
	Sensitive        bool                   `json:"sensitive"`
	CreatedAt        string                 `json:"created_at"`
	Account          encoded[accountEntity] `json:"account"`
	Poll             *pollEdit              `json:"poll,omitempty"`
	MediaAttachments []mediaEntity          `json:"media_attachments"`
	Emojis           []emojiEntity          `json:"emojis"`
}

type pollEdit struct {
	Options []optionEdit `json:"options"`
}

type optionEdit struct {
	Title string `json:"title"`
}

func (s *server) history(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	v, err := s.Posts.Get(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	edits, err := s.Posts.History(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	account, err := s.accountJSON(c.R.Context(), v.AccountID)
	if err != nil {
		return err
	}
	list := make([]editEntity, len(edits))
	for i, e := range edits {
		list[i] = editEntity{Content: e.Content, SpoilerText: e.Spoiler, Sensitive: e.Sensitive, CreatedAt: e.CreatedAt.UTC().Format(timeFormat),
			Account: account, MediaAttachments: make([]mediaEntity, len(e.Media))}
		written := append([]string{e.Spoiler, e.Content}, e.Poll...)
		for k := range e.Media {
			list[i].MediaAttachments[k] = s.mediaEntity(&e.Media[k])
			written = append(written, e.Media[k].Description)
		}
		list[i].Emojis = s.emojisIn(s.Instance.Emojis(), written...)
		if len(e.Poll) > 0 {
			list[i].Poll = &pollEdit{}
			for _, title := range e.Poll {
				list[i].Poll.Options = append(list[i].Poll.Options, optionEdit{title})
			}
		}
	}
	return c.JSON(http.StatusOK, list)
}

// statusSourceEntity is StatusSource of the API.
type statusSourceEntity struct {
	ID          ids.ID `json:"id"`
	Text        string `json:"text"`
	SpoilerText string `json:"spoiler_text"`
}

func (s *server) source(c *Call) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	text, spoiler, err := s.Posts.Source(c.R.Context(), c.Viewer(), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, statusSourceEntity{id, text, spoiler})
}
