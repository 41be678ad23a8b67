package posts

import (
	"context"
	"slices"
	"sync"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// tagNames remembers the ids of hashtags. Names are never deleted, so what is
// remembered stays true.
type tagNames struct {
	mu  sync.RWMutex
	ids map[string]ids.ID
}

// tagsKept bounds how many hashtags are remembered.
const tagsKept = 1 << 15

func (t *tagNames) get(name string) (ids.ID, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	id, ok := t.ids[name]
	return id, ok
}

func (t *tagNames) put(name string, id ids.ID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ids == nil || len(t.ids) >= tagsKept {
		t.ids = map[string]ids.ID{}
	}
	t.ids[name] = id
}

func (s *Service) storeTags(ctx context.Context, tx *db.Tx, p *Post) error {
	if len(p.Tags) == 0 {
		return nil
	}
	known, err := s.nameTags(ctx, tx, p.Tags)
	if err != nil {
		return err
	}
	if err := refuseTags(ctx, tx, known); err != nil {
		return err
	}
	var args []any
	for i, name := range p.Tags {
		args = append(args, known[name], p.ID, i)
	}
	if _, err = db.Exec(ctx, tx, "INSERT INTO posts_tags (tag_id, post_id, position) VALUES "+db.Tuples(len(p.Tags), 3), args...); err != nil {
		return err
	}
	counts := tagCounts{}
	counts.add(p, known)
	return counts.store(ctx, tx)
}

// nameTags returns the ids of hashtags and makes those that are new.
func (s *Service) nameTags(ctx context.Context, tx *db.Tx, names []string) (map[string]ids.ID, error) {
	known := make(map[string]ids.ID, len(names))
	var unknown []string
	for _, name := range names {
		if id, ok := s.tags.get(name); ok {
			known[name] = id
		} else {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return known, nil
	}
	slices.Sort(unknown) // two transactions must not wait for each other
	var args []any
	for _, name := range unknown {
		args = append(args, s.IDs.Global(), name)
	}
	rows, err := db.All(ctx, tx, func(k *keyed[string]) []any { return []any{&k.of, &k.value} },
		"INSERT INTO posts_tags_names (id, name) VALUES "+db.Tuples(len(unknown), 2)+
			" ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id, name", args...)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		known[r.value] = r.of
	}
	tx.OnCommit(func() {
		for _, r := range rows {
			s.tags.put(r.value, r.of)
		}
	})
	return known, nil
}
