package mastodon

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/errs"
)

// apiVersion is how much of Mastodon's API is here. Clients use what a number
// promises, so it must be true: 2 stands for grouped notifications, 3 for
// attribution_domains, 4 for deleting media, 5 for filters that blur, 7 for
// quotes, 8 for annual reports on demand and /api/v1/profile, 9 for descriptions
// of avatar and header, 10 for collections and supported_types.
const apiVersion = 10

// compatible is what clients that read the version as Mastodon's shall take
// this server for.
const compatible = "4.6.0"

// instanceDocs are the answers about the server itself, made once a minute and
// when its rules or documents change.
type instanceDocs struct {
	until          time.Time
	house          *instance.House // what they were made from
	v1, v2         []byte
	node20, node21 []byte
	activity       []byte
}

type instanceCache struct {
	docs atomic.Pointer[instanceDocs]
	mu   sync.Mutex // held by whoever makes them anew
}

const instanceFor = time.Minute

// instanceDocs returns the documents of this minute.
func (s *server) instanceDocs(ctx context.Context) (*instanceDocs, error) {
	now, house := s.Now(), s.Instance.House()
	if d := s.instance.docs.Load(); d != nil && now.Before(d.until) && d.house == house {
		return d, nil
	}
	s.instance.mu.Lock()
	defer s.instance.mu.Unlock()
	if d := s.instance.docs.Load(); d != nil && now.Before(d.until) && d.house == house {
		return d, nil
	}
	n, err := s.countAll(ctx)
	if err != nil {
		return nil, err
	}
	contact, err := s.contact(ctx)
	if err != nil {
		return nil, err
	}
	key, err := s.Notifications.VAPID(ctx)
	if err != nil {
		return nil, err
	}
	weeks, err := s.weeks(ctx, now)
	if err != nil {
		return nil, err
	}
	d := &instanceDocs{until: now.Add(instanceFor), house: house}
	for _, doc := range []struct {
		into *[]byte
		v    any
	}{
		{&d.v1, s.instanceV1Entity(n, contact)},
		{&d.v2, s.instanceV2Entity(n, contact, key.Public())},
		{&d.node20, s.nodeinfo("2.0", n)},
		{&d.node21, s.nodeinfo("2.1", n)},
		{&d.activity, weeks},
	} {
		if *doc.into, err = encode(doc.v); err != nil {
			return nil, err
		}
	}
	s.instance.docs.Store(d)
	return d, nil
}

// counts are how many people and posts there are.
type counts struct{ users, month, halfyear, posts int }

func (s *server) countAll(ctx context.Context) (n counts, err error) {
	if n.users, n.month, n.halfyear, err = s.Identity.CountActive(ctx); err != nil {
		return n, err
	}
	n.posts, err = s.Posts.Counts(ctx)
	return n, err
}

// contact returns the account of the operator, or null.
func (s *server) contact(ctx context.Context) (encoded[accountEntity], error) {
	if s.config.ContactAccount == "" {
		return nil, nil
	}
	a, err := s.Profiles.Lookup(ctx, s.config.ContactAccount)
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.accountJSON(ctx, a.ID)
}

func (s *server) instanceV1(c *Call) error {
	return s.document(c, func(d *instanceDocs) []byte { return d.v1 })
}

func (s *server) instanceV2(c *Call) error {
	return s.document(c, func(d *instanceDocs) []byte { return d.v2 })
}

// document answers with what is the same for everybody for a minute.
func (s *server) document(c *Call, pick func(*instanceDocs) []byte) error {
	d, err := s.instanceDocs(c.R.Context())
	if err != nil {
		return err
	}
	return c.Bytes(http.StatusOK, pick(d))
}

func (s *server) version() string {
	return compatible + " (compatible; Guildhall " + s.config.Version + ")"
}

// emptyList answers for what this server has none of, so that clients that ask
// when they start get an answer.
func (s *server) emptyList(c *Call) error { return c.Bytes(http.StatusOK, []byte("[]")) }

func (s *server) emptyObject(c *Call) error { return c.Bytes(http.StatusOK, []byte("{}")) }

// nothingThere answers for what no account has yet.
func (s *server) nothingThere(*Call) error { return errs.NotFoundRecord() }
