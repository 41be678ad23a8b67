package archive

import (
	"bufio"
	"context"
	"io"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

const (
	workEvery = 15 * time.Second // how often a node looks what was asked of others
	holdEvery = time.Minute      // how often it says that it still works on an archive
	chunk     = 64 << 10         // bytes that are written at once
)

// works makes and deletes archives and does imports until ctx ends. Whatever cuts it short, the
// rest is done later, here or on another node.
func (s *Service) works(ctx context.Context) {
	tick := time.NewTicker(workEvery)
	defer tick.Stop()
	for {
		for _, work := range []func(context.Context) error{s.ImportAll, s.makeAll, s.Sweep} {
			if err := work(ctx); err != nil && ctx.Err() == nil {
				s.Log.ErrorContext(ctx, "archives and imports", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.nudge:
		}
	}
}

func (s *Service) makeAll(ctx context.Context) error {
	for {
		e, err := s.Identity.ClaimExport(ctx)
		if err != nil || e == nil {
			return err
		}
		if err := s.make(ctx, e); err != nil {
			return err
		}
	}
}

// make makes an archive and says so. One that fails is tried again later.
func (s *Service) make(ctx context.Context, e *identity.Export) error {
	key, size, err := s.store(ctx, e)
	if err != nil {
		if ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "archive not made", "account", e.UserID, "error", err)
		}
		return s.Identity.RetryExport(context.WithoutCancel(ctx), e.ID)
	}
	return s.Identity.FinishExport(ctx, e.ID, key, size)
}

// store writes an archive into a file, as it is read.
func (s *Service) store(ctx context.Context, e *identity.Export) (key string, size int64, err error) {
	held := s.Now()
	hold := func() error {
		if s.Now().Sub(held) < holdEvery {
			return ctx.Err()
		}
		held = s.Now()
		return s.Identity.HoldExport(ctx, e.ID)
	}
	r, w := io.Pipe()
	go func() {
		b := bufio.NewWriterSize(w, chunk)
		err := s.write(ctx, e.UserID, b, hold)
		if err == nil {
			err = b.Flush()
		}
		w.CloseWithError(err)
	}()
	key, size, err = s.Files.Put(ctx, r, ".zip")
	r.CloseWithError(err) // ends the writer, should it still write
	return key, size, err
}

// Write writes the archive of an account.
func (s *Service) Write(ctx context.Context, account ids.ID, to io.Writer) error {
	return s.write(ctx, account, to, ctx.Err)
}

// Sweep deletes the archives that are too old, and those of members who have
// gone.
func (s *Service) Sweep(ctx context.Context) error {
	for {
		old, err := s.Identity.ExpiredExports(ctx)
		if err != nil || len(old) == 0 {
			return err
		}
		for _, e := range old {
			if e.File != "" {
				if err := s.Files.Delete(ctx, e.File); err != nil && !errs.Is(err, errs.NotFound) {
					return err
				}
			}
			if err := s.Identity.ForgetExport(ctx, e.ID); err != nil {
				return err
			}
		}
	}
}
