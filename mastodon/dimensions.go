package mastodon

import (
	"context"
	"net/http"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/guildhall/guildhall/internal/days"
)

const (
	dimensionPage    = 10
	dimensionPageMax = 100
)

// dimensionsParams say which dimensions are wanted, and of what.
type dimensionsParams struct {
	Keys []string `param:"keys"`
	spanParams
	limitParams
	TagServers        figureTag    `param:"tag_servers"`
	TagLanguages      figureTag    `param:"tag_languages"`
	InstanceAccounts  domainParams `param:"instance_accounts"`
	InstanceLanguages domainParams `param:"instance_languages"`
}

// dimensionEntity is Admin::Dimension of the API.
type dimensionEntity struct {
	Key  string                 `json:"key"`
	Data []dimensionValueEntity `json:"data"`
}

type dimensionValueEntity struct {
	Key        string `json:"key"`
	HumanKey   string `json:"human_key"`
	Value      string `json:"value"`
	Unit       string `json:"unit,omitempty"`
	HumanValue string `json:"human_value,omitempty"`
}

func (s *server) adminDimensions(c *Call) error {
	var in dimensionsParams
	if err := c.Decode(&in); err != nil {
		return err
	}
	keys, err := onlyOnce(in.Keys)
	if err != nil {
		return err
	}
	in.orRecent(s.Now())
	span, err := in.span(figureDays)
	if err != nil {
		return err
	}
	if in.Limit <= 0 {
		in.Limit = dimensionPage
	}
	in.Limit = min(in.Limit, dimensionPageMax)
	list := make([]dimensionEntity, 0, len(keys))
	for _, key := range keys {
		values, err := s.dimension(c.R.Context(), key, &in, span)
		if err != nil {
			return err
		}
		list = append(list, dimensionEntity{key, append([]dimensionValueEntity{}, values[:min(len(values), in.Limit)]...)})
	}
	return c.JSON(http.StatusOK, list)
}

// dimension returns what one dimension has, the most first.
func (s *server) dimension(ctx context.Context, key string, in *dimensionsParams, span days.Span) ([]dimensionValueEntity, error) {
	switch key {
	case "languages":
		return s.userLanguages(ctx, span, in.Limit)
	case "sources":
		return s.sources(ctx, span, in.Limit)
	case "servers":
		return s.servers(ctx, span)
	case "space_usage":
		return s.spaceUsage(ctx)
	case "software_versions":
		return s.softwareVersions(ctx)
	case "tag_servers":
		if err := in.TagServers.given(key); err != nil {
			return nil, err
		}
		f, err := s.Posts.TagFigures(ctx, in.TagServers.ID, span)
		return s.here(f.Uses.Sum(span)), err
	case "tag_languages":
		return s.tagLanguages(ctx, in.TagLanguages, span)
	case "instance_accounts":
		return nil, in.InstanceAccounts.given(key)
	case "instance_languages":
		return nil, in.InstanceLanguages.given(key)
	}
	return nil, unknownKey(key)
}

// userLanguages are those of active users.
func (s *server) userLanguages(ctx context.Context, span days.Span, limit int) ([]dimensionValueEntity, error) {
	locales, err := s.Identity.Locales(ctx, span, limit)
	var list []dimensionValueEntity
	for _, l := range locales {
		list = append(list, languageValue(l.Locale, l.Users))
	}
	return list, err
}

// languageValue counts a language, which has no name if nobody knows it.
func languageValue(tag string, n int) dimensionValueEntity {
	v := dimensionValueEntity{Key: tag, HumanKey: tag, Value: strconv.Itoa(n)}
	if tag == "" {
		v.Key, v.HumanKey = language.Und.String(), "Unknown"
	} else if parsed, err := language.Parse(tag); err == nil {
		if name := display.English.Tags().Name(parsed); name != "" {
			v.HumanKey = name
		}
	}
	return v
}

// sources are the apps by which people joined.
func (s *server) sources(ctx context.Context, span days.Span, limit int) ([]dimensionValueEntity, error) {
	all, err := s.Identity.Sources(ctx, span, limit)
	var list []dimensionValueEntity
	for _, source := range all {
		v := dimensionValueEntity{Key: source.App, HumanKey: source.App, Value: strconv.Itoa(source.Users)}
		if source.App == "" {
			v.Key, v.HumanKey = "web", "Website"
		}
		list = append(list, v)
	}
	return list, err
}

// servers are those from which posts came.
func (s *server) servers(ctx context.Context, span days.Span) ([]dimensionValueEntity, error) {
	happened, err := s.Posts.Days(ctx, span)
	n := 0
	for _, d := range happened {
		n += d.Posts + d.Boosts
	}
	return s.here(n), err
}

// here is this server with a number, if that is not zero.
func (s *server) here(n int) []dimensionValueEntity {
	if n == 0 {
		return nil
	}
	return []dimensionValueEntity{{Key: s.host, HumanKey: s.host, Value: strconv.Itoa(n)}}
}

func (s *server) tagLanguages(ctx context.Context, of figureTag, span days.Span) ([]dimensionValueEntity, error) {
	if err := of.given("tag_languages"); err != nil {
		return nil, err
	}
	f, err := s.Posts.TagFigures(ctx, of.ID, span)
	var list []dimensionValueEntity
	for _, l := range f.Languages {
		list = append(list, languageValue(l.Language, l.Posts))
	}
	return list, err
}

// spaceUsage is how much room the data takes.
func (s *server) spaceUsage(ctx context.Context) ([]dimensionValueEntity, error) {
	if s.Storage == nil {
		return nil, nil
	}
	st, err := s.Storage(ctx)
	taken := func(key, name string, bytes int64) dimensionValueEntity {
		return dimensionValueEntity{key, name, strconv.FormatInt(bytes, 10), "bytes", readable(bytes)}
	}
	return []dimensionValueEntity{taken(strings.ToLower(st.Engine), st.Engine, st.Data), taken("media", "Media storage", st.Media)}, err
}

// softwareVersions are those of what the server is made of.
func (s *server) softwareVersions(ctx context.Context) ([]dimensionValueEntity, error) {
	version := func(key, name, value string) dimensionValueEntity {
		return dimensionValueEntity{Key: key, HumanKey: name, Value: value, HumanValue: value}
	}
	list := []dimensionValueEntity{version("guildhall", "Guildhall", s.config.Version), version("go", "Go", strings.TrimPrefix(runtime.Version(), "go"))}
	if s.Storage == nil {
		return list, nil
	}
	st, err := s.Storage(ctx)
	return append(list, version(strings.ToLower(st.Engine), st.Engine, st.Version)), err
}
