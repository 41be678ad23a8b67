package posts

import (
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/internal/testkit"
	"github.com/guildhall/guildhall/profiles"
)

// BenchmarkReads measures warm reads of 20 posts.
func BenchmarkReads(b *testing.B) {
	w, reader, authors, posts := busy(b, 20, 50)
	ctx, p := w.kit.Ctx, page.Page{Limit: 20}
	for name, read := range map[string]func() error{
		"home":    func() error { _, err := w.Home(ctx, reader, p); return err },
		"public":  func() error { _, err := w.PublicTimeline(ctx, 0, PublicFilter{Local: true}, p); return err },
		"account": func() error { _, err := w.AccountPosts(ctx, reader, authors[0], AccountFilter{}, p); return err },
		"post":    func() error { _, err := w.Get(ctx, 0, posts[0]); return err },
		"context": func() error { _, _, err := w.Context(ctx, 0, posts[0]); return err },
	} {
		b.Run(name, func(b *testing.B) {
			must(b, read())
			must(b, read())
			b.ReportAllocs()
			for b.Loop() {
				must(b, read())
			}
		})
	}
}

// BenchmarkFeedLoad measures the first home timeline of a reader, from SQL.
func BenchmarkFeedLoad(b *testing.B) {
	for _, follows := range []int{200, 2000} {
		b.Run(fmt.Sprint(follows), func(b *testing.B) {
			w, reader, _, _ := busy(b, follows, 10)
			for b.Loop() {
				w.feeds.clear()
				v, err := w.viewer(w.kit.Ctx, reader)
				must(b, err)
				_, err = w.feed(w.kit.Ctx, v, 0)
				must(b, err)
			}
		})
	}
}

// busy returns a service with a reader who follows so many authors of n posts each.
func busy(b *testing.B, follows, n int) (w *town, reader ids.ID, authors, posts []ids.ID) {
	b.Helper()
	k := &testkit.Kit{Clock: testkit.NewClock(), Dir: b.TempDir(), Log: slog.New(slog.DiscardHandler), Ctx: b.Context()}
	k.IDs = ids.NewGenerator(k.Clock.Now)
	var err error
	k.Bus, err = bus.Open(k.Ctx, bus.Config{Dir: filepath.Join(k.Dir, "bus"), Log: k.Log})
	must(b, err)
	b.Cleanup(k.Bus.Close)
	var dbs []*db.DB
	for i, schema := range []fs.FS{profiles.Schema(), Schema(), SearchSchema()} {
		d, err := db.Open(k.Ctx, db.Config{Name: []string{"profiles", "posts", "search"}[i], Dir: k.Dir, Schema: schema, Log: k.Log, Derived: true})
		must(b, err)
		must(b, d.Migrate(k.Ctx))
		b.Cleanup(func() { must(b, d.Close()) })
		dbs = append(dbs, d)
	}
	w = build(b, k, dbs[0], dbs[1], dbs[2])
	reader = w.accounts("reader")[0]
	for i := range follows {
		authors = append(authors, w.accounts(fmt.Sprint("author", i))...)
	}
	w.follow(reader, authors...)
	return w, reader, authors, w.scatter(n, authors...)
}
