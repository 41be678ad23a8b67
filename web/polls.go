package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guildhall/guildhall/posts"
)

// pollFields are the fields of a poll.
type pollFields struct {
	Options   []string // as many as there may be; empty ones are not part of it
	Minutes   int      // until it ends
	Multiple  bool
	HideVotes bool // until it has ended
}

// pollTimes are how long polls go on, in minutes.
var pollTimes = []struct {
	minutes int
	text    string
}{{30, "30 minutes"}, {60, "1 hour"}, {360, "6 hours"}, {1440, "1 day"}, {3 * 1440, "3 days"}, {7 * 1440, "7 days"}}

const defaultPollTime = 1440

// pollOf returns the fields for a poll; nil: for none.
func (c *call) pollOf(p *posts.Poll) pollFields {
	f := pollFields{Options: make([]string, c.config.Posts.MaxOptions), Minutes: defaultPollTime}
	if p != nil {
		copy(f.Options, p.Titles())
		f.Multiple, f.HideVotes = p.Multiple, p.HideVotes
	}
	return f
}

// draftedPoll returns the fields for a poll that waits to be posted.
func (c *call) draftedPoll(p *posts.PollDraft) pollFields {
	f := c.pollOf(nil)
	if p != nil {
		copy(f.Options, p.Options)
		f.Multiple, f.HideVotes, f.Minutes = p.Multiple, p.HideVotes, int(p.ExpiresIn/time.Minute)
	}
	return f
}

// read takes what was typed.
func (f *pollFields) read(v url.Values) {
	clear(f.Options)
	copy(f.Options, v["option"])
	f.Multiple, f.HideVotes = v.Get("multiple") != "", v.Get("hide_totals") != ""
	for _, t := range pollTimes {
		if v.Get("expires") == strconv.Itoa(t.minutes) {
			f.Minutes = t.minutes
		}
	}
}

// any tells whether an option was written.
func (f pollFields) any() bool {
	return slices.ContainsFunc(f.Options, func(o string) bool { return strings.TrimSpace(o) != "" })
}

func (f pollFields) draft() *posts.PollDraft {
	if !f.any() {
		return nil
	}
	return &posts.PollDraft{Options: f.Options, ExpiresIn: time.Duration(f.Minutes) * time.Minute, Multiple: f.Multiple, HideVotes: f.HideVotes}
}
