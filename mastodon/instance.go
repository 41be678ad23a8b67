package mastodon

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/errs"
)

// apiVersion is how much of Mastodon's API is here: 2 stands for grouped
// notifications. Clients use what a number promises, so it must be true.
const apiVersion = 2

// compatible is what clients that read the version as Mastodon's shall take
// this server for.
const compatible = "4.3.0"

// instanceDocs are the answers about the server itself, made once a minute and
// when its rules or documents change.
type instanceDocs struct {
	until          time.Time
	house          *instance.House // what they were made from
	v1, v2         []byte
	node20, node21 []byte
	activity       []byte
}

type instanceCache struct {
	docs atomic.Pointer[instanceDocs]
	mu   sync.Mutex // held by whoever makes them anew
}

const instanceFor = time.Minute

// instanceDocs returns the documents of this minute.
func (s *server) instanceDocs(ctx context.Context) (*instanceDocs, error) {
	now, house := s.Now(), s.Instance.House()
	if d := s.instance.docs.Load(); d != nil && now.Before(d.until) && d.house == house {
		return d, nil
	}
	s.instance.mu.Lock()
	defer s.instance.mu.Unlock()
	if d := s.instance.docs.Load(); d != nil && now.Before(d.until) && d.house == house {
		return d, nil
	}
	n, err := s.countAll(ctx)
	if err != nil {
		return nil, err
	}
	contact, err := s.contact(ctx)
	if err != nil {
		return nil, err
	}
	key, err := s.Notifications.VAPID(ctx)
	if err != nil {
		return nil, err
	}
	weeks, err := s.weeks(ctx, now)
	if err != nil {
		return nil, err
	}
	d := &instanceDocs{until: now.Add(instanceFor), house: house}
	for _, doc := range []struct {
		into *[]byte
		v    any
	}{
		{&d.v1, s.instanceEntityV1(n, contact)},
		{&d.v2, s.instanceEntity(n, contact, key.Public())},
		{&d.node20, s.nodeinfo("2.0", n)},
		{&d.node21, s.nodeinfo("2.1", n)},
		{&d.activity, weeks},
	} {
		if *doc.into, err = encode(doc.v); err != nil {
			return nil, err
		}
	}
	s.instance.docs.Store(d)
	return d, nil
}

// counts are how many people and posts there are.
type counts struct{ users, month, halfyear, posts int }

func (s *server) countAll(ctx context.Context) (n counts, err error) {
	if n.users, n.month, n.halfyear, err = s.Identity.CountActive(ctx); err != nil {
		return n, err
	}
	n.posts, err = s.Posts.Counts(ctx)
	return n, err
}

// contact returns the account of the operator as JSON, or null.
func (s *server) contact(ctx context.Context) (rawJSON, error) {
	if s.config.ContactAccount == "" {
		return nil, nil
	}
	a, err := s.Profiles.Lookup(ctx, s.config.ContactAccount)
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.accountJSON(ctx, a.ID)
}

func (s *server) instanceV1(c *Call) error {
	return s.document(c, func(d *instanceDocs) []byte { return d.v1 })
}

func (s *server) instanceV2(c *Call) error {
	return s.document(c, func(d *instanceDocs) []byte { return d.v2 })
}

// document answers with what is the same for everybody for a minute.
func (s *server) document(c *Call, pick func(*instanceDocs) []byte) error {
	d, err := s.instanceDocs(c.R.Context())
	if err != nil {
		return err
	}
	return c.Bytes(http.StatusOK, pick(d))
}

type object = map[string]any

func (s *server) instanceEntity(n counts, contact rawJSON, pushKey string) object {
	conf := s.configuration(true)
	conf["vapid"] = object{"public_key": pushKey}
	open := s.config.Registrations == identity.Open || s.config.Registrations == identity.ByApproval
	header := s.config.BaseURL + "/headers/default.png"
	return object{
		"domain": s.host, "title": s.config.Title, "version": s.version(), "source_url": s.config.SourceURL,
		"description":   s.config.Description,
		"usage":         object{"users": object{"active_month": n.month}},
		"thumbnail":     object{"url": header, "blurhash": nil, "description": "", "versions": object{"@1x": header}},
		"icon":          []any{object{"src": s.config.BaseURL + "/avatars/default.png", "size": strconv.Itoa(avatarSide) + "x" + strconv.Itoa(avatarSide)}},
		"languages":     s.config.Languages,
		"configuration": conf,
		"registrations": object{"enabled": open, "approval_required": s.config.Registrations == identity.ByApproval,
			"reason_required": false, "message": nil, "url": nil, "min_age": nil},
		"api_versions": object{"mastodon": apiVersion},
		"contact":      object{"email": s.config.ContactEmail, "account": contact},
		"rules":        s.rules(),
	}
}

func (s *server) instanceEntityV1(n counts, contact rawJSON) object {
	open := s.config.Registrations == identity.Open || s.config.Registrations == identity.ByApproval
	return object{
		"uri": s.host, "title": s.config.Title, "version": s.version(), "email": s.config.ContactEmail,
		"short_description": s.config.Description, "description": s.config.Description,
		"urls":              object{"streaming_api": s.streamingURL()},
		"stats":             object{"user_count": n.users, "status_count": n.posts, "domain_count": 1},
		"thumbnail":         s.config.BaseURL + "/headers/default.png",
		"languages":         s.config.Languages,
		"registrations":     open,
		"approval_required": s.config.Registrations == identity.ByApproval,
		"invites_enabled":   s.config.Registrations == identity.ByInvite,
		"configuration":     s.configuration(false),
		"contact_account":   contact,
		"rules":             s.rules(),
	}
}

// configuration tells the limits that are in force; what is not served has
// none or zero.
func (s *server) configuration(v2 bool) object {
	p, u := s.config.Posts, s.config.Profiles
	accounts := object{"max_featured_tags": 0}
	conf := object{
		"accounts": accounts,
		"statuses": object{"max_characters": p.MaxChars, "max_media_attachments": p.MaxMedia, "characters_reserved_per_url": 23},
		"media_attachments": object{
			"supported_mime_types": []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			"description_limit":    p.MaxAlt, "image_size_limit": p.MediaBytes, "image_matrix_limit": p.MediaPixels,
			"video_size_limit": 0, "video_frame_rate_limit": 0, "video_matrix_limit": 0,
		},
		"polls": object{"max_options": p.MaxOptions, "max_characters_per_option": p.MaxOption,
			"min_expiration": int(p.MinPoll.Seconds()), "max_expiration": int(p.MaxPoll.Seconds())},
	}
	if !v2 {
		return conf
	}
	accounts["max_pinned_statuses"] = p.MaxPins
	accounts["max_display_name_length"], accounts["max_note_length"] = u.MaxDisplayName, u.MaxNote
	accounts["max_avatar_description_length"], accounts["max_header_description_length"] = u.MaxAlt, u.MaxAlt
	accounts["max_profile_fields"] = u.MaxFields
	accounts["profile_field_name_limit"], accounts["profile_field_value_limit"] = u.MaxField, u.MaxField
	conf["urls"] = object{"streaming": s.streamingURL(), "about": s.config.BaseURL + "/about", "privacy_policy": nil,
		"terms_of_service": nil, "status": nil}
	access := object{"local": "public", "remote": "public"}
	conf["timelines_access"] = object{"live_feeds": access, "hashtag_feeds": access, "trending_link_feeds": access}
	conf["translation"] = object{"enabled": s.Posts.Translates()}
	conf["limited_federation"] = true
	return conf
}

func (s *server) version() string {
	return compatible + " (compatible; Guildhall " + s.config.Version + ")"
}

// emptyList answers for what this server has none of, so that clients that ask
// when they start get an answer.
func (s *server) emptyList(c *Call) error { return c.Bytes(http.StatusOK, []byte("[]")) }

func (s *server) emptyObject(c *Call) error { return c.Bytes(http.StatusOK, []byte("{}")) }

// nothingThere answers for what no account has yet.
func (s *server) nothingThere(*Call) error { return errs.NotFoundRecord() }
