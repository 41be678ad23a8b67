package posts

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/text"
	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"
)

// Translator translates texts. Its methods return Unavailable when it cannot.
type Translator interface {
	Languages(ctx context.Context) (map[string][]string, error)
	Translate(ctx context.Context, texts []string, source, target string) (translated []string, from string, err error)
}

// Translation is what a post says in another language. It is shared and must not
// be changed.
type Translation struct {
	Language string // that it is in now
	From     string // that it was in; empty: nobody knows
	Content  string // HTML
	Spoiler  string
	PollID   ids.ID // 0: none
	Options  []string
	Media    []MediaText
}

// MediaText is the alternative text of an image.
type MediaText struct {
	ID          ids.ID
	Description string
}

// translationKey names a translation. An edit makes another one, so that none
// has to be thrown away.
type translationKey struct {
	post   ids.ID
	edited int64
	target string
}

// translations is what was translated lately.
type translations struct {
	done      *otter.Cache[translationKey, *Translation]
	languages *otter.Cache[struct{}, map[string][]string]
}

const (
	translationsFor   = 24 * time.Hour
	translationsBytes = 16 << 20
	languagesFor      = time.Hour
)

func newTranslations() translations {
	return translations{
		done: otter.Must(&otter.Options[translationKey, *Translation]{
			MaximumWeight: translationsBytes, Weigher: weighTranslation, StatsRecorder: stats.NewCounter(),
			ExpiryCalculator: otter.ExpiryWriting[translationKey, *Translation](translationsFor),
		}),
		languages: otter.Must(&otter.Options[struct{}, map[string][]string]{
			MaximumSize: 1, ExpiryCalculator: otter.ExpiryWriting[struct{}, map[string][]string](languagesFor),
		}),
	}
}

func weighTranslation(_ translationKey, t *Translation) uint32 {
	n := 512 + len(t.Content) + len(t.Spoiler)
	for _, o := range t.Options {
		n += 32 + len(o)
	}
	for _, m := range t.Media {
		n += 48 + len(m.Description)
	}
	return uint32(n)
}

// Translates tells whether posts can be translated here.
func (s *Service) Translates() bool { return s.Translator != nil }

// TranslationLanguages returns which languages can be translated into which;
// none when nothing can. Returns Unavailable if the translator does not say.
func (s *Service) TranslationLanguages(ctx context.Context) (map[string][]string, error) {
	if s.Translator == nil {
		return map[string][]string{}, nil
	}
	return s.translations.languages.Get(ctx, struct{}{}, otter.LoaderFunc[struct{}, map[string][]string](
		func(ctx context.Context, _ struct{}) (map[string][]string, error) {
			return s.Translator.Languages(context.WithoutCancel(ctx)) // others wait for it too
		}))
}

// Translate returns a post in another language. Returns NotFound if the viewer
// may not see the post, NotImplemented if there is no translator, Forbidden for
// a post that not everybody may see, that says nothing or whose language cannot
// be translated into the other, and Unavailable if the translator fails.
func (s *Service) Translate(ctx context.Context, viewer, id ids.ID, target string) (*Translation, error) {
	p, err := s.original(ctx, viewer, id)
	if err != nil {
		return nil, err
	}
	if s.Translator == nil {
		return nil, errs.New(errs.NotImplemented, "This server does not translate")
	}
	if p.Visibility > Unlisted {
		return nil, errs.New(errs.Forbidden, "Only what everybody may see is given to the translator")
	}
	languages, err := s.TranslationLanguages(ctx)
	if err != nil {
		return nil, err
	}
	source, target, ok := translatable(languages, p.Language, target)
	if !ok {
		return nil, errs.New(errs.Forbidden, "This language cannot be translated into the other")
	}
	key := translationKey{p.ID, toMillis(p.EditedAt), target}
	return s.translations.done.Get(ctx, key, otter.LoaderFunc[translationKey, *Translation](
		func(ctx context.Context, _ translationKey) (*Translation, error) {
			return s.translate(context.WithoutCancel(ctx), p, source, target) // others wait for it too
		}))
}

// translatable returns the names by which the translator knows two languages,
// and whether it can. An unknown source is left to it to find out.
func translatable(languages map[string][]string, source, target string) (from, to string, ok bool) {
	for _, from := range []string{source, base(source)} {
		targets, known := languages[from]
		if source == "" {
			for _, list := range languages {
				targets = append(targets, list...)
			}
			known = true
		}
		for _, to := range []string{target, base(target)} {
			if known && slices.Contains(targets, to) {
				return from, to, true
			}
		}
	}
	return "", "", false
}

// base returns a language without its script and region.
func base(language string) string {
	language, _, _ = strings.Cut(language, "-")
	return strings.ToLower(language)
}

func (s *Service) translate(ctx context.Context, p *Post, source, target string) (*Translation, error) {
	t := &Translation{Language: target, PollID: p.PollID}
	var texts []string
	var put []func(string)
	add := func(text string, f func(string)) {
		if strings.TrimSpace(text) != "" {
			texts, put = append(texts, text), append(put, f)
		}
	}
	// The words are given away and not the HTML, so that the HTML is ours again.
	add(p.Text, func(words string) { t.Content = text.Parse(words).HTML(s.mentionsOf(p), s.tagURL) })
	add(p.Spoiler, func(words string) { t.Spoiler = text.Line(words) })
	if p.PollID != 0 {
		polls, err := queryPolls(ctx, s.DB, []ids.ID{p.PollID})
		if err != nil {
			return nil, err
		}
		if poll := polls[p.PollID]; poll != nil {
			t.Options = make([]string, len(poll.Options))
			for i, o := range poll.Options {
				add(o.Title, func(words string) { t.Options[i] = text.Line(words) })
			}
		}
	}
	t.Media = make([]MediaText, len(p.Media))
	for i := range p.Media {
		t.Media[i].ID = p.Media[i].ID
		add(p.Media[i].Description, func(words string) { t.Media[i].Description = text.Clean(words) })
	}
	if len(texts) == 0 {
		return nil, errs.New(errs.Forbidden, "There is nothing to translate")
	}
	words, from, err := s.Translator.Translate(ctx, texts, source, target)
	if err != nil {
		return nil, err
	}
	for i, f := range put {
		f(words[i])
	}
	t.From = normalLanguage(from)
	return t, nil
}

// mentionsOf finds the accounts that a post mentions by their names.
func (s *Service) mentionsOf(p *Post) text.Resolver {
	return func(name string) (string, string, bool) {
		for _, m := range p.Mentions {
			local, _, _ := strings.Cut(name, "@")
			if strings.EqualFold(name, m.Acct) || !strings.Contains(m.Acct, "@") && strings.EqualFold(local, m.Acct) {
				return s.config.BaseURL + "/@" + m.Acct, m.Username, true
			}
		}
		return "", "", false
	}
}
