package archive

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// List is a file of names, by what Mastodon calls it in the file's address.
type List string

// The lists.
const (
	Follows      List = "follows"
	Followers    List = "followers"
	Blocks       List = "blocks"
	Mutes        List = "mutes"
	DomainBlocks List = "domain_blocks"
	Lists        List = "lists"
	Bookmarks    List = "bookmarks"
)

// AllLists returns all lists in the order in which they are offered.
func AllLists() []List {
	return []List{Follows, Followers, Lists, Blocks, Mutes, DomainBlocks, Bookmarks}
}

// FileName returns what a list's file is called.
func (l List) FileName() string {
	switch l {
	case Follows:
		return "following_accounts.csv"
	case Blocks:
		return "blocked_accounts.csv"
	case Mutes:
		return "muted_accounts.csv"
	case DomainBlocks:
		return "blocked_domains.csv"
	}
	return string(l) + ".csv"
}

// The first lines of files that have one, as Mastodon writes and reads them.
var headers = map[List][]string{
	Follows:   {"Account address", "Show boosts", "Notify on new posts", "Languages"},
	Followers: {"Account address"},
	Mutes:     {"Account address", "Hide notifications"},
}

// WriteList writes one of an account's lists as CSV.
func (s *Service) WriteList(ctx context.Context, account ids.ID, l List, to io.Writer) error {
	write, ok := map[List]func(context.Context, ids.ID, func(...string) error) error{
		Follows: s.follows, Followers: s.followers, Blocks: s.blocks, Mutes: s.mutes, DomainBlocks: s.domainBlocks, Lists: s.lists, Bookmarks: s.bookmarks,
	}[l]
	if !ok {
		return fmt.Errorf("archive: no list %q", l)
	}
	w := csv.NewWriter(to)
	line := func(cells ...string) error { return w.Write(cells) }
	if h := headers[l]; h != nil {
		if err := line(h...); err != nil {
			return err
		}
	}
	if err := write(ctx, account, line); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

// each calls f for the accounts of a list that exist, in its order.
func (s *Service) each(ctx context.Context, list []ids.ID, f func(a *profiles.Account) error) error {
	for part := range slices.Chunk(list, atOnce) {
		found, err := s.Profiles.Accounts(ctx, part)
		if err != nil {
			return err
		}
		for _, id := range part {
			if a := found[id]; a != nil {
				if err := f(a); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *Service) follows(ctx context.Context, account ids.ID, line func(...string) error) error {
	g, err := s.Profiles.Graph(ctx, account)
	if err != nil {
		return err
	}
	return s.each(ctx, slices.Sorted(maps.Keys(g.Following)), func(a *profiles.Account) error {
		f := g.Following[a.ID]
		return line(s.address(a), strconv.FormatBool(f.Boosts), strconv.FormatBool(f.Notify), strings.Join(f.Languages, ", "))
	})
}

func (s *Service) followers(ctx context.Context, account ids.ID, line func(...string) error) error {
	for after := ids.ID(0); ; {
		list, err := s.Profiles.FollowerIDs(ctx, account, after, atOnce)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := s.each(ctx, list, func(a *profiles.Account) error { return line(s.address(a)) }); err != nil {
			return err
		}
		after = list[len(list)-1]
	}
}

func (s *Service) blocks(ctx context.Context, account ids.ID, line func(...string) error) error {
	g, err := s.Profiles.Graph(ctx, account)
	if err != nil {
		return err
	}
	return s.each(ctx, slices.Sorted(maps.Keys(g.Blocking)), func(a *profiles.Account) error { return line(s.address(a)) })
}

func (s *Service) mutes(ctx context.Context, account ids.ID, line func(...string) error) error {
	g, err := s.Profiles.Graph(ctx, account)
	if err != nil {
		return err
	}
	return s.each(ctx, slices.Sorted(maps.Keys(g.Muting)), func(a *profiles.Account) error {
		if !g.Mutes(a.ID, s.Now()) {
			return nil // it has run out
		}
		return line(s.address(a), strconv.FormatBool(g.Muting[a.ID].Notifications))
	})
}

func (s *Service) domainBlocks(ctx context.Context, account ids.ID, line func(...string) error) error {
	return pages(func(p page.Page) (last ids.ID, n int, err error) {
		list, err := s.Profiles.DomainBlocks(ctx, account, p)
		for _, b := range list {
			if last = b.Cursor; err == nil {
				err = line(b.Domain)
			}
		}
		return last, len(list), err
	})
}

func (s *Service) lists(ctx context.Context, account ids.ID, line func(...string) error) error {
	all, err := s.Posts.Lists(ctx, account)
	if err != nil {
		return err
	}
	for _, l := range all {
		err := pages(func(p page.Page) (last ids.ID, n int, err error) {
			members, err := s.Posts.ListMembers(ctx, account, l.ID, p)
			for _, m := range members {
				if last = m.Cursor; err == nil {
					err = line(l.Title, s.address(m.Account))
				}
			}
			return last, len(members), err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) bookmarks(ctx context.Context, account ids.ID, line func(...string) error) error {
	return s.kept(ctx, account, s.Posts.Bookmarks, func(uri string) error { return line(uri) })
}

// kept calls f with the URIs of the posts in one of an account's lists.
func (s *Service) kept(ctx context.Context, account ids.ID, read func(context.Context, ids.ID, page.Page) ([]posts.Entry, error), f func(uri string) error) error {
	return pages(func(p page.Page) (last ids.ID, n int, err error) {
		list, err := read(ctx, account, p)
		if err != nil || len(list) == 0 {
			return 0, 0, err
		}
		want := make([]ids.ID, len(list))
		for i, e := range list {
			want[i] = e.AccountID
		}
		authors, err := s.Profiles.Accounts(ctx, want)
		for _, e := range list {
			if a := authors[e.AccountID]; a != nil && err == nil {
				err = f(s.uri(e.Post, a))
			}
		}
		return list[len(list)-1].Cursor, len(list), err
	})
}

// pages reads a list to its end: read is given a page and returns its last cursor
// and how many there were.
func pages(read func(page.Page) (last ids.ID, n int, err error)) error {
	for p := (page.Page{Limit: atOnce}); ; {
		last, n, err := read(p)
		if err != nil || n < p.Limit {
			return err
		}
		p.Max = last
	}
}
