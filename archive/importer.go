package archive

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
)

// importer does the lines of a file.
type importer struct {
	*Service
	ctx     context.Context
	me      ids.ID
	list    List
	known   bool                       // the line was done before: it is only looked at for what it has
	lists   map[string]ids.ID          // the member's lists by title; nil for other files
	friends map[ids.ID]profiles.Follow // whom the member follows; nil for other files
	seen    map[string]bool            // what the file has, by what giveUp knows it by
	result  Imported
}

// begin reads what the lines are held against.
func (i *importer) begin() error {
	switch i.list {
	case Follows:
		g, err := i.Profiles.Graph(i.ctx, i.me)
		if err != nil {
			return err
		}
		i.friends = g.Following
	case Lists:
		all, err := i.Posts.Lists(i.ctx, i.me)
		if err != nil {
			return err
		}
		i.lists = make(map[string]ids.ID, len(all))
		for _, l := range all {
			i.lists[l.Title] = l.ID
		}
	}
	return nil
}

// do does a line.
func (i *importer) do(line csvLine) error {
	switch i.list {
	case DomainBlocks:
		domain := line.cell(0)
		i.seen[strings.ToLower(domain)] = true
		if i.known {
			return nil
		}
		return i.Profiles.BlockDomain(i.ctx, i.me, domain)
	case Bookmarks:
		return i.bookmark(line.cell(0))
	case Lists:
		return i.member(line.cell(0), line.cell(1))
	}
	a, err := i.found(i.ctx, line.named("account address", 0))
	if err != nil {
		return err
	}
	i.seen[a.ID.String()] = true
	if i.known {
		return nil
	}
	switch i.list {
	case Follows:
		return i.follow(a, line)
	case Blocks:
		_, err = i.Profiles.Block(i.ctx, i.me, a.ID)
	case Mutes:
		_, err = i.Profiles.Mute(i.ctx, i.me, a.ID, line.named("hide notifications", 1) != "false", 0)
	}
	return err
}

func (i *importer) follow(a *profiles.Account, line csvLine) error {
	if _, ok := i.friends[a.ID]; !ok {
		if d := i.Limit.Allow(i.me.String(), i.FollowRule); !d.OK {
			return &errs.Error{Kind: errs.TooMany, After: d.RetryAfter}
		}
	}
	boosts, notify := line.named("show boosts", 1) != "false", line.named("notify on new posts", 2) == "true"
	languages := strings.FieldsFunc(line.named("languages", 3), func(r rune) bool { return r == ',' || r == ' ' })
	_, err := i.Profiles.Follow(i.ctx, i.me, a.ID, profiles.FollowOptions{Boosts: &boosts, Notify: &notify, Languages: &languages})
	return err
}

// bookmark finds a post of this server by its address.
func (i *importer) bookmark(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host != i.host {
		return errs.NotFoundRecord()
	}
	parts := strings.Split(u.Path, "/")
	id, ok := ids.Parse(parts[len(parts)-1])
	if !ok {
		return errs.NotFoundRecord()
	}
	i.seen[id.String()] = true
	if i.known {
		return nil
	}
	_, err = i.Posts.Bookmark(i.ctx, i.me, id)
	return err
}

// member puts somebody into a list, which is made if there is none of that title.
func (i *importer) member(title, address string) error {
	a, err := i.found(i.ctx, address)
	if err != nil {
		return err
	}
	id, ok := i.lists[title]
	if !ok && i.known { // deleted since
		return nil
	}
	if !ok {
		l, err := i.Posts.CreateList(i.ctx, i.me, posts.ListUpdate{Title: &title})
		if err != nil {
			return err
		}
		id = l.ID
		i.lists[title] = id
	}
	i.seen[id.String()+" "+a.ID.String()], i.seen[id.String()] = true, true
	if i.known {
		return nil
	}
	with, err := i.Posts.ListsWith(i.ctx, i.me, a.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(with, func(l posts.List) bool { return l.ID == id }) {
		return nil
	}
	err = i.Posts.AddToList(i.ctx, i.me, id, []ids.ID{a.ID})
	if errs.Is(err, errs.NotFound) {
		return errs.New(errs.Invalid, "is nobody whom you follow")
	}
	return err
}

// giveUp ends what is there and not in the file.
func (i *importer) giveUp() error {
	g, err := i.Profiles.Graph(i.ctx, i.me)
	if err != nil {
		return err
	}
	switch i.list {
	case Follows:
		return i.drop(slices.Sorted(maps.Keys(g.Following)), i.Profiles.Unfollow)
	case Blocks:
		return i.drop(slices.Sorted(maps.Keys(g.Blocking)), i.Profiles.Unblock)
	case Mutes:
		return i.drop(slices.Sorted(maps.Keys(g.Muting)), i.Profiles.Unmute)
	case Lists:
		return i.dropMembers()
	case DomainBlocks:
		return i.dropDomains()
	}
	return i.dropBookmarks()
}

func (i *importer) drop(have []ids.ID, end func(ctx context.Context, from, to ids.ID) (*profiles.Relationship, error)) error {
	for _, id := range have {
		if i.seen[id.String()] {
			continue
		}
		if _, err := end(i.ctx, i.me, id); err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		i.result.Removed++
	}
	return nil
}

// dropMembers takes those out of lists who are not in the file; lists that it
// does not name are deleted.
func (i *importer) dropMembers() error {
	for _, id := range i.lists {
		if !i.seen[id.String()] {
			if err := i.Posts.DeleteList(i.ctx, i.me, id); err != nil {
				return err
			}
			i.result.Removed++
			continue
		}
		var gone []ids.ID
		err := pages(func(p page.Page) (last ids.ID, n int, err error) {
			members, err := i.Posts.ListMembers(i.ctx, i.me, id, p)
			for _, m := range members {
				last = m.Cursor
				if !i.seen[id.String()+" "+m.Account.ID.String()] {
					gone = append(gone, m.Account.ID)
				}
			}
			return last, len(members), err
		})
		for part := range slices.Chunk(gone, atOnce) {
			if err == nil {
				err = i.Posts.RemoveFromList(i.ctx, i.me, id, part)
			}
		}
		if err != nil {
			return err
		}
		i.result.Removed += len(gone)
	}
	return nil
}

func (i *importer) dropDomains() error {
	var gone []string
	err := pages(func(p page.Page) (last ids.ID, n int, err error) {
		list, err := i.Profiles.DomainBlocks(i.ctx, i.me, p)
		for _, b := range list {
			if last = b.Cursor; !i.seen[b.Domain] {
				gone = append(gone, b.Domain)
			}
		}
		return last, len(list), err
	})
	for _, domain := range gone {
		if err == nil {
			err = i.Profiles.UnblockDomain(i.ctx, i.me, domain)
		}
	}
	i.result.Removed += len(gone)
	return err
}

func (i *importer) dropBookmarks() error {
	var gone []ids.ID
	err := pages(func(p page.Page) (last ids.ID, n int, err error) {
		list, err := i.Posts.Bookmarks(i.ctx, i.me, p)
		for _, e := range list {
			if last = e.Cursor; !i.seen[e.ID.String()] {
				gone = append(gone, e.ID)
			}
		}
		return last, len(list), err
	})
	for _, id := range gone {
		if err == nil {
			_, err = i.Posts.Unbookmark(i.ctx, i.me, id)
		}
	}
	i.result.Removed += len(gone)
	return err
}
