package mastodon

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/limit"
)

// The limits that hold for all routes; the others are named by routes.
const (
	perToken   = "token"   // of one token
	perAccount = "account" // of all tokens of an account
	perAddress = "address" // without a token; IPv6 by /64
)

// DefaultLimits returns the rate limits by their names. Those that a route
// names are counted by account, or by address for who has none.
func DefaultLimits() map[string]limit.Rule {
	rules := map[string]limit.Rule{}
	for _, r := range []limit.Rule{
		{Name: perToken, Limit: 300, Window: 5 * time.Minute},
		{Name: perAccount, Limit: 1500, Window: 5 * time.Minute},
		{Name: perAddress, Limit: 300, Window: 5 * time.Minute},
		{Name: "paging", Limit: 300, Window: 15 * time.Minute},
		{Name: "apps", Limit: 5, Window: 10 * time.Minute},
		{Name: "confirmation", Limit: 5, Window: 30 * time.Minute},
		{Name: "follows", Limit: 400, Window: 24 * time.Hour},
		{Name: "reports", Limit: 400, Window: 24 * time.Hour},
		{Name: "statuses", Limit: 300, Window: 3 * time.Hour},
		{Name: "media", Limit: 30, Window: 30 * time.Minute},
		{Name: "delete", Limit: 30, Window: 30 * time.Minute},
		{Name: "mock events", Limit: 3000, Window: 5 * time.Minute},
	} {
		rules[r.Name] = r
	}
	return rules
}

// limit counts a request, also under a further rule if one is named, and writes
// how many are left. It returns TooMany when there were too many. The header
// tells of the limit that is nearest.
func (s *server) limit(c *Call, further string) error {
	if s.Limit == nil {
		return nil
	}
	var nearest limit.Decision
	count := func(key, rule string) bool {
		d := s.Limit.Allow(key, s.config.Limits[rule])
		if d.Limit > 0 && (nearest.Limit == 0 || d.Remaining < nearest.Remaining || !d.OK) {
			nearest = d
		}
		return d.OK
	}
	key, ok := "", true
	switch {
	case c.Caller == nil:
		key = limit.AddressKey(c.Address())
		ok = count(key, perAddress)
	case c.Caller.UserID == 0:
		key = "token " + c.Caller.TokenID.String()
		ok = count(key, perToken)
	default:
		key = c.Caller.UserID.String()
		if c.route.Flags&OwnLimit == 0 {
			ok = count(key, perAccount) && count(c.Caller.TokenID.String(), perToken)
		}
	}
	if ok && further != "" {
		ok = count(key, further)
	}
	if nearest.Limit > 0 {
		h := c.W.Header()
		h["X-Ratelimit-Limit"] = []string{strconv.Itoa(nearest.Limit)}
		h["X-Ratelimit-Remaining"] = []string{strconv.Itoa(nearest.Remaining)}
		h["X-Ratelimit-Reset"] = s.resets.format(nearest.Reset)
	}
	if !ok {
		return &errs.Error{Kind: errs.TooMany, Text: "Too many requests", After: nearest.RetryAfter}
	}
	return nil
}

// timeText keeps the last formatted time: the windows of all keys end together.
type timeText struct{ last atomic.Pointer[timeTextValue] }

type timeTextValue struct {
	at   time.Time
	text []string
}

func (t *timeText) format(at time.Time) []string {
	if v := t.last.Load(); v != nil && v.at.Equal(at) {
		return v.text
	}
	v := &timeTextValue{at, []string{at.UTC().Format("2006-01-02T15:04:05.000Z")}}
	t.last.Store(v)
	return v.text
}
