package posts

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"golang.org/x/text/unicode/norm"
)

const (
	termsMax  = 16  // of a query; what is more is ignored
	offsetMax = 400 // how far a search can be paged by counting
)

// query is what is searched for: all of the terms, each one word or a phrase.
type query struct {
	terms [][]string
	from  string // acct of the author, empty: anybody
	media bool   // only posts with images
}

// SearchPosts returns posts that have all words and "phrases" of q, the newest
// first: public and unlisted ones, the viewer's own and those that mention
// them. from:name and has:media narrow it, as does account if it is not 0.
func (s *Service) SearchPosts(ctx context.Context, by ids.ID, q string, account ids.ID, limit, offset int, p page.Page) ([]*View, error) {
	parsed := parseQuery(q)
	if len(parsed.terms) == 0 {
		return nil, nil
	}
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	if parsed.from != "" {
		from, err := s.named(ctx, by, parsed.from)
		if err != nil || from == 0 || account != 0 && account != from {
			return nil, err
		}
		account = from
	}
	offset = min(max(offset, 0), offsetMax)
	p.Limit = limit + offset
	views, err := s.fill(ctx, v, p, whole(s.matches(parsed.match(by, account))), func(v *viewer, p, _ *Post) bool {
		return searchable(v, p) && (account == 0 || p.AccountID == account) && !v.graph.Hides(p.AccountID, v.now) && !v.limited(p)
	})
	return views[min(offset, len(views)):], err
}

// named returns the account that "from:" names, 0 if there is none.
func (s *Service) named(ctx context.Context, by ids.ID, acct string) (ids.ID, error) {
	if acct == "me" && by != 0 {
		return by, nil
	}
	a, err := s.Profiles.Lookup(ctx, acct)
	if errs.Is(err, errs.NotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return a.ID, nil
}

// searchable tells whether a search may show a post: not what only followers see.
func searchable(v *viewer, p *Post) bool {
	return p.Visibility <= Unlisted || p.AccountID == v.id || v.mentioned(p)
}

// matches reads the ids of posts that match, from the full-text index.
func (s *Service) matches(match matcher) func(context.Context, page.Page) ([]ids.ID, error) {
	text, column, arg := "SELECT rowid FROM posts_search WHERE posts_search MATCH $1", "rowid", match.lite()
	if s.Search.Engine() == db.Postgres {
		text, column, arg = "SELECT post_id FROM posts_search WHERE tsv @@ CAST(CAST($1 AS TEXT) AS TSQUERY)", "post_id", match.pg()
	}
	return func(ctx context.Context, p page.Page) ([]ids.ID, error) {
		end, args := p.SQL(column, []any{arg})
		return db.Values[ids.ID](ctx, s.Search, text+end, args...)
	}
}

// matcher is a query as the index knows it: all phrases, and one mark of each
// group. It is made of letters and digits only, whatever was typed.
type matcher struct {
	phrases [][]string
	marks   [][]string
}

// The marks of a post in the index: who may find it, who wrote it, and what it has.
const (
	markAll   = "all"
	markMedia = "media"
)

func markReader(id ids.ID) string { return "u" + id.String() }
func markAuthor(id ids.ID) string { return "a" + id.String() }

func (q query) match(by, author ids.ID) matcher {
	m := matcher{phrases: q.terms, marks: [][]string{{markAll}}}
	if by != 0 {
		m.marks[0] = append(m.marks[0], markReader(by))
	}
	if author != 0 {
		m.marks = append(m.marks, []string{markAuthor(author)})
	}
	if q.media {
		m.marks = append(m.marks, []string{markMedia})
	}
	return m
}

// lite returns the query for SQLite's FTS5.
func (m matcher) lite() string {
	var parts []string
	for _, p := range m.phrases {
		parts = append(parts, `words : "`+strings.Join(p, " ")+`"`)
	}
	for _, group := range m.marks {
		parts = append(parts, `marks : ("`+strings.Join(group, `" OR "`)+`")`)
	}
	return strings.Join(parts, " AND ")
}

// pg returns the query for PostgreSQL. Marks begin with = there, which no word does.
func (m matcher) pg() string {
	var parts []string
	for _, p := range m.phrases {
		parts = append(parts, "('"+strings.Join(p, "' <-> '")+"')")
	}
	for _, group := range m.marks {
		parts = append(parts, "('="+strings.Join(group, "' | '=")+"')")
	}
	return strings.Join(parts, " & ")
}

// parseQuery reads what a person typed; nothing of it is an error.
func parseQuery(q string) query {
	var out query
	for i, quoted := range strings.Split(q, `"`) {
		if i%2 == 1 {
			out.add(words(quoted))
			continue
		}
		for _, f := range strings.Fields(quoted) {
			lower := strings.ToLower(f)
			switch {
			case strings.HasPrefix(lower, "from:") && len(f) > len("from:"):
				out.from = strings.TrimPrefix(lower[len("from:"):], "@")
			case lower == "has:media" || lower == "has:image":
				out.media = true
			default:
				out.add(words(f))
			}
		}
	}
	return out
}

func (q *query) add(term []string) {
	if len(term) > 0 && len(q.terms) < termsMax {
		q.terms = append(q.terms, term[:min(len(term), termsMax)])
	}
}

// words splits a text into its words, folded: lower case, without accents.
func words(text string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

// searchMarks returns the marks that a post has in the index.
func searchMarks(p *Post) []string {
	marks := []string{markAuthor(p.AccountID), markReader(p.AccountID)}
	if p.Visibility <= Unlisted {
		marks = append(marks, markAll)
	}
	for _, m := range p.Mentions {
		if m.AccountID != p.AccountID {
			marks = append(marks, markReader(m.AccountID))
		}
	}
	if len(p.Media) > 0 {
		marks = append(marks, markMedia)
	}
	return slices.Clip(marks)
}
