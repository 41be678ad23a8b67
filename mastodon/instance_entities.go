package mastodon

// What the documents about the server say (instance.go, wellknown.go), which
// are made once a minute from maps. Every recorded answer of the tests is held
// against these.

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
	APIVersions   map[string]int        `json:"api_versions"`
	Contact       instanceContact       `json:"contact"`
	Rules         []rule                `json:"rules"`
}

type instanceUsage struct {
	Users struct {
		ActiveMonth int `json:"active_month"`
	} `json:"users"`
}

type instanceThumbnail struct {
	URL         string            `json:"url"`
	Blurhash    *string           `json:"blurhash"`
	Description string            `json:"description"`
	Versions    map[string]string `json:"versions"`
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

type instanceContact struct {
	Email   string         `json:"email"`
	Account *accountEntity `json:"account"`
}

// instanceConfiguration tells the limits that are in force.
type instanceConfiguration struct {
	Accounts          map[string]int     `json:"accounts"`
	Statuses          map[string]int     `json:"statuses"`
	MediaAttachments  instanceMedia      `json:"media_attachments"`
	Polls             map[string]int     `json:"polls"`
	URLs              map[string]*string `json:"urls,omitempty"`
	Translation       *map[string]bool   `json:"translation,omitempty"`
	VAPID             *map[string]string `json:"vapid,omitempty"`
	LimitedFederation *bool              `json:"limited_federation,omitempty"`
	TimelinesAccess   *timelinesAccess   `json:"timelines_access,omitempty"`
}

// timelinesAccess says who may read timelines.
type timelinesAccess struct {
	LiveFeeds         map[string]string `json:"live_feeds"`
	HashtagFeeds      map[string]string `json:"hashtag_feeds"`
	TrendingLinkFeeds map[string]string `json:"trending_link_feeds"`
}

type instanceMedia struct {
	Types            []string `json:"supported_mime_types"`
	DescriptionLimit int      `json:"description_limit"`
	ImageSizeLimit   int      `json:"image_size_limit"`
	ImageMatrixLimit int      `json:"image_matrix_limit"`
	VideoSizeLimit   int      `json:"video_size_limit"`
	VideoRateLimit   int      `json:"video_frame_rate_limit"`
	VideoMatrixLimit int      `json:"video_matrix_limit"`
}

// instanceV1Entity is V1::Instance of the API.
type instanceV1Entity struct {
	URI              string                `json:"uri"`
	Title            string                `json:"title"`
	Version          string                `json:"version"`
	Email            string                `json:"email"`
	ShortDescription string                `json:"short_description"`
	Description      string                `json:"description"`
	URLs             map[string]string     `json:"urls"`
	Stats            map[string]int        `json:"stats"`
	Thumbnail        string                `json:"thumbnail"`
	Languages        []string              `json:"languages"`
	Registrations    bool                  `json:"registrations"`
	ApprovalRequired bool                  `json:"approval_required"`
	InvitesEnabled   bool                  `json:"invites_enabled"`
	Configuration    instanceConfiguration `json:"configuration"`
	ContactAccount   *accountEntity        `json:"contact_account"`
	Rules            []rule                `json:"rules"`
}

// extendedDescriptionEntity is ExtendedDescription and PrivacyPolicy of the API.
type extendedDescriptionEntity struct {
	Content   string  `json:"content"`
	UpdatedAt *string `json:"updated_at"`
}

// termsOfServiceEntity is TermsOfService of the API.
type termsOfServiceEntity struct {
	Content       string  `json:"content"`
	SucceededBy   *string `json:"succeeded_by"`
	EffectiveDate string  `json:"effective_date"`
	Effective     bool    `json:"effective"`
}

// webfingerParams name what is looked for.
type webfingerParams struct {
	Resource string `param:"resource"`
}

// webfingerEntity is the document of RFC 7033.
type webfingerEntity struct {
	Subject string          `json:"subject"`
	Aliases []string        `json:"aliases"`
	Links   []webfingerLink `json:"links"`
}

type webfingerLink struct {
	Rel  string `json:"rel"`
	Type string `json:"type,omitempty"`
	Href string `json:"href,omitempty"`
}

// nodeinfoLinksEntity is where the documents of NodeInfo are.
type nodeinfoLinksEntity struct {
	Links []webfingerLink `json:"links"`
}

// nodeinfoEntity is the document of NodeInfo 2.
type nodeinfoEntity struct {
	Version           string              `json:"version"`
	Software          map[string]string   `json:"software"`
	Protocols         []string            `json:"protocols"`
	Services          map[string][]string `json:"services"`
	OpenRegistrations bool                `json:"openRegistrations"`
	Usage             struct {
		LocalPosts int            `json:"localPosts"`
		Users      map[string]int `json:"users"`
	} `json:"usage"`
	Metadata struct {
		Name        string            `json:"nodeName"`
		Description string            `json:"nodeDescription"`
		Upstream    map[string]string `json:"upstream"`
	} `json:"metadata"`
}
