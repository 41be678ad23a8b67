package mastodon

import (
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
)

// credentialEntity is CredentialAccount of the API: an account as its owner
// sees it.
type credentialEntity struct {
	accountEntity
	Source sourceEntity `json:"source"`
	Role   roleEntity   `json:"role"`
}

type sourceEntity struct {
	Privacy             string        `json:"privacy"`
	Sensitive           bool          `json:"sensitive"`
	Language            *string       `json:"language"`
	QuotePolicy         string        `json:"quote_policy"`
	Note                string        `json:"note"`
	Fields              []fieldEntity `json:"fields"`
	FollowRequestsCount int           `json:"follow_requests_count"`
	HideCollections     bool          `json:"hide_collections"`
	Discoverable        bool          `json:"discoverable"`
	Indexable           bool          `json:"indexable"`
	Attributions        []string      `json:"attribution_domains"`
}

type roleEntity struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Color       string `json:"color"`
	Permissions string `json:"permissions"` // a bit mask
	Highlighted bool   `json:"highlighted"`
}

// roleIDs number the roles for clients that compare them.
var roleIDs = map[identity.Role]string{
	identity.RoleUser: "-99", identity.RoleModerator: "1", identity.RoleAdmin: "2", identity.RoleOwner: "3",
}

func role(r identity.Role) roleEntity {
	e := roleEntity{ID: roleIDs[r], Permissions: permissions(r), Highlighted: r != identity.RoleUser}
	if e.Highlighted {
		e.Name = string(r)
	}
	return e
}

func (s *server) verifyCredentials(c *Call) error {
	a, err := s.Profiles.Account(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	return s.credentials(c, a)
}

// credentials answers with the caller's own account.
func (s *server) credentials(c *Call, a *profiles.Account) error {
	stats, err := s.Posts.AuthorStats(c.R.Context(), []ids.ID{a.ID})
	if err != nil {
		return err
	}
	e := credentialEntity{
		accountEntity: s.accountEntity(a, stats[a.ID]),
		Role:          role(c.Caller.Role),
		Source: sourceEntity{
			Privacy: a.Privacy, Sensitive: a.Sensitive, Language: orNil(a.Language), QuotePolicy: a.QuotePolicy, Note: a.Note,
			Fields: make([]fieldEntity, len(a.Fields)), FollowRequestsCount: a.Requests,
			HideCollections: a.HideCollections, Discoverable: a.Discoverable, Indexable: a.Indexable, Attributions: orEmpty(a.Attributions),
		},
	}
	for i, f := range a.Fields {
		e.Source.Fields[i] = fieldEntity{f.Name, f.Value, timestamp(f.VerifiedAt)}
	}
	return c.JSON(http.StatusOK, e)
}

// orNil returns nil for an empty text.
func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// profileParams are what update_credentials takes; all other parameters, such
// as role or username, do not exist here.
type profileParams struct {
	DisplayName     *string               `param:"display_name"`
	Note            *string               `param:"note"`
	Avatar          *multipart.FileHeader `param:"avatar"`
	Header          *multipart.FileHeader `param:"header"`
	AvatarAlt       *string               `param:"avatar_description"`
	HeaderAlt       *string               `param:"header_description"`
	Locked          *bool                 `param:"locked"`
	Bot             *bool                 `param:"bot"`
	Discoverable    *bool                 `param:"discoverable"`
	Indexable       *bool                 `param:"indexable"`
	HideCollections *bool                 `param:"hide_collections"`
	Fields          *[]struct {
		Name  string `param:"name"`
		Value string `param:"value"`
	} `param:"fields_attributes"`
	Source struct {
		Privacy     *string `param:"privacy" enum:"public,unlisted,private"`
		Sensitive   *bool   `param:"sensitive"`
		Language    *string `param:"language"`
		QuotePolicy *string `param:"quote_policy" enum:"public,followers,nobody"`
	} `param:"source"`
	ShowMedia        *bool     `param:"show_media"`
	ShowMediaReplies *bool     `param:"show_media_replies"`
	ShowFeatured     *bool     `param:"show_featured"`
	Attributions     *[]string `param:"attribution_domains"`
}

func (s *server) updateCredentials(c *Call) error {
	u, err := s.profileUpdate(c)
	if err != nil {
		return err
	}
	return s.updateProfile(c, u)
}

// profileUpdate reads a change of the caller's own profile.
func (s *server) profileUpdate(c *Call) (u profiles.Update, err error) {
	var in profileParams
	if err := c.Decode(&in); err != nil {
		if errs.Is(err, errs.TooLarge) && strings.HasPrefix(c.R.Header.Get("Content-Type"), "multipart/") {
			return u, errs.Wrap(errs.Invalid, "Validation failed: The images are too large", err)
		}
		return u, err
	}
	u = profiles.Update{
		DisplayName: in.DisplayName, Note: in.Note, AvatarAlt: in.AvatarAlt, HeaderAlt: in.HeaderAlt,
		Locked: in.Locked, Bot: in.Bot, Discoverable: in.Discoverable, Indexable: in.Indexable,
		HideCollections: in.HideCollections, Privacy: in.Source.Privacy, Sensitive: in.Source.Sensitive,
		Language: in.Source.Language, QuotePolicy: in.Source.QuotePolicy, ShowMedia: in.ShowMedia,
		ShowMediaReplies: in.ShowMediaReplies, ShowFeatured: in.ShowFeatured, AttributionDomains: in.Attributions,
	}
	if in.Fields != nil {
		fields := make([]profiles.Field, 0, len(*in.Fields))
		for _, f := range *in.Fields {
			if f.Name != "" || f.Value != "" { // clients send the empty rows of their form
				fields = append(fields, profiles.Field{Name: f.Name, Value: f.Value})
			}
		}
		u.Fields = &fields
	}
	if u.Avatar, err = s.readPicture("avatar", in.Avatar); err != nil {
		return u, err
	}
	u.Header, err = s.readPicture("header", in.Header)
	return u, err
}

func (s *server) updateProfile(c *Call, u profiles.Update) error {
	a, err := s.Profiles.Update(c.R.Context(), c.Viewer(), u)
	if err != nil {
		return err
	}
	return s.credentials(c, a)
}

// readPicture returns the bytes of an upload, nil for none.
func (s *server) readPicture(name string, f *multipart.FileHeader) (data []byte, err error) {
	if f == nil {
		return nil, nil
	}
	if f.Size == 0 || f.Size > s.config.Profiles.PictureBytes {
		return nil, wrongType(name, fmt.Sprintf("must be an image of at most %d bytes", s.config.Profiles.PictureBytes))
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() {
		if closed := r.Close(); err == nil {
			err = closed
		}
	}()
	return io.ReadAll(r)
}

func (s *server) deleteAvatar(c *Call) error {
	return s.updateProfile(c, profiles.Update{RemoveAvatar: true})
}

func (s *server) deleteHeader(c *Call) error {
	return s.updateProfile(c, profiles.Update{RemoveHeader: true})
}

// preferencesEntity is Preferences of the API.
type preferencesEntity struct {
	Visibility     string  `json:"posting:default:visibility"`
	Sensitive      bool    `json:"posting:default:sensitive"`
	Language       *string `json:"posting:default:language"`
	QuotePolicy    string  `json:"posting:default:quote_policy"`
	ExpandMedia    string  `json:"reading:expand:media"`
	ExpandSpoilers bool    `json:"reading:expand:spoilers"`
}

func (s *server) preferences(c *Call) error {
	a, err := s.Profiles.Account(c.R.Context(), c.Viewer())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, preferencesEntity{a.Privacy, a.Sensitive, orNil(a.Language), a.QuotePolicy, "default", false})
}
