package instance

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/text"
)

// EmojiDraft is a custom emoji to be added, or a change of one; nil leaves a
// thing as it is.
type EmojiDraft struct {
	Shortcode string    // of a new one only
	Image     io.Reader // PNG, GIF or WebP
	Category  *string
	Visible   *bool
	Featured  *bool
}

var shortcode = regexp.MustCompile(`\A[A-Za-z0-9_]{2,}\z`)

// emojiSize is what an emoji's picture is scaled down to.
func emojiSize() image.Variant {
	return image.Variant{Name: "emoji", MaxWidth: 256, MaxHeight: 256}
}

// AddEmoji adds a custom emoji. Of an animation it takes the first frame.
// Returns Invalid with Fields for a shortcode that is taken or malformed, an
// image that is none, is too large or has another format, and for too many.
func (s *Service) AddEmoji(ctx context.Context, by ids.ID, d EmojiDraft) (*Emoji, error) {
	e := &Emoji{Shortcode: d.Shortcode, Visible: true}
	p := problems{}
	switch {
	case d.Shortcode == "":
		p.add("shortcode", "ERR_BLANK", "can't be blank")
	case !shortcode.MatchString(d.Shortcode) || utf8.RuneCountInString(d.Shortcode) > s.config.MaxShortcode:
		p.add("shortcode", "ERR_INVALID", "must be 2 to 128 letters, digits and underscores")
	}
	if d.Image == nil {
		p.add("image", "ERR_BLANK", "can't be blank")
	}
	if err := s.setEmoji(ctx, e, d, p); err != nil {
		return nil, err
	}
	err := s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Value[int](ctx, tx, "SELECT COUNT(*) FROM instance_emojis WHERE id > 0")
		if err != nil {
			return err
		}
		if n >= s.config.MaxEmojis {
			return errs.New(errs.Invalid, "Validation failed: There are too many emoji")
		}
		e.ID = s.IDs.Global()
		rows, err := db.Exec(ctx, tx, `INSERT INTO instance_emojis (id, shortcode, image, category, visible, featured) VALUES ($1, $2, $3, $4, $5, $6)
 ON CONFLICT (shortcode) DO NOTHING`, e.ID, e.Shortcode, e.Image, e.Category, e.Visible, e.Featured)
		if err != nil {
			return err
		}
		if rows == 0 {
			p.add("shortcode", "ERR_TAKEN", "has already been taken")
			return p.error()
		}
		return s.tell(ctx, tx, EmojiChanged{By: by, Shortcode: e.Shortcode})
	})
	if err != nil {
		return nil, errors.Join(err, s.dropImage(ctx, e.Image))
	}
	return e, s.reload(ctx)
}

// ChangeEmoji changes a custom emoji. Returns NotFound if there is none, and
// Invalid as AddEmoji.
func (s *Service) ChangeEmoji(ctx context.Context, by, id ids.ID, d EmojiDraft) (*Emoji, error) {
	old, err := s.Emoji(ctx, id)
	if err != nil {
		return nil, err
	}
	e := *old
	if err := s.setEmoji(ctx, &e, d, problems{}); err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "UPDATE instance_emojis SET image = $2, category = $3, visible = $4, featured = $5 WHERE id = $1",
			id, e.Image, e.Category, e.Visible, e.Featured)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFoundRecord()
		}
		return s.tell(ctx, tx, EmojiChanged{By: by, Shortcode: e.Shortcode})
	})
	if err != nil {
		return nil, err
	}
	if old.Image != e.Image {
		err = s.dropImage(ctx, old.Image)
	}
	return &e, errors.Join(err, s.reload(ctx))
}

// RemoveEmoji removes a custom emoji; where it was written its shortcode stays.
// Returns NotFound if there is none.
func (s *Service) RemoveEmoji(ctx context.Context, by, id ids.ID) error {
	e, err := s.Emoji(ctx, id)
	if err != nil {
		return err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, "DELETE FROM instance_emojis WHERE id = $1", id)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFoundRecord()
		}
		return s.tell(ctx, tx, EmojiChanged{By: by, Shortcode: e.Shortcode, Removed: true})
	})
	if err != nil {
		return err
	}
	return errors.Join(s.reload(ctx), s.dropImage(ctx, e.Image))
}

// setEmoji sets what the draft has of an emoji; p may have problems already.
func (s *Service) setEmoji(ctx context.Context, e *Emoji, d EmojiDraft, p problems) error {
	if d.Category != nil {
		e.Category = text.Line(*d.Category)
		p.length("category", e.Category, true, s.config.MaxCategory)
	}
	if d.Visible != nil {
		e.Visible = *d.Visible
	}
	if d.Featured != nil {
		e.Featured = *d.Featured
	}
	if len(p) == 0 && d.Image != nil { // pictures are dear: only when the rest is fine
		res, err := s.images.Process(ctx, d.Image, []image.Variant{emojiSize()})
		var known *errs.Error
		switch {
		case errors.As(err, &known) && (known.Kind == errs.Invalid || known.Kind == errs.TooLarge):
			p.add("image", "ERR_INVALID", "cannot be used: "+known.Text)
		case err != nil:
			return err
		case res.Format == "jpeg":
			p.add("image", "ERR_INVALID", "must be a PNG, GIF or WebP image")
		default:
			out := res.Outputs[emojiSize().Name]
			if e.Image, _, err = s.Blobs.Put(ctx, bytes.NewReader(out.Data), out.Ext); err != nil {
				return err
			}
		}
	}
	return p.error()
}

// dropImage deletes a picture that no emoji has any more. Who adds the very same
// one in this moment finds it gone and has to add it again.
func (s *Service) dropImage(ctx context.Context, key string) error {
	used, err := db.Values[ids.ID](ctx, s.DB, "SELECT id FROM instance_emojis WHERE image = $1 LIMIT 1", key)
	if err != nil || len(used) > 0 {
		return err
	}
	return s.Blobs.Delete(ctx, key)
}

func scanEmoji(e *Emoji) []any {
	return []any{&e.ID, &e.Shortcode, &e.Image, &e.Category, &e.Visible, &e.Featured}
}

const emojiColumns = "SELECT id, shortcode, image, category, visible, featured FROM instance_emojis"

// Emoji returns a custom emoji. Returns NotFound if there is none.
func (s *Service) Emoji(ctx context.Context, id ids.ID) (*Emoji, error) {
	e, err := db.One(ctx, s.DB, scanEmoji, emojiColumns+" WHERE id = $1", id)
	return &e, err
}

// EmojiNamed returns the custom emoji with a shortcode. Returns NotFound if there
// is none.
func (s *Service) EmojiNamed(ctx context.Context, code string) (*Emoji, error) {
	e, err := db.One(ctx, s.DB, scanEmoji, emojiColumns+" WHERE shortcode = $1", code)
	return &e, err
}

// loadEmojis reads all emoji into memory; s.fresh is held.
func (s *Service) loadEmojis(ctx context.Context) error {
	list, err := s.ListEmojis(ctx)
	if err != nil || slices.EqualFunc(list, s.emojis.Load().List, func(a, b *Emoji) bool { return *a == *b }) {
		return err
	}
	set := &Emojis{List: list, ByCode: make(map[string]*Emoji, len(list))}
	for _, e := range list {
		set.ByCode[e.Shortcode] = e
	}
	s.emojis.Store(set)
	return nil
}

// ListEmojis returns all custom emoji as they are in the database, also before
// Start.
func (s *Service) ListEmojis(ctx context.Context) ([]*Emoji, error) {
	var list []*Emoji
	for after := ids.ID(0); ; {
		part, err := db.All(ctx, s.DB, scanEmoji, emojiColumns+" WHERE id > $1 ORDER BY id LIMIT 1000", after)
		if err != nil {
			return nil, err
		}
		for i := range part {
			list = append(list, &part[i])
			after = part[i].ID
		}
		if len(part) < 1000 {
			break
		}
	}
	slices.SortFunc(list, func(a, b *Emoji) int {
		return cmp.Or(cmp.Compare(a.Category, b.Category), cmp.Compare(a.Shortcode, b.Shortcode))
	})
	return list, nil
}
