package posts

import (
	"context"
	"net/url"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/text"
	"golang.org/x/net/idna"
)

// linkMax bounds the address of a link that may have a card, in bytes.
const linkMax = 2048

// linkOf returns the first link of a text that may have a card, "" for none:
// pages of this server have none.
func (s *Service) linkOf(doc *text.Document) string {
	if s.Pages == nil {
		return ""
	}
	_, here, _ := strings.Cut(s.config.BaseURL, "://")
	for _, l := range doc.Links() {
		address, ok := normalLink(l)
		if _, there, _ := strings.Cut(address, "://"); ok && !strings.HasPrefix(there, here+"/") {
			return address
		}
	}
	return ""
}

// normalLink returns the one spelling under which a page is known. ok is false
// for what is no page's address.
func normalLink(link string) (address string, ok bool) {
	u, err := url.Parse(link)
	if err != nil || u.User != nil || u.Opaque != "" {
		return "", false
	}
	u.Scheme, u.Fragment, u.RawFragment = strings.ToLower(u.Scheme), "", ""
	host, port := strings.TrimSuffix(u.Hostname(), "."), u.Port()
	if !strings.Contains(host, ":") {
		if host, err = idna.Lookup.ToASCII(host); err != nil {
			return "", false
		}
	} else {
		host = "[" + strings.ToLower(host) + "]"
	}
	if port != "" && !(port == "80" && u.Scheme == "http") && !(port == "443" && u.Scheme == "https") {
		host += ":" + port
	}
	if u.Host = host; u.Path == "" {
		u.Path = "/"
	}
	address = u.String()
	return address, host != "" && (u.Scheme == "http" || u.Scheme == "https") && len(address) <= linkMax
}

// storeLink writes down that a post shows a link, and sets its LinkID.
func (s *Service) storeLink(ctx context.Context, tx *db.Tx, p *Post, link string) error {
	p.LinkID = 0
	if link == "" {
		return nil
	}
	if _, err := db.Exec(ctx, tx, "INSERT INTO posts_links (id, url) VALUES ($1, $2) ON CONFLICT (url) DO NOTHING", s.IDs.New(p.AccountID), link); err != nil {
		return err
	}
	var err error
	if p.LinkID, err = db.Value[ids.ID](ctx, tx, "SELECT id FROM posts_links WHERE url = $1", link); err != nil {
		return err
	}
	_, err = db.Exec(ctx, tx, "INSERT INTO posts_link_uses (post_id, link_id) VALUES ($1, $2)", p.ID, p.LinkID)
	return err
}

func (s *Service) readLinks(ctx context.Context, q db.Querier, of []ids.ID, found map[ids.ID]*entry) error {
	in, args := db.In(nil, of)
	rows, err := db.All(ctx, q, scanKeyed[ids.ID], "SELECT post_id, link_id FROM posts_link_uses WHERE post_id IN "+in, args...)
	for _, r := range rows {
		found[r.of].post.LinkID = r.value
	}
	return err
}

// LinkTimeline lists the public posts that show a link, of authors who want to
// be discovered, the latest first. Of a link that nobody has shown, and of one
// that only private posts show, there are none.
func (s *Service) LinkTimeline(ctx context.Context, by ids.ID, link string, p page.Page) ([]*View, error) {
	address, ok := normalLink(link)
	if !ok {
		return nil, nil
	}
	v, err := s.viewer(ctx, by)
	if err != nil {
		return nil, err
	}
	read := func(ctx context.Context, q page.Page) ([]ids.ID, error) {
		end, args := q.SQL("post_id", []any{address})
		return db.Values[ids.ID](ctx, s.DB, "SELECT post_id FROM posts_link_uses WHERE link_id = (SELECT id FROM posts_links WHERE url = $1)"+end, args...)
	}
	return s.fill(ctx, v, p, whole(read), func(v *viewer, p, _ *Post) bool {
		a, err := s.Profiles.Account(ctx, p.AccountID)
		return err == nil && a.Discoverable && p.Visibility == Public && !v.hides(p, nil) && !v.limited(p)
	})
}
