package posts

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/fetch"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/image"
	"github.com/guildhall/guildhall/internal/preview"
)

const (
	pageBytes    = 1 << 20
	oEmbedBytes  = 128 << 10
	pictureBytes = 4 << 20
	cardPixels   = 640 * 360

	// previewTime bounds all that is read for one card.
	previewTime = 10 * time.Second
	// previewsAtOnce bounds how many pages a node reads at a time, and
	// previewsWaiting how many wait for that; the sweep finds what was too much.
	previewsAtOnce  = 16
	previewsWaiting = 1024
	// cardAge is how old a card may be when its link is used again.
	cardAge = 14 * 24 * time.Hour
	// flightTime is how long after the beginning of an attempt another one may
	// begin: the node that made it has died.
	flightTime = time.Minute
	// failureMax is the longest rest after failures.
	failureMax = 7 * 24 * time.Hour
	// linksEvery is how often forgotten links are looked for.
	linksEvery = time.Minute
	// cardPosts and cardNews bound which posts are told to open streams again
	// when their link's card comes: the newest, and not those of long ago.
	cardPosts = 50
	cardNews  = time.Hour
)

// Pages gets documents from other servers (fetch.Client).
type Pages interface {
	Get(ctx context.Context, address string, most int64, types ...string) (*fetch.Document, error)
}

// previews is which links are being read by this node.
type previews struct {
	mu    sync.Mutex
	known map[ids.ID]bool // reading, or waiting to
	slots chan struct{}
}

// startPreviews has the pages behind links read until ctx ends. What is to be
// read is in the table of links; the events only say when to look.
func (s *Service) startPreviews(ctx context.Context) error {
	if s.Pages == nil {
		return nil
	}
	s.previews.known, s.previews.slots = map[ids.ID]bool{}, make(chan struct{}, previewsAtOnce)
	go s.every(ctx, "links", linksEvery, func(ctx context.Context) error { return s.sweepLinks(ctx) })
	return s.Bus.Consume(ctx, bus.Consumer{Name: "posts-cards", Events: []string{"posts.created", "posts.edited"},
		Handle: func(_ context.Context, events []bus.Event) error {
			for _, e := range events {
				if err := on(e, func(c struct {
					LinkID ids.ID `json:"link_id"`
				}) {
					s.previewSoon(ctx, c.LinkID)
				}); err != nil {
					return err
				}
			}
			return nil
		}})
}

// sweepLinks finds links that were to be read when a node ended, or had too much to do.
func (s *Service) sweepLinks(ctx context.Context) error {
	waiting, err := db.Values[ids.ID](ctx, s.DB, "SELECT id FROM posts_links WHERE fetched_at = 0 AND failures = 0 AND tried_at <= $1 ORDER BY tried_at LIMIT $2",
		toMillis(s.Now().Add(-flightTime)), previewsWaiting/4)
	for _, id := range waiting {
		s.previewSoon(ctx, id)
	}
	return err
}

// previewSoon reads the page of a link in the background if it is due.
func (s *Service) previewSoon(ctx context.Context, link ids.ID) {
	v := &s.previews
	v.mu.Lock()
	defer v.mu.Unlock()
	if link == 0 || v.known[link] || len(v.known) >= previewsWaiting {
		return
	}
	v.known[link] = true
	go func() {
		defer func() {
			v.mu.Lock()
			delete(v.known, link)
			v.mu.Unlock()
		}()
		select {
		case v.slots <- struct{}{}:
			defer func() { <-v.slots }()
		case <-ctx.Done():
			return
		}
		if err := s.preview(ctx, link); err != nil && ctx.Err() == nil {
			s.Log.Error("card of a link", "link", link, "error", err)
		}
	}()
}

// linkState is where a link stands.
type linkState struct {
	url, image     string
	fetched, tried time.Time
	failures       int
}

// due tells whether a page is to be read now.
func (l *linkState) due(now time.Time) bool {
	rest := flightTime
	if l.failures > 0 {
		rest = min(15*time.Minute<<min(2*(l.failures-1), 20), failureMax)
	}
	return now.Sub(l.fetched) >= cardAge && now.Sub(l.tried) >= rest
}

// preview reads the page of a link if it is due and nobody else does, and keeps
// what it says. Its failure is kept too, and is no error.
func (s *Service) preview(ctx context.Context, link ids.ID) error {
	l, err := db.One(ctx, s.DB, func(l *linkState) []any {
		return []any{&l.url, &l.image, millis{&l.fetched}, millis{&l.tried}, &l.failures}
	},
		"SELECT url, image_key, fetched_at, tried_at, failures FROM posts_links WHERE id = $1", link)
	if errs.Is(err, errs.NotFound) || err == nil && !l.due(s.Now()) {
		return nil
	}
	if err != nil {
		return err
	}
	now := toMillis(s.Now())
	n, err := db.Exec(ctx, s.DB, "UPDATE posts_links SET tried_at = $1 WHERE id = $2 AND tried_at = $3", now, link, toMillis(l.tried))
	if err != nil || n == 0 {
		return err // another node was faster
	}
	card, err := s.readPage(ctx, l.url)
	if ctx.Err() != nil {
		return ctx.Err() // the sweep of another node, or of the next start, goes on
	}
	if err != nil {
		s.Log.Debug("no card", "link", l.url, "error", err)
		_, err = db.Exec(ctx, s.DB, "UPDATE posts_links SET failures = failures + 1 WHERE id = $1", link)
		return err
	}
	return s.keepCard(ctx, link, &l, card)
}

// picture is a card's image before it is in the blob store.
type picture struct {
	image.Output
	blurhash string
}

// pageCard is a card with its picture, which is nil if there is none.
type pageCard struct {
	preview.Preview
	picture *picture
	author  ids.ID // of our accounts the one that the page names, 0: none
}

// readPage reads a page and its picture.
func (s *Service) readPage(ctx context.Context, address string) (*pageCard, error) {
	ctx, cancel := context.WithTimeout(ctx, previewTime)
	defer cancel()
	d, err := s.Pages.Get(ctx, address, pageBytes, "text/html", "application/xhtml+xml")
	if err != nil {
		return nil, err
	}
	c := &pageCard{Preview: preview.Page(d.Body, d.Type, d.URL)}
	if c.OEmbed != "" && (c.Title == "" || c.AuthorName == "" || c.Image == "") {
		// Without these a page still has a card.
		if more, err := s.Pages.Get(ctx, c.OEmbed, oEmbedBytes, "application/json", "application/json+oembed", "text/json"); err == nil {
			c.AddOEmbed(more.Body, more.URL)
		}
	}
	if c.Title == "" {
		return nil, fmt.Errorf("the page has no title")
	}
	if c.ProviderName == "" {
		c.ProviderName = d.URL.Hostname()
	}
	if c.author, err = s.creatorOf(ctx, c.Creator, address, d.URL); err != nil {
		return nil, err
	}
	if c.Image != "" {
		if c.picture, err = s.readPicture(ctx, c.Image); err != nil {
			s.Log.Debug("no picture for a card", "link", address, "error", err)
		}
	}
	return c, nil
}

// creatorOf returns the account of ours that a page names as its author (its
// address, or that of its profile), 0 for none. What a page of another site says,
// to which a link has led on, does not count: the account may only trust this one.
func (s *Service) creatorOf(ctx context.Context, creator, link string, read *url.URL) (ids.ID, error) {
	from, err := url.Parse(link)
	if creator == "" || err != nil || siteOf(from) != siteOf(read) {
		return 0, nil
	}
	name, isPage := strings.CutPrefix(creator, s.config.BaseURL+"/@")
	if !isPage {
		if name = strings.TrimPrefix(creator, "@"); !strings.Contains(name, "@") {
			return 0, nil
		}
	}
	a, err := s.Profiles.Lookup(ctx, name)
	if errs.Is(err, errs.NotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return a.ID, nil
}

// readPicture reads an image and encodes it anew, so that nobody who reads a
// post is known to the server that the image is from.
func (s *Service) readPicture(ctx context.Context, address string) (*picture, error) {
	d, err := s.Pages.Get(ctx, address, pictureBytes, "image/jpeg", "image/png", "image/webp", "image/gif", "image/jpg", "application/octet-stream")
	if err != nil {
		return nil, err
	}
	if d.More {
		return nil, fmt.Errorf("the picture is too large")
	}
	made, err := s.images.Process(ctx, bytes.NewReader(d.Body), []image.Variant{{Name: "card", MaxPixels: cardPixels}})
	if err != nil {
		return nil, err
	}
	return &picture{made.Outputs["card"], made.Blurhash}, nil
}

// keepCard stores a card and tells that the newest posts with the link look
// otherwise.
func (s *Service) keepCard(ctx context.Context, link ids.ID, old *linkState, c *pageCard) error {
	// A file with the same content must not be deleted between the two steps.
	s.files.RLock()
	var kept Rendition
	var hash string
	var err error
	if c.picture != nil {
		kept, err = s.keep(ctx, c.picture.Output)
		hash = c.picture.blurhash
	}
	if err == nil {
		err = s.write(ctx, func(tx *db.Tx) error { return s.storeCard(ctx, tx, link, c, kept, hash) })
	}
	s.files.RUnlock()
	if err != nil || old.image == "" || old.image == kept.Key {
		return err
	}
	s.files.Lock()
	defer s.files.Unlock()
	return s.deleteUnused(ctx, Media{Original: Rendition{Key: old.image}, Small: Rendition{Key: old.image}})
}

func (s *Service) storeCard(ctx context.Context, tx *db.Tx, link ids.ID, c *pageCard, kept Rendition, hash string) error {
	now := s.Now()
	if _, err := db.Exec(ctx, tx, `UPDATE posts_links SET fetched_at = $2, failures = 0, title = $3, description = $4, language = $5,
		author_name = $6, author_url = $7, provider_name = $8, provider_url = $9, published_at = $10,
		image_key = $11, image_width = $12, image_height = $13, image_blurhash = $14, image_alt = $15, author_id = $16 WHERE id = $1`,
		link, toMillis(now), c.Title, c.Description, c.Language, c.AuthorName, c.AuthorURL, c.ProviderName, c.ProviderURL, toMillis(c.Published),
		kept.Key, kept.Width, kept.Height, hash, c.ImageAlt, c.author); err != nil {
		return err
	}
	tx.OnCommit(func() { s.cards.Invalidate(link) })
	recent, err := db.Values[ids.ID](ctx, tx, "SELECT post_id FROM posts_link_uses WHERE link_id = $1 AND post_id > $2 ORDER BY post_id DESC LIMIT $3",
		link, ids.At(now.Add(-cardNews)), cardPosts)
	if err != nil {
		return err
	}
	found, err := s.read(ctx, tx, recent)
	if err != nil {
		return err
	}
	if _, err := s.outbox.Add(ctx, tx, Refreshed{LinkID: link}); err != nil { // all nodes forget the card
		return err
	}
	for _, id := range recent {
		if e := found[id]; e != nil {
			if _, err := s.outbox.Add(ctx, tx, Refreshed{ID: id, AccountID: e.post.AccountID, LinkID: link, Visibility: e.post.Visibility, Tags: e.post.Tags}); err != nil {
				return err
			}
		}
	}
	return nil
}
