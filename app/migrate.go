package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"
	"time"

	"github.com/guildhall/guildhall/internal/db"
)

// MigrateUp brings all databases up to this program's version.
func MigrateUp(ctx context.Context, c Config, log *slog.Logger, out io.Writer) error {
	return eachDatabase(ctx, c, log, func(d *db.DB) error {
		err := errors.Join(d.Migrate(ctx), d.Close())
		if err == nil {
			_, err = fmt.Fprintf(out, "%s is up to date\n", d.Name())
		}
		return err
	})
}

// MigrateDown takes the last step of one database back. It refuses while a server
// runs on the data folder.
func MigrateDown(ctx context.Context, c Config, log *slog.Logger, name string, out io.Writer) (err error) {
	lock, err := takeFolder(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	return eachDatabase(ctx, c, log, func(d *db.DB) (err error) {
		defer func() { err = errors.Join(err, d.Close()) }()
		if d.Name() != name {
			return nil
		}
		step, err := d.MigrateDown(ctx)
		if err != nil {
			return err
		}
		if step == "" {
			step = "nothing"
		}
		_, err = fmt.Fprintf(out, "%s: took back %s\n", name, step)
		return err
	})
}

// MigrateStatus lists the steps of all databases.
func MigrateStatus(ctx context.Context, c Config, log *slog.Logger, out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DATABASE\tSTEP\tTAKEN")
	err := eachDatabase(ctx, c, log, func(d *db.DB) error {
		steps, err := d.Status(ctx)
		for _, s := range steps {
			taken := "pending"
			if !s.Applied.IsZero() {
				taken = s.Applied.UTC().Format(time.DateTime)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", s.Database, s.Name, taken)
		}
		return errors.Join(err, d.Close())
	})
	return errors.Join(err, w.Flush())
}
