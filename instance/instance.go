// Package instance is what a server says of itself and for all its members:
// rules, terms of service, announcements, custom emoji. What moderators do about
// members and reports belongs to the room moderation.
package instance

import (
	"time"

	"github.com/guildhall/guildhall/internal/ids"
)

// Emoji is a small picture that members write as :shortcode:.
type Emoji struct {
	ID        ids.ID
	Shortcode string // letters, digits and underscores; its case counts
	Image     string // blob key
	Category  string // empty: none
	Visible   bool   // is offered where emoji are picked
	Featured  bool   // is offered first
}

// Emojis are all custom emoji of a moment. The value is shared and must not be
// changed; when the set changes it is another pointer.
type Emojis struct {
	List   []*Emoji // by category and shortcode
	ByCode map[string]*Emoji
}

// Rule is what members keep to.
type Rule struct {
	ID           ids.ID
	Position     int // rules with lower ones come first
	Text, Hint   string
	Translations []Translation
}

// Translation is a rule in another language.
type Translation struct {
	Language   string // BCP 47
	Text, Hint string
}

// Terms are terms of service and the day from which they hold.
type Terms struct {
	ID        ids.ID
	Effective string // 2026-01-31
	Text      string // as typed
	HTML      string
}

// Document is one of the texts that a server has one of.
type Document struct {
	Text      string // as typed
	HTML      string
	UpdatedAt time.Time // zero: never written
}

// House is what the server says of itself. The value is shared and must not be
// changed; when something in it changes it is another pointer.
type House struct {
	Rules               []*Rule  // in order
	Terms               []*Terms // by the day, the earliest first
	PrivacyPolicy       Document
	ExtendedDescription Document
}

// Announcement is a message to all members.
type Announcement struct {
	ID               ids.ID
	Text             string // as typed
	HTML             string
	StartsAt, EndsAt time.Time // of what it announces; zero: not told. It is shown until EndsAt.
	AllDay           bool
	ScheduledAt      time.Time // when it will be published; zero: not by schedule
	PublishedAt      time.Time // zero: not published
	UpdatedAt        time.Time
	Mentions         []Mention
	Tags             []string
	Reactions        []Reaction // in the order of their first use
	Read             bool       // by the viewer
}

// Mention is an account that an announcement names.
type Mention struct {
	AccountID ids.ID
	Username  string
	Acct      string
}

// Reaction is an emoji under an announcement.
type Reaction struct {
	Name  string // a Unicode emoji, or the shortcode of one of ours
	Count int
	Me    bool // the viewer is one of them
}

// Config bounds what the room takes.
type Config struct {
	BaseURL       string // https://example.org, for the links in announcements
	EmojiBytes    int64
	EmojiPixels   int
	MaxEmojis     int
	MaxShortcode  int // characters
	MaxCategory   int // characters
	MaxRule       int // characters of a rule, and of its hint
	MaxRules      int
	MaxText       int // characters of terms and other documents
	MaxAnnounce   int // characters of an announcement
	MaxReactions  int // kinds under one announcement
	MaxTranslated int // languages of one rule
}

// DefaultConfig returns the limits of a server that nobody has configured.
func DefaultConfig() Config {
	return Config{
		BaseURL: "http://localhost:8080", EmojiBytes: 256 << 10, EmojiPixels: 1 << 22, MaxEmojis: 5000, MaxShortcode: 128, MaxCategory: 100,
		MaxRule: 1000, MaxRules: 100, MaxText: 100_000, MaxAnnounce: 5000, MaxReactions: 8, MaxTranslated: 100,
	}
}
