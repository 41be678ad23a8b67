package bus_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

var schema = fstest.MapFS{"00001_outbox.sql": {Data: []byte(`-- +goose Up
CREATE TABLE t_outbox (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, data BLOB NOT NULL);
-- +goose Down
DROP TABLE t_outbox;
`)}}

type said struct {
	N int `json:"n"`
}

func (said) Kind() string { return "said" }

// heard collects what a consumer was given.
type heard struct {
	mu sync.Mutex
	n  []int
}

func (h *heard) add(events []bus.Event) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range events {
		v, err := bus.Decode[said](e)
		if err != nil {
			return err
		}
		h.n = append(h.n, v.N)
	}
	return nil
}

func (h *heard) all() []int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.n)
}

func record(t *testing.T, k *testkit.Kit, d *db.DB, o *bus.Outbox, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		err := d.Write(k.Ctx, func(tx *db.Tx) error {
			_, err := o.Add(k.Ctx, tx, said{i})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// first leaves of each number only the first.
func first(all []int) []int {
	seen := map[int]bool{}
	return slices.DeleteFunc(all, func(n int) bool { old := seen[n]; seen[n] = true; return old })
}

func counted(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func TestEventsReachConsumersAndFollowersInOrder(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := k.Open("t", schema)
		o := bus.NewOutbox(k.Bus, d, k.IDs, k.Clock.Now)
		var consumed, followed heard
		if err := k.Bus.Follow(bus.Follower{Event: func(e bus.Event) {
			if err := followed.add([]bus.Event{e}); err != nil {
				t.Error(err)
			}
		}}); err != nil {
			t.Fatal(err)
		}
		if err := k.Bus.Consume(k.Ctx, bus.Consumer{Name: "c", Events: []string{"t.*"}, Handle: func(_ context.Context, e []bus.Event) error { return consumed.add(e) }}); err != nil {
			t.Fatal(err)
		}
		go o.Run(k.Ctx)
		// What the relay finds in the table at its start may be anybody's.
		record(t, k, d, o, 0, 1)
		testkit.Eventually(t, func() bool { return slices.Contains(followed.all(), 0) })
		if err := k.Bus.Settle(k.Ctx); err != nil {
			t.Fatal(err)
		}
		record(t, k, d, o, 1, 500)
		testkit.Eventually(t, func() bool { return len(consumed.all()) == 500 && slices.Contains(followed.all(), 499) })
		// While the relay catches up with the table a follower may hear twice.
		if !slices.Equal(consumed.all(), counted(500)) || !slices.Equal(first(followed.all()), counted(500)) {
			t.Error("out of order")
		}
	})
}

// What the relay takes from memory was changed here; what it reads from the
// table, as it does at first, may have been changed by any process.
func TestAProcessKnowsItsOwnChanges(t *testing.T) {
	k := testkit.New(t, db.SQLite)
	d := k.Open("t", schema)
	o := bus.NewOutbox(k.Bus, d, k.IDs, k.Clock.Now)
	var own atomic.Bool
	if err := k.Bus.Follow(bus.Follower{Event: func(e bus.Event) { own.Store(e.Own) }, Lost: func() {}}); err != nil {
		t.Fatal(err)
	}
	go o.Run(k.Ctx)
	testkit.Eventually(t, func() bool {
		record(t, k, d, o, 0, 1)
		return own.Load()
	})
}

func TestNothingIsToldOfARolledBackChange(t *testing.T) {
	k := testkit.New(t, db.SQLite)
	d := k.Open("t", schema)
	o := bus.NewOutbox(k.Bus, d, k.IDs, k.Clock.Now)
	var h heard
	if err := k.Bus.Consume(k.Ctx, bus.Consumer{Name: "c", Events: []string{"t.said"}, Handle: func(_ context.Context, e []bus.Event) error { return h.add(e) }}); err != nil {
		t.Fatal(err)
	}
	go o.Run(k.Ctx)
	boom := errors.New("boom")
	err := d.Write(k.Ctx, func(tx *db.Tx) error {
		if _, err := o.Add(k.Ctx, tx, said{99}); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	record(t, k, d, o, 0, 1)
	testkit.Eventually(t, func() bool { return len(h.all()) > 0 })
	if !slices.Equal(h.all(), []int{0}) {
		t.Errorf("heard %v", h.all())
	}
}

// A stream that was wiped, and a relay that was down, lose nothing.
func TestWipedStreamIsFilledFromTheOutbox(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := k.Open("t", schema)
		lost := bus.NewOutbox(k.Bus, d, k.IDs, k.Clock.Now) // never runs: its process was killed after the commits
		record(t, k, d, lost, 0, 1200)
		other, err := bus.Open(k.Ctx, bus.Config{Dir: filepath.Join(k.Dir, "fresh"), Log: k.Log})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(k.Ctx)
		defer other.Close()
		defer cancel()
		var h heard
		if err := other.Consume(ctx, bus.Consumer{Name: "c", Events: []string{"t.said"}, Handle: func(_ context.Context, e []bus.Event) error { return h.add(e) }}); err != nil {
			t.Fatal(err)
		}
		again := bus.NewOutbox(other, d, k.IDs, k.Clock.Now)
		go again.Run(ctx)
		testkit.Eventually(t, func() bool { return len(h.all()) >= 1200 })
		if !slices.Equal(h.all(), counted(1200)) {
			t.Errorf("%d events, not each once and in order", len(h.all()))
		}
	})
}

// One event that cannot be dealt with does not hold up the others; it is parked
// and tried again at the next start.
func TestBadEventIsParkedAndTriedAgain(t *testing.T) {
	dir := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	ctx := context.Background()
	b, err := bus.Open(ctx, bus.Config{Dir: dir, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	k := testkit.New(t, db.SQLite)
	d := k.Open("t", schema)
	o := bus.NewOutbox(b, d, ids.NewGenerator(time.Now), time.Now)
	run, stop := context.WithCancel(ctx)
	go o.Run(run)
	var good heard
	var tried sync.Map
	bus.SetRetryDelay(b, time.Millisecond)
	err = b.Consume(ctx, bus.Consumer{Name: "picky", Events: []string{"t.said"}, Handle: func(_ context.Context, events []bus.Event) error {
		for _, e := range events {
			if string(e.Data) == `{"n":3}` {
				n, _ := tried.LoadOrStore(e.ID, new(int))
				*n.(*int)++
				return fmt.Errorf("cannot deal with %s", e.Data)
			}
		}
		return good.add(events)
	}})
	if err != nil {
		t.Fatal(err)
	}
	record(t, k, d, o, 0, 10)
	testkit.Eventually(t, func() bool { return len(good.all()) == 9 })
	testkit.Eventually(t, func() bool { return b.Parked(ctx, "picky") == 1 })
	stop()
	b.Close()

	b, err = bus.Open(ctx, bus.Config{Dir: dir, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var mended heard
	if err := b.Consume(ctx, bus.Consumer{Name: "picky", Events: []string{"t.said"}, Handle: func(_ context.Context, e []bus.Event) error { return mended.add(e) }}); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, func() bool { return b.Parked(ctx, "picky") == 0 })
	if !slices.Equal(mended.all(), []int{3}) {
		t.Errorf("after the restart: %v", mended.all())
	}
}

// What failed for a time, because a database or a mail server was away, needs no
// restart; and events that stay parked do not hold up the start.
func TestParkedEventIsTriedAgainWithoutARestart(t *testing.T) {
	k := testkit.New(t, db.SQLite)
	d := k.Open("t", schema)
	o := bus.NewOutbox(k.Bus, d, k.IDs, k.Clock.Now)
	bus.SetRetryDelay(k.Bus, time.Millisecond)
	bus.SetRest(k.Bus, 20*time.Millisecond)
	var away atomic.Bool
	away.Store(true)
	var h heard
	if err := k.Bus.Consume(k.Ctx, bus.Consumer{Name: "c", Events: []string{"t.said"}, Handle: func(_ context.Context, e []bus.Event) error {
		if away.Load() {
			return errors.New("the mail server is away")
		}
		return h.add(e)
	}}); err != nil {
		t.Fatal(err)
	}
	go o.Run(k.Ctx)
	record(t, k, d, o, 0, 1)
	testkit.Eventually(t, func() bool { return k.Bus.Parked(k.Ctx, "c") == 1 })
	away.Store(false)
	testkit.Eventually(t, func() bool { return k.Bus.Parked(k.Ctx, "c") == 0 })
	if !slices.Equal(h.all(), []int{0}) {
		t.Errorf("heard %v", h.all())
	}
}

// A start with parked events that still fail is no slower than one without.
func TestParkedEventsDoNotHoldUpTheStart(t *testing.T) {
	k := testkit.New(t, db.SQLite)
	d := k.Open("t", schema)
	o := bus.NewOutbox(k.Bus, d, k.IDs, k.Clock.Now)
	bus.SetRetryDelay(k.Bus, time.Millisecond)
	bus.SetRest(k.Bus, time.Hour)
	spec := bus.Consumer{Name: "c", Events: []string{"t.said"}, Handle: func(context.Context, []bus.Event) error { return errors.New("away") }}
	if err := k.Bus.Consume(k.Ctx, spec); err != nil {
		t.Fatal(err)
	}
	go o.Run(k.Ctx)
	record(t, k, d, o, 0, 1)
	testkit.Eventually(t, func() bool { return k.Bus.Parked(k.Ctx, "c") == 1 })
	started := make(chan struct{})
	spec.Handle = func(ctx context.Context, _ []bus.Event) error {
		select {
		case <-started:
		case <-ctx.Done(): // as a mail server that does not answer
		}
		return nil
	}
	if err := k.Bus.Consume(k.Ctx, spec); err != nil {
		t.Fatal(err)
	}
	if k.Bus.Parked(k.Ctx, "c") == 0 {
		t.Error("the start has waited for a parked event")
	}
	close(started)
	testkit.Eventually(t, func() bool { return k.Bus.Parked(k.Ctx, "c") == 0 })
}

// What a process without a relay writes is published by one that has one.
func TestOrphansAreAdopted(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, k *testkit.Kit) {
		d := k.Open("t", schema)
		o := bus.NewOutbox(k.Bus, d, k.IDs, k.Clock.Now)
		var h heard
		if err := k.Bus.Consume(k.Ctx, bus.Consumer{Name: "c", Events: []string{"t.said"}, Handle: func(_ context.Context, e []bus.Event) error { return h.add(e) }}); err != nil {
			t.Fatal(err)
		}
		if err := bus.Listen(o); err != nil {
			t.Fatal(err)
		}
		if err := k.Bus.Follow(bus.Follower{Event: func(e bus.Event) {
			if e.Own {
				t.Error("another process's change counts as our own")
			}
		}}); err != nil {
			t.Fatal(err)
		}
		record(t, k, d, bus.NewOutbox(nil, d, k.IDs, k.Clock.Now), 0, 3)
		for range 3 { // later looks find nothing new
			k.Clock.Advance(6 * time.Second)
			if err := bus.Adopt(k.Ctx, o); err != nil {
				t.Fatal(err)
			}
		}
		testkit.Eventually(t, func() bool { return len(h.all()) == 3 })
		if !slices.Equal(h.all(), counted(3)) {
			t.Errorf("heard %v", h.all())
		}
	})
}

// What is told while the connection is away reaches nobody who only follows.
func TestFollowersLearnOfAnInterruptedConnection(t *testing.T) {
	k := testkit.New(t, db.SQLite)
	lost := make(chan struct{}, 8)
	if err := k.Bus.Follow(bus.Follower{Event: func(bus.Event) {}, Lost: func() { lost <- struct{}{} }}); err != nil {
		t.Fatal(err)
	}
	if err := bus.Disconnect(k.Bus); err != nil {
		t.Fatal(err)
	}
	select {
	case <-lost:
	case <-time.After(20 * time.Second):
		t.Error("nobody was told")
	}
}

// After a restart nothing is published that the stream holds already: it would
// forget after two minutes that it does, and every event would come twice.
func TestRestartPublishesNothingTwice(t *testing.T) {
	k := testkit.New(t, db.SQLite)
	d := k.Open("t", schema)
	ctx, stop := context.WithCancel(k.Ctx)
	o := bus.NewOutbox(k.Bus, d, k.IDs, k.Clock.Now)
	go o.Run(ctx)
	record(t, k, d, o, 0, 10)
	if err := k.Bus.Settle(k.Ctx); err != nil {
		t.Fatal(err)
	}
	stop()
	record(t, k, d, bus.NewOutbox(nil, d, k.IDs, k.Clock.Now), 10, 12) // its process was killed after the commits
	var h heard
	if err := k.Bus.Follow(bus.Follower{Event: func(e bus.Event) {
		if err := h.add([]bus.Event{e}); err != nil {
			t.Error(err)
		}
	}}); err != nil {
		t.Fatal(err)
	}
	go bus.NewOutbox(k.Bus, d, k.IDs, k.Clock.Now).Run(k.Ctx)
	testkit.Eventually(t, func() bool { return slices.Contains(h.all(), 11) })
	if !slices.Equal(h.all(), []int{10, 11}) {
		t.Errorf("published again: %v", h.all())
	}
}

// What waits behind slow work, and the work itself, may take longer than another
// node would be waited for: nothing comes a second time.
func TestSlowWorkIsNotGivenOutAgain(t *testing.T) {
	k := testkit.New(t, db.SQLite)
	d := k.Open("t", schema)
	o := bus.NewOutbox(k.Bus, d, k.IDs, k.Clock.Now)
	const patience = 300 * time.Millisecond
	bus.SetPatience(k.Bus, patience)
	var h heard
	slow := bus.Consumer{Name: "slow", Events: []string{"t.said"}, Handle: func(_ context.Context, e []bus.Event) error {
		if len(h.all()) == 0 {
			time.Sleep(5 * patience)
		}
		return h.add(e)
	}}
	if err := k.Bus.Consume(k.Ctx, slow); err != nil {
		t.Fatal(err)
	}
	go o.Run(k.Ctx)
	record(t, k, d, o, 0, 600) // more than one batch
	testkit.Eventually(t, func() bool { return len(h.all()) >= 600 })
	record(t, k, d, o, 600, 601) // whatever was given out again stands before it
	testkit.Eventually(t, func() bool { return slices.Contains(h.all(), 600) })
	if !slices.Equal(h.all(), counted(601)) {
		t.Errorf("%d events, want 601, each once and in order", len(h.all()))
	}
}
