package mastodon

import (
	"strconv"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/text"
)

// instanceV2Entity is Instance of the API.
type instanceV2Entity struct {
	Domain        string                `json:"domain"`
	Title         string                `json:"title"`
	Version       string                `json:"version"`
	SourceURL     string                `json:"source_url"`
	Description   string                `json:"description"`
	Usage         instanceUsage         `json:"usage"`
	Thumbnail     instanceThumbnail     `json:"thumbnail"`
	Icon          []instanceIcon        `json:"icon"`
	Languages     []string              `json:"languages"`
	Configuration instanceConfiguration `json:"configuration"`
	Registrations instanceRegistrations `json:"registrations"`
	APIVersions   apiVersions           `json:"api_versions"`
	Contact       instanceContact       `json:"contact"`
	Rules         []rule                `json:"rules"`
	Wrapstodon    *string               `json:"wrapstodon"` // the year whose reports are offered now
}

type instanceUsage struct {
	Users instanceUsers `json:"users"`
}

type instanceUsers struct {
	ActiveMonth int `json:"active_month"`
}

type instanceThumbnail struct {
	URL         string            `json:"url"`
	Blurhash    *string           `json:"blurhash"`
	Description string            `json:"description"`
	Versions    thumbnailVersions `json:"versions"`
}

type thumbnailVersions struct {
	Once string `json:"@1x"`
}

type instanceIcon struct {
	Src  string `json:"src"`
	Size string `json:"size"`
}

type instanceRegistrations struct {
	Enabled          bool    `json:"enabled"`
	ApprovalRequired bool    `json:"approval_required"`
	ReasonRequired   bool    `json:"reason_required"`
	Message          *string `json:"message"`
	URL              *string `json:"url"`
	MinAge           *int    `json:"min_age"` // null: none
}

type apiVersions struct {
	Mastodon int `json:"mastodon"`
}

type instanceContact struct {
	Email   string                 `json:"email"`
	Account encoded[accountEntity] `json:"account" schema:"nullable"`
}

// instanceConfiguration tells what is in force.
type instanceConfiguration struct {
	instanceLimits
	URLs              instanceURLs        `json:"urls"`
	Translation       instanceTranslation `json:"translation"`
	VAPID             instanceVAPID       `json:"vapid"`
	LimitedFederation bool                `json:"limited_federation"`
	TimelinesAccess   timelinesAccess     `json:"timelines_access"`
}

// instanceLimits are the limits that are in force; what is not served has zero.
type instanceLimits struct {
	Accounts         accountLimits `json:"accounts"`
	Statuses         statusLimits  `json:"statuses"`
	MediaAttachments mediaLimits   `json:"media_attachments"`
	Polls            pollLimits    `json:"polls"`
}

type accountLimits struct {
	FeaturedTags      int `json:"max_featured_tags"`
	PinnedStatuses    int `json:"max_pinned_statuses"`
	DisplayName       int `json:"max_display_name_length"`
	Note              int `json:"max_note_length"`
	AvatarDescription int `json:"max_avatar_description_length"`
	HeaderDescription int `json:"max_header_description_length"`
	Fields            int `json:"max_profile_fields"`
	FieldName         int `json:"profile_field_name_limit"`
	FieldValue        int `json:"profile_field_value_limit"`
}

type statusLimits struct {
	Characters       int `json:"max_characters"`
	MediaAttachments int `json:"max_media_attachments"`
	CharactersPerURL int `json:"characters_reserved_per_url"`
}

type mediaLimits struct {
	Types          []string `json:"supported_mime_types"`
	Description    int      `json:"description_limit"`
	ImageSize      int64    `json:"image_size_limit"`
	ImageMatrix    int      `json:"image_matrix_limit"`
	VideoSize      int      `json:"video_size_limit"`
	VideoFrameRate int      `json:"video_frame_rate_limit"`
	VideoMatrix    int      `json:"video_matrix_limit"`
}

type pollLimits struct {
	Options       int `json:"max_options"`
	Option        int `json:"max_characters_per_option"`
	MinExpiration int `json:"min_expiration"` // seconds
	MaxExpiration int `json:"max_expiration"`
}

// instanceURLs are of pages for people; null where there is none.
type instanceURLs struct {
	Streaming string  `json:"streaming"`
	About     string  `json:"about"`
	Privacy   *string `json:"privacy_policy"`
	Terms     *string `json:"terms_of_service"`
	Status    *string `json:"status"`
}

type instanceTranslation struct {
	Enabled bool `json:"enabled"`
}

type instanceVAPID struct {
	PublicKey string `json:"public_key"`
}

// timelinesAccess says who may read timelines.
type timelinesAccess struct {
	LiveFeeds         feedAccess `json:"live_feeds"`
	HashtagFeeds      feedAccess `json:"hashtag_feeds"`
	TrendingLinkFeeds feedAccess `json:"trending_link_feeds"`
}

type feedAccess struct {
	Local  string `json:"local" enum:"public"`
	Remote string `json:"remote" enum:"public"`
}

// instanceV1Entity is V1::Instance of the API.
type instanceV1Entity struct {
	URI              string                 `json:"uri"`
	Title            string                 `json:"title"`
	Version          string                 `json:"version"`
	Email            string                 `json:"email"`
	ShortDescription string                 `json:"short_description"`
	Description      string                 `json:"description"`
	URLs             streamingURLs          `json:"urls"`
	Stats            instanceStats          `json:"stats"`
	Thumbnail        string                 `json:"thumbnail"`
	Languages        []string               `json:"languages"`
	Registrations    bool                   `json:"registrations"`
	ApprovalRequired bool                   `json:"approval_required"`
	InvitesEnabled   bool                   `json:"invites_enabled"`
	Configuration    instanceLimits         `json:"configuration"`
	ContactAccount   encoded[accountEntity] `json:"contact_account" schema:"nullable"`
	Rules            []rule                 `json:"rules"`
}

type streamingURLs struct {
	Streaming string `json:"streaming_api"`
}

type instanceStats struct {
	Users    int `json:"user_count"`
	Statuses int `json:"status_count"`
	Domains  int `json:"domain_count"`
}

func (s *server) instanceV2Entity(n counts, contact encoded[accountEntity], pushKey string) instanceV2Entity {
	header := s.config.BaseURL + "/headers/default.png"
	access := feedAccess{Local: "public", Remote: "public"}
	e := instanceV2Entity{
		Domain: s.host, Title: s.config.Title, Version: s.version(), SourceURL: s.config.SourceURL, Description: s.config.Description,
		Usage:     instanceUsage{instanceUsers{n.month}},
		Thumbnail: instanceThumbnail{URL: header, Versions: thumbnailVersions{header}},
		Icon:      []instanceIcon{{s.config.BaseURL + "/avatars/default.png", strconv.Itoa(avatarSide) + "x" + strconv.Itoa(avatarSide)}},
		Languages: s.config.Languages,
		Configuration: instanceConfiguration{instanceLimits: s.limits(), URLs: s.pages(), Translation: instanceTranslation{s.Posts.Translates()},
			VAPID: instanceVAPID{pushKey}, LimitedFederation: true, TimelinesAccess: timelinesAccess{access, access, access}},
		Registrations: instanceRegistrations{Enabled: s.takesMembers(), ApprovalRequired: s.config.Registrations == identity.ByApproval},
		APIVersions:   apiVersions{apiVersion},
		Contact:       instanceContact{s.config.ContactEmail, contact},
		Rules:         s.rules(),
	}
	if year := s.Instance.Campaign(); year != 0 {
		campaign := strconv.Itoa(year)
		e.Wrapstodon = &campaign
	}
	return e
}

// takesMembers tells whether somebody without an invitation may sign up.
func (s *server) takesMembers() bool {
	return s.config.Registrations == identity.Open || s.config.Registrations == identity.ByApproval
}

func (s *server) instanceV1Entity(n counts, contact encoded[accountEntity]) instanceV1Entity {
	return instanceV1Entity{
		URI: s.host, Title: s.config.Title, Version: s.version(), Email: s.config.ContactEmail,
		ShortDescription: s.config.Description, Description: s.config.Description,
		URLs:      streamingURLs{s.streamingURL()},
		Stats:     instanceStats{Users: n.users, Statuses: n.posts, Domains: 1},
		Thumbnail: s.config.BaseURL + "/headers/default.png", Languages: s.config.Languages,
		Registrations: s.takesMembers(), ApprovalRequired: s.config.Registrations == identity.ByApproval, InvitesEnabled: s.config.Registrations == identity.ByInvite,
		Configuration: s.limits(), ContactAccount: contact, Rules: s.rules(),
	}
}

func (s *server) limits() instanceLimits {
	p, u := s.config.Posts, s.config.Profiles
	return instanceLimits{
		Accounts: accountLimits{FeaturedTags: p.MaxFeaturedTags, PinnedStatuses: p.MaxPins, DisplayName: u.MaxDisplayName, Note: u.MaxNote,
			AvatarDescription: u.MaxAlt, HeaderDescription: u.MaxAlt, Fields: u.MaxFields, FieldName: u.MaxField, FieldValue: u.MaxField},
		Statuses: statusLimits{Characters: p.MaxChars, MediaAttachments: p.MaxMedia, CharactersPerURL: text.LinkLength},
		MediaAttachments: mediaLimits{Types: []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Description: p.MaxAlt, ImageSize: p.MediaBytes, ImageMatrix: p.MediaPixels},
		Polls: pollLimits{Options: p.MaxOptions, Option: p.MaxOption, MinExpiration: int(p.MinPoll.Seconds()), MaxExpiration: int(p.MaxPoll.Seconds())},
	}
}

func (s *server) pages() instanceURLs {
	e := instanceURLs{Streaming: s.streamingURL(), About: s.config.BaseURL + "/about"}
	house, base := s.Instance.House(), s.config.BaseURL
	if page := base + "/privacy-policy"; house.PrivacyPolicy.HTML != "" {
		e.Privacy = &page
	}
	if page := base + "/terms-of-service"; len(house.Terms) > 0 {
		e.Terms = &page
	}
	return e
}
