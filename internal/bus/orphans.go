package bus

import (
	"context"
	"sync"
	"time"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// orphanAge is how long an event may stay unheard before this relay takes it
// on: its process was killed after the commit, or has no relay.
const orphanAge = 5 * time.Second

// orphans finds events that are in the table but were never heard on the bus.
type orphans struct {
	mu          sync.Mutex
	heard, past map[ids.ID]struct{} // since the last look, and before it
	seen        ids.ID              // rows up to here have been looked at
}

// listen notes every event of the domain that is published by whichever node.
func (o *Outbox) listen() error {
	o.orphans.seen = ids.At(o.now().Add(-2 * orphanAge))
	o.orphans.heard = map[ids.ID]struct{}{}
	return o.bus.Follow(Follower{Event: func(e Event) {
		if e.Domain == o.db.Name() {
			o.orphans.mu.Lock()
			o.orphans.heard[e.ID] = struct{}{}
			o.orphans.mu.Unlock()
		}
	}, Lost: func() {}})
}

// adopt publishes the rows of the last few seconds that nobody has published.
func (o *Outbox) adopt(ctx context.Context) error {
	until := ids.At(o.now().Add(-orphanAge))
	found, err := db.Values[ids.ID](ctx, o.db, "SELECT id FROM "+o.db.Name()+"_outbox WHERE id > $1 AND id <= $2 ORDER BY id LIMIT 100000", o.orphans.seen, until)
	if err != nil {
		return err
	}
	o.orphans.mu.Lock()
	var missing []ids.ID
	for _, id := range found {
		_, now := o.orphans.heard[id]
		_, before := o.orphans.past[id]
		if !now && !before {
			missing = append(missing, id)
		}
	}
	o.orphans.past, o.orphans.heard = o.orphans.heard, map[ids.ID]struct{}{}
	o.orphans.mu.Unlock()
	for len(missing) > 0 {
		part := missing[:min(len(missing), 500)]
		if err := o.publishRows(ctx, part); err != nil {
			return err
		}
		missing = missing[len(part):]
	}
	o.orphans.seen = max(o.orphans.seen, until)
	return nil
}

func (o *Outbox) publishRows(ctx context.Context, wanted []ids.ID) error {
	in, args := db.In(nil, wanted)
	events, err := db.All(ctx, o.db, o.columns, "SELECT id, kind, data FROM "+o.db.Name()+"_outbox WHERE id IN "+in+" ORDER BY id", args...)
	if err != nil {
		return err
	}
	return o.publish(ctx, events)
}
