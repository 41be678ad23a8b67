package profiles

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// Update changes one's own profile; nothing is changed if one thing is not
// acceptable. Unlocking accepts no request by itself. Returns NotFound if there
// is no such account; Invalid with Fields for texts that are too long, pictures
// that are none, and the like.
func (s *Service) Update(ctx context.Context, id ids.ID, u Update) (*Account, error) {
	if _, err := s.Account(ctx, id); err != nil {
		return nil, err
	}
	problems := s.check(&u)
	// Pictures are dear: they are looked at only when the rest is fine.
	var avatar, header *string
	if len(problems) == 0 {
		var err error
		if avatar, err = s.picture(ctx, u.Avatar, u.RemoveAvatar, avatarSize(), problems); err != nil {
			return nil, err
		}
		if header, err = s.picture(ctx, u.Header, u.RemoveHeader, headerSize(), problems); err != nil {
			return nil, err
		}
	}
	if len(problems) > 0 {
		return nil, problems.error()
	}
	if err := s.write(ctx, func(tx *db.Tx) error { return s.update(ctx, tx, id, u, avatar, header) }); err != nil {
		return nil, err
	}
	return s.Account(ctx, id)
}

const updateSQL = `UPDATE profiles_accounts SET display_name = COALESCE($2, display_name), note = COALESCE($3, note),
 avatar = COALESCE($4, avatar), header = COALESCE($5, header), avatar_alt = COALESCE($6, avatar_alt), header_alt = COALESCE($7, header_alt),
 locked = COALESCE($8, locked), bot = COALESCE($9, bot), discoverable = COALESCE($10, discoverable), indexable = COALESCE($11, indexable),
 hide_collections = COALESCE($12, hide_collections), privacy = COALESCE($13, privacy), sensitive = COALESCE($14, sensitive),
 language = COALESCE($15, language), quote_policy = COALESCE($16, quote_policy), show_media = COALESCE($17, show_media),
 show_media_replies = COALESCE($18, show_media_replies), show_featured = COALESCE($19, show_featured),
 show_application = COALESCE($20, show_application) WHERE id = $1 RETURNING username, display_name`

func (s *Service) update(ctx context.Context, tx *db.Tx, id ids.ID, u Update, avatar, header *string) error {
	was, err := db.Value[bool](ctx, tx, "SELECT discoverable FROM profiles_accounts WHERE id = $1", id)
	if err != nil {
		return err
	}
	a, err := db.One(ctx, tx, func(a *Account) []any { return []any{&a.Username, &a.DisplayName} }, updateSQL,
		id, u.DisplayName, u.Note, avatar, header, u.AvatarAlt, u.HeaderAlt, u.Locked, u.Bot, u.Discoverable, u.Indexable,
		u.HideCollections, u.Privacy, u.Sensitive, u.Language, u.QuotePolicy,
		u.ShowMedia, u.ShowMediaReplies, u.ShowFeatured, u.ShowApplication)
	if err != nil {
		return err
	}
	if u.DisplayName != nil {
		if err := index(ctx, tx, id, a.Username, a.DisplayName); err != nil {
			return err
		}
	}
	if u.Fields != nil {
		if err := setFields(ctx, tx, id, *u.Fields); err != nil {
			return err
		}
	}
	if u.AttributionDomains != nil {
		if err := setAttributions(ctx, tx, id, *u.AttributionDomains); err != nil {
			return err
		}
	}
	tx.OnCommit(func() { s.accounts.forget(id) })
	_, err = s.outbox.Add(ctx, tx, Updated{AccountID: id, Reach: u.Discoverable != nil && *u.Discoverable != was})
	return err
}

func setFields(ctx context.Context, tx *db.Tx, id ids.ID, fields []Field) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM profiles_fields WHERE account_id = $1", id); err != nil {
		return err
	}
	for i, f := range fields {
		if _, err := db.Exec(ctx, tx, "INSERT INTO profiles_fields (account_id, position, name, value) VALUES ($1, $2, $3, $4)",
			id, i, f.Name, f.Value); err != nil {
			return err
		}
	}
	return nil
}

// problems is what is wrong with each input.
type problems map[string][]errs.Field

func (p problems) add(input, code, text string) {
	p[input] = append(p[input], errs.Field{Code: code, Text: text})
}

func (p problems) error() error {
	var list []string
	for input, all := range p {
		for _, f := range all {
			name := strings.ReplaceAll(input, "_", " ")
			list = append(list, strings.ToUpper(name[:1])+name[1:]+" "+f.Text)
		}
	}
	slices.Sort(list)
	return &errs.Error{Kind: errs.Invalid, Text: "Validation failed: " + strings.Join(list, ", "), Fields: p}
}

// check cleans the texts of u in place, on copies, and tells what is wrong.
func (s *Service) check(u *Update) problems {
	p := problems{}
	line := func(input string, text **string, limit int) {
		if *text == nil {
			return
		}
		t := clean(**text)
		if input != "note" { // only a bio has lines
			t = strings.Join(strings.Fields(t), " ")
		}
		*text = &t
		if utf8.RuneCountInString(t) > limit {
			p.add(input, "ERR_TOO_LONG", tooLong(limit))
		}
	}
	line("display_name", &u.DisplayName, s.config.MaxDisplayName)
	line("note", &u.Note, s.config.MaxNote)
	line("avatar_description", &u.AvatarAlt, s.config.MaxAlt)
	line("header_description", &u.HeaderAlt, s.config.MaxAlt)
	if u.Fields != nil {
		fields := s.checkFields(*u.Fields, p)
		u.Fields = &fields
	}
	if u.AttributionDomains != nil {
		domains := attributions(*u.AttributionDomains, p)
		u.AttributionDomains = &domains
	}
	if u.Privacy != nil && !slices.Contains([]string{"public", "unlisted", "private"}, *u.Privacy) {
		p.add("privacy", "ERR_INCLUSION", "is not one of public, unlisted, private")
	}
	if u.QuotePolicy != nil && !slices.Contains([]string{"public", "followers", "nobody"}, *u.QuotePolicy) {
		p.add("quote_policy", "ERR_INCLUSION", "is not one of public, followers, nobody")
	}
	if u.Language != nil && *u.Language != "" {
		tag, ok := parseLanguage(*u.Language)
		u.Language = &tag
		if !ok {
			p.add("language", "ERR_INVALID", "is not a language")
		}
	}
	return p
}

// checkFields returns the fields without the empty ones.
func (s *Service) checkFields(given []Field, p problems) []Field {
	var fields []Field
	for _, f := range given[:min(len(given), 100)] { // enough to see that they are too many
		f = Field{Name: strings.Join(strings.Fields(clean(f.Name)), " "), Value: strings.Join(strings.Fields(clean(f.Value)), " ")}
		switch {
		case f == Field{}:
			continue
		case f.Name == "":
			p.add("fields", "ERR_BLANK", "need a name")
		case utf8.RuneCountInString(f.Name) > s.config.MaxField || utf8.RuneCountInString(f.Value) > s.config.MaxField:
			p.add("fields", "ERR_TOO_LONG", tooLong(s.config.MaxField))
		}
		fields = append(fields, f)
	}
	if len(fields) > s.config.MaxFields {
		p.add("fields", "ERR_TOO_MANY", fmt.Sprintf("are too many (maximum is %d)", s.config.MaxFields))
	}
	return fields
}

func tooLong(limit int) string { return fmt.Sprintf("is too long (maximum is %d characters)", limit) }
