package bus_test

import (
	"context"
	"sync/atomic"
	"testing"

	"log/slog"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// BenchmarkWriteAndTell is a durable write with its event, relayed to a
// consumer and a follower, by 16 writers at once.
func BenchmarkWriteAndTell(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir := b.TempDir()
	k, err := bus.Open(ctx, bus.Config{Dir: dir + "/bus", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer k.Close()
	d, err := db.Open(ctx, db.Config{Name: "t", Dir: dir, Schema: schema})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(ctx); err != nil {
		b.Fatal(err)
	}
	var told atomic.Int64
	handle := func(_ context.Context, e []bus.Event) error { told.Add(int64(len(e))); return nil }
	if err := k.Consume(ctx, bus.Consumer{Name: "c", Events: []string{"t.said"}, Handle: handle}); err != nil {
		b.Fatal(err)
	}
	o := bus.NewOutbox(k, d, ids.NewGenerator(time.Now), time.Now)
	go o.Run(ctx)
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := d.Write(ctx, func(tx *db.Tx) error { _, err := o.Add(ctx, tx, said{1}); return err }); err != nil {
				b.Error(err)
			}
		}
	})
	for told.Load() < int64(b.N) {
		time.Sleep(time.Millisecond)
	}
}
