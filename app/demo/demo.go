// Package demo invents a living community for a first look at Guildhall: people with faces and
// résumé-like bios, the posts, threads and polls they wrote, and who follows and applauds whom.
// It is a pure function of a seed, two sizes and a point in time: it reads no clock, no network and no
// database, and knows none of the services. What belongs here is what the people say and look like;
// writing the result into the real services does not.
package demo

import (
	"image"
	"iter"
	"time"
)

// Community is everything the demo knows about its people. Members are referred to by their
// index in Members, posts by their index in Posts.
type Community struct {
	Members []Member
	// Posts is in ascending order of time. It is nil in what Stream returns.
	Posts []Post
	// Follows is in ascending order of time and holds every pair at most once.
	Follows []Follow
	Lists   []List
	// FollowedTags says which tags the first member follows, without the '#'.
	FollowedTags []string
	Practices    []Practice // by member, the first member's first
	Mocks        []Mock
}

// Member is one account. The first member is always "ada", whom visitors sign in as.
type Member struct {
	Username    string // lower-case letters, digits and '_', at most 30 of them
	DisplayName string
	Note        string // plain text; may hold #tags and links
	Fields      []Field
	Locked      bool // wants to approve followers
	Bot         bool
	Joined      time.Time
	// Avatar draws a square portrait of 400 pixels, Header a banner of 1500 by 500 pixels. The same
	// member always looks the same.
	Avatar, Header func() image.Image
}

// Field is a line of a profile's table.
type Field struct{ Name, Value string }

// Follow says that one member has followed another since a moment after both had joined.
type Follow struct {
	From, To int
	At       time.Time
}

// List is a named selection of people whom its owner follows.
type List struct {
	Owner   int
	Title   string
	Members []int
}

// Post is one status. Its text and its content warning together have at most 500 characters.
type Post struct {
	Author  int
	At      time.Time
	Text    string // plain text with @username mentions, #Tags and https links
	ReplyTo int    // an earlier index, or -1
	// Spoiler is the content warning; replies repeat the one of what they answer.
	Spoiler    string
	Sensitive  bool
	Visibility string // "public", "unlisted", "private" or "direct"
	Language   string // ISO 639-1
	Poll       *Poll
	Images     []Image
	// Favourites, Boosts and Bookmarks hold distinct members who may see the post.
	Favourites, Boosts, Bookmarks []int
	Pinned                        bool
}

// Poll is a question with at most four options. EndsIn counts from the post's time, so older polls
// have ended by now.
type Poll struct {
	Options  []string
	Multiple bool
	Votes    []Vote
	EndsIn   time.Duration
}

// Vote is what one member chose: one option, or several of a Multiple poll.
type Vote struct {
	Voter   int
	Choices []int
}

// Image is a picture of a post. Focus runs from -1 (left, bottom) to 1 (right, top).
type Image struct {
	Alt            string
	Draw           func() image.Image
	FocusX, FocusY float64
}

// Generate returns the community of the given size as it stands at now. The same arguments give the
// same community. Sizes below one account or zero posts are taken as these.
func Generate(seed uint64, accounts, posts int, now time.Time) *Community {
	c, all := Stream(seed, accounts, posts, now)
	c.Posts = make([]Post, 0, max(posts, 0))
	for _, p := range all {
		c.Posts = append(c.Posts, p)
	}
	return c
}

// Stream is Generate for sizes whose posts should not all be in memory: the posts, with their
// indexes, come from the iterator, which may be run more than once.
func Stream(seed uint64, accounts, posts int, now time.Time) (*Community, iter.Seq2[int, Post]) {
	g := newGenerator(seed, max(accounts, 1), max(posts, 0), now)
	c := &Community{
		Members:      g.members,
		Follows:      g.follows,
		Lists:        g.lists(),
		FollowedTags: []string{"postgres", "systemdesign", "golang", "interviewprep"},
		Practices:    g.practices(),
	}
	c.Mocks = g.mocks(c.Practices)
	return c, func(yield func(int, Post) bool) {
		for i := range g.slots {
			if !yield(i, g.render(i)) {
				return
			}
		}
	}
}
