package mastodon

import (
	"context"
	"net/http"
	"strconv"

	"github.com/guildhall/guildhall/internal/days"
)

// measuresParams say which measures are wanted, and of what.
type measuresParams struct {
	Keys []string `param:"keys"`
	spanParams
	TagAccounts              figureTag    `param:"tag_accounts"`
	TagUses                  figureTag    `param:"tag_uses"`
	TagServers               figureTag    `param:"tag_servers"`
	InstanceAccounts         domainParams `param:"instance_accounts"`
	InstanceMediaAttachments domainParams `param:"instance_media_attachments"`
	InstanceReports          domainParams `param:"instance_reports"`
	InstanceStatuses         domainParams `param:"instance_statuses"`
	InstanceFollows          domainParams `param:"instance_follows"`
	InstanceFollowers        domainParams `param:"instance_followers"`
}

// measureEntity is Admin::Measure of the API.
type measureEntity struct {
	Key           string             `json:"key"`
	Unit          *string            `json:"unit"`
	Total         string             `json:"total"`
	HumanValue    *string            `json:"human_value,omitempty"`
	PreviousTotal *string            `json:"previous_total,omitempty"` // of as many days before; of other servers there is none
	Data          []measureDayEntity `json:"data"`
}

type measureDayEntity struct {
	Date  string `json:"date"`
	Value string `json:"value"`
}

func (s *server) adminMeasures(c *Call) error {
	var in measuresParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	keys, err := onlyOnce(in.Keys)
	if err != nil {
		return err
	}
	span, err := in.span(figureDays)
	if err != nil {
		return err
	}
	list := make([]measureEntity, 0, len(keys))
	for _, key := range keys {
		m, err := s.measure(c.R.Context(), key, &in, span)
		if err != nil {
			return err
		}
		list = append(list, m)
	}
	return c.JSON(http.StatusOK, list)
}

// measure returns one measure.
func (s *server) measure(ctx context.Context, key string, in *measuresParams, span days.Span) (measureEntity, error) {
	count, err := s.counting(key, in)
	if err != nil {
		return measureEntity{}, err
	}
	daily, total, err := count(ctx, span)
	if err != nil {
		return measureEntity{}, err
	}
	m := measureEntity{Key: key, Total: strconv.Itoa(total), Data: make([]measureDayEntity, 0, span.Len())}
	for day := span.First; day <= span.Last; day++ {
		m.Data = append(m.Data, measureDayEntity{midnight(day), strconv.Itoa(daily[day])})
	}
	if in.elsewhere(key) != nil {
		if key == "instance_media_attachments" {
			unit, text := "bytes", readable(int64(total))
			m.Unit, m.HumanValue = &unit, &text
		}
		return m, nil
	}
	_, before, err := count(ctx, span.Before())
	text := strconv.Itoa(before)
	m.PreviousTotal = &text
	return m, err
}

// elsewhere returns the server that a measure is asked of, nil for measures of
// this one and for what is none.
func (in *measuresParams) elsewhere(key string) *domainParams {
	switch key {
	case "instance_accounts":
		return &in.InstanceAccounts
	case "instance_media_attachments":
		return &in.InstanceMediaAttachments
	case "instance_reports":
		return &in.InstanceReports
	case "instance_statuses":
		return &in.InstanceStatuses
	case "instance_follows":
		return &in.InstanceFollows
	case "instance_followers":
		return &in.InstanceFollowers
	}
	return nil
}

// counting returns what counts for a measure.
func (s *server) counting(key string, in *measuresParams) (counting, error) {
	if of := in.elsewhere(key); of != nil {
		return nothing, of.given(key)
	}
	switch key {
	case "active_users":
		return s.Identity.Active, nil
	case "new_users":
		return summed(s.Identity.Joined), nil
	case "interactions":
		return summed(s.interactions), nil
	case "opened_reports":
		return summed(s.Moderation.Opened), nil
	case "resolved_reports":
		return summed(s.Moderation.Resolved), nil
	case "tag_accounts":
		return s.tagAccounts(in.TagAccounts), in.TagAccounts.given(key)
	case "tag_uses":
		return summed(s.tagUses(in.TagUses)), in.TagUses.given(key)
	case "tag_servers":
		return s.tagServers(in.TagServers), in.TagServers.given(key)
	}
	return nil, unknownKey(key)
}

// nothing counts what only other servers could have.
func nothing(context.Context, days.Span) (days.Counts, int, error) { return nil, 0, nil }

// interactions counts answers to others, boosts and favourites.
func (s *server) interactions(ctx context.Context, span days.Span) (days.Counts, error) {
	happened, err := s.Posts.Days(ctx, span)
	daily := days.Counts{}
	for day, d := range happened {
		daily[day] = d.Replies + d.Boosts + d.Favourites
	}
	return daily, err
}

func (s *server) tagAccounts(of figureTag) counting {
	return func(ctx context.Context, span days.Span) (days.Counts, int, error) {
		f, err := s.Posts.TagFigures(ctx, of.ID, span)
		return f.Authors, f.People, err
	}
}

func (s *server) tagUses(of figureTag) func(context.Context, days.Span) (days.Counts, error) {
	return func(ctx context.Context, span days.Span) (days.Counts, error) {
		f, err := s.Posts.TagFigures(ctx, of.ID, span)
		return f.Uses, err
	}
}

// tagServers counts the servers that use a hashtag: this one, if it does.
func (s *server) tagServers(of figureTag) counting {
	return func(ctx context.Context, span days.Span) (days.Counts, int, error) {
		f, err := s.Posts.TagFigures(ctx, of.ID, span)
		for day := range f.Uses {
			f.Uses[day] = 1
		}
		return f.Uses, min(len(f.Uses), 1), err
	}
}
