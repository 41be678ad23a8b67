package notifications

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/profiles"
	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"
)

// notifierCache keeps who wants to be told when an author posts. An entry
// needs no invalidation: it holds as long as the author's graph is the same.
type notifierCache = otter.Cache[ids.ID, notifiers]

type notifiers struct {
	graph    int64 // profiles.Account.Graph before the accounts were read
	accounts []ids.ID
}

func newNotifierCache(bytes uint64) *notifierCache {
	return otter.Must(&otter.Options[ids.ID, notifiers]{
		MaximumWeight:    bytes,
		StatsRecorder:    stats.NewCounter(),
		Weigher:          func(_ ids.ID, n notifiers) uint32 { return uint32(96 + 8*len(n.accounts)) },
		ExpiryCalculator: otter.ExpiryWriting[ids.ID, notifiers](time.Hour),
	})
}

// planNews plans notifications of new posts for those followers who want them.
// Who is mentioned in a post is told of that only.
func (s *Service) planNews(ctx context.Context, p *plan) error {
	if len(p.news) == 0 {
		return nil
	}
	authors := make([]ids.ID, len(p.news))
	for i, n := range p.news {
		authors[i] = n.post.AccountID
	}
	accounts, err := s.Profiles.Accounts(ctx, authors)
	if err != nil {
		return err
	}
	for _, n := range p.news {
		author := accounts[n.post.AccountID]
		if author == nil {
			continue
		}
		followers, err := s.notifiersOf(ctx, author)
		if err != nil {
			return err
		}
		for _, f := range followers {
			if _, mentioned := p.changes[register{f, author.ID, Mention, n.post.ID}]; !mentioned {
				p.tell(n.event, NewPost, f, author.ID, n.post.ID)
			}
		}
	}
	return nil
}

func (s *Service) notifiersOf(ctx context.Context, author *profiles.Account) ([]ids.ID, error) {
	if n, ok := s.notifiers.GetIfPresent(author.ID); ok && n.graph == author.Graph {
		return n.accounts, nil
	}
	accounts, err := s.Profiles.Notifiers(ctx, author.ID)
	if err == nil {
		s.notifiers.Set(author.ID, notifiers{author.Graph, accounts})
	}
	return accounts, err
}
