package app

import (
	"context"
	"time"

	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/mastodon"
)

// measureEvery is how often pictures are measured: each is looked at.
const measureEvery = time.Hour

// storage says where the data is and how much room it takes.
func (a *App) storage(ctx context.Context) (mastodon.Storage, error) {
	st := mastodon.Storage{Engine: "SQLite", Media: a.pictures.Load()}
	for _, d := range a.dbs {
		version, bytes, err := d.About(ctx)
		if err != nil {
			return st, err
		}
		st.Version = version
		if d.Engine() == db.Postgres { // all rooms are in one database
			st.Engine, st.Data = "PostgreSQL", bytes
			return st, nil
		}
		st.Data += bytes
	}
	return st, nil
}

// measuring measures the pictures now and then, until ctx ends.
func (a *App) measuring(ctx context.Context) {
	tick := time.NewTicker(measureEvery)
	defer tick.Stop()
	for {
		if err := a.measure(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("pictures not measured", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a *App) measure(ctx context.Context) error {
	var sum int64
	for _, store := range []*blob.Store{a.blobs, a.faces, a.signs} {
		bytes, err := store.Size(ctx)
		if err != nil {
			return err
		}
		sum += bytes
	}
	a.pictures.Store(sum)
	return nil
}
