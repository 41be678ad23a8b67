package posts

import (
	"bytes"
	"context"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/text"
)

const (
	originalPixels = 8_294_400 // as many as a 4K screen has
	smallPixels    = 640 * 360
)

// Upload keeps an image to be posted later. The focus is where its subject is,
// from -1,-1 (bottom left) to 1,1. Returns Invalid for what is no image that is
// taken, or for a description or focus that cannot be; TooLarge for too many
// bytes.
func (s *Service) Upload(ctx context.Context, account ids.ID, r io.Reader, description string, focusX, focusY float64) (*Media, error) {
	m := Media{AccountID: account}
	if err := s.describe(&m, MediaAttributes{Description: &description, FocusX: &focusX, FocusY: &focusY}); err != nil {
		return nil, err
	}
	made, err := s.images.Process(ctx, r, []image.Variant{{Name: "original", MaxPixels: originalPixels}, {Name: "small", MaxPixels: smallPixels}})
	if err != nil {
		return nil, err
	}
	m.Blurhash = made.Blurhash
	// A file with the same content must not be deleted between the two steps.
	s.files.RLock()
	defer s.files.RUnlock()
	if m.Original, err = s.keep(ctx, made.Outputs["original"]); err != nil {
		return nil, err
	}
	if m.Small, err = s.keep(ctx, made.Outputs["small"]); err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *db.Tx) error {
		m.ID = s.IDs.New(account)
		_, err := db.Exec(ctx, tx, "INSERT INTO posts_media ("+mediaColumns+") VALUES "+db.Tuples(1, 13),
			m.ID, m.AccountID, m.PostID, m.Description, m.FocusX, m.FocusY, m.Blurhash,
			m.Original.Key, m.Original.Width, m.Original.Height, m.Small.Key, m.Small.Width, m.Small.Height)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &m, nil
}

func (s *Service) keep(ctx context.Context, out image.Output) (Rendition, error) {
	key, _, err := s.Blobs.Put(ctx, bytes.NewReader(out.Data), out.Ext)
	return Rendition{Key: key, Width: out.Width, Height: out.Height}, err
}

// describe changes what an author says of an image. Returns Invalid for a
// description that is too long and for a focus that is no number.
func (s *Service) describe(m *Media, a MediaAttributes) error {
	if a.Description != nil {
		m.Description = text.Clean(*a.Description)
		if text.Characters(m.Description) > s.config.MaxAlt || len(m.Description) > bytesPerChar*s.config.MaxAlt {
			return errs.Newf(errs.Invalid, "Validation failed: Description is too long (maximum is %d characters)", s.config.MaxAlt)
		}
	}
	for _, f := range []struct{ to, from *float64 }{{&m.FocusX, a.FocusX}, {&m.FocusY, a.FocusY}} {
		if f.from == nil {
			continue
		}
		if math.IsNaN(*f.from) {
			return invalid("Focus is not a number")
		}
		*f.to = max(-1, min(1, *f.from))
	}
	return nil
}

// Media returns an image of the account's, posted or not. Returns NotFound if
// there is none.
func (s *Service) Media(ctx context.Context, account, id ids.ID) (*Media, error) {
	m, err := db.One(ctx, s.DB, scanMedia, "SELECT "+mediaColumns+" FROM posts_media WHERE id = $1 AND account_id = $2", id, account)
	if err != nil || m.AccountID == 0 {
		return nil, notFound(err)
	}
	return &m, nil
}

func notFound(err error) error {
	if err == nil {
		return errs.NotFoundRecord()
	}
	return err
}

// UpdateMedia changes the description and focus of an image that is not posted
// yet; later its post is edited instead. Returns NotFound if there is no such
// image of the account's; Invalid as Upload does.
func (s *Service) UpdateMedia(ctx context.Context, account, id ids.ID, a MediaAttributes) (*Media, error) {
	m, err := s.Media(ctx, account, id)
	if err != nil || m.PostID != 0 {
		return nil, notFound(err)
	}
	if err := s.describe(m, a); err != nil {
		return nil, err
	}
	n, err := db.Exec(ctx, s.DB, "UPDATE posts_media SET description = $1, focus_x = $2, focus_y = $3 WHERE id = $4 AND account_id = $5 AND post_id = 0",
		m.Description, m.FocusX, m.FocusY, id, account)
	if err != nil || n == 0 {
		return nil, notFound(err)
	}
	return m, nil
}

// DeleteMedia removes an image that is not posted yet. Returns NotFound if
// there is no such image of the account's; Invalid if it is posted.
func (s *Service) DeleteMedia(ctx context.Context, account, id ids.ID) error {
	m, err := s.Media(ctx, account, id)
	if err != nil {
		return err
	}
	n := int64(0)
	if m.PostID == 0 {
		if n, err = db.Exec(ctx, s.DB, "UPDATE posts_media SET account_id = 0 WHERE id = $1 AND account_id = $2 AND post_id = 0 AND scheduled_id = 0", id, account); err != nil {
			return err
		}
	}
	if n == 0 {
		return invalid("The file is used by a post")
	}
	return s.dropFiles(context.WithoutCancel(ctx))
}

// attach gives images that wait to a post, in their order. Returns Invalid if
// one of them is not the author's, or is posted already.
func attach(ctx context.Context, tx *db.Tx, p *Post, media []ids.ID) ([]Media, error) {
	if len(media) == 0 {
		return nil, nil
	}
	args := []any{p.ID, p.AccountID}
	var position, in strings.Builder
	for i, id := range media {
		args = append(args, id)
		place := "$" + strconv.Itoa(len(args))
		position.WriteString(" WHEN " + place + " THEN " + strconv.Itoa(i))
		in.WriteString(", " + place)
	}
	rows, err := db.All(ctx, tx, scanMedia, "UPDATE posts_media SET post_id = $1, position = CASE id"+position.String()+
		" END WHERE id IN ("+in.String()[2:]+") AND account_id = $2 AND post_id = 0 AND scheduled_id = 0 RETURNING "+mediaColumns, args...)
	if err != nil {
		return nil, err
	}
	if len(rows) < len(media) {
		return nil, foreignMedia()
	}
	return arrange(rows, media), nil
}

func foreignMedia() error { return invalid("A file does not exist or is attached already") }

// arrange puts images into the order of their ids in want.
func arrange(rows []Media, want []ids.ID) []Media {
	byID := make(map[ids.ID]Media, len(rows))
	for _, m := range rows {
		byID[m.ID] = m
	}
	out := make([]Media, len(want))
	for i, id := range want {
		out[i] = byID[id]
	}
	return out
}
