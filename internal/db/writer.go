package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
)

// writer owns the only writing connection of a SQLite file. Transactions that
// wait at the same time are committed together, as one SQLite transaction: one
// flush to the disk pays for all of them.
type writer struct {
	db    *DB
	conn  *sql.Conn
	pool  *sql.DB
	queue chan *job
	stmts map[string]*sql.Stmt
	once  sync.Once
	mu    sync.RWMutex // held for reading while a job is handed over
	ended bool
	done  chan struct{}
	count struct {
		sync.Mutex
		WriterStats
	}
}

type job struct {
	f    func(*Tx) error
	tx   *Tx
	err  error
	done chan struct{}
}

// groupMax bounds a group, and with it how long its first member waits.
const groupMax = 128

func newWriter(d *DB, pool *sql.DB) (*writer, error) {
	conn, err := pool.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	w := &writer{db: d, conn: conn, pool: pool, queue: make(chan *job, groupMax), stmts: map[string]*sql.Stmt{}, done: make(chan struct{})}
	go w.run()
	return w, nil
}

func (w *writer) do(ctx context.Context, f func(*Tx) error) error {
	j := &job{f: f, done: make(chan struct{})}
	if err := w.hand(ctx, j); err != nil {
		return err
	}
	<-j.done // once handed over it is carried out: the caller must know how it ended
	return j.err
}

func (w *writer) hand(ctx context.Context, j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.ended {
		return errs.New(errs.Unavailable, "Shutting down")
	}
	select {
	case w.queue <- j:
		return nil
	case <-ctx.Done():
		return errs.Wrap(errs.Unavailable, "The request was given up", ctx.Err())
	}
}

func (w *writer) close() {
	w.once.Do(func() {
		w.mu.Lock()
		w.ended = true
		close(w.queue)
		w.mu.Unlock()
		<-w.done
	})
}

func (w *writer) run() {
	defer close(w.done)
	for j := range w.queue {
		start := time.Now()
		group := w.group(j)
		w.note(len(group), time.Since(start))
		for _, j := range group {
			if j.err == nil {
				j.tx.finish()
			}
			close(j.done)
		}
	}
	w.stop()
}

// note counts a group that was committed.
func (w *writer) note(jobs int, took time.Duration) {
	c := &w.count
	c.Lock()
	defer c.Unlock()
	c.Groups++
	c.Jobs += int64(jobs)
	c.Largest = max(c.Largest, int64(jobs))
	c.Took += took
	c.Longest = max(c.Longest, took)
}

func (w *writer) stats() WriterStats {
	w.count.Lock()
	defer w.count.Unlock()
	s := w.count.WriterStats
	s.Queue = len(w.queue)
	return s
}

func (w *writer) stop() {
	for _, s := range w.stmts {
		if err := s.Close(); err != nil {
			w.db.log.Warn("statement not closed", "error", err)
		}
	}
	if err := errors.Join(w.conn.Close(), w.pool.Close()); err != nil {
		w.db.log.Warn("writer not closed", "error", err)
	}
}

// group runs a job and those that wait behind it in one transaction. If one of
// several fails, all are run once more, each in a savepoint of its own: failing
// is rare, and savepoints cost every job a good part of its time.
func (w *writer) group(first *job) []*job {
	group, failed := w.together(first)
	if failed && len(group) > 1 {
		w.apart(group)
	}
	return group
}

// together runs jobs until one fails or none waits, and commits them.
func (w *writer) together(first *job) (group []*job, failed bool) {
	group = []*job{first}
	if first.err = w.do1("BEGIN IMMEDIATE"); first.err != nil {
		return group, true
	}
	for j := first; j != nil; j = w.waiting(&group) {
		j.tx = &Tx{db: w.db, conn: w}
		if j.err = protect(j.tx, j.f); j.err != nil {
			if err := w.do1("ROLLBACK"); err != nil {
				j.err = errors.Join(j.err, err)
			}
			return group, true
		}
	}
	w.commit(group)
	return group, false
}

// waiting returns the next job that waits, and adds it to the group; nil if
// there is none or the group is full.
func (w *writer) waiting(group *[]*job) *job {
	if len(*group) == groupMax {
		return nil
	}
	select {
	case j, ok := <-w.queue:
		if ok {
			*group = append(*group, j)
			return j
		}
	default:
	}
	return nil
}

// apart runs jobs so that one's failure does not touch the others.
func (w *writer) apart(group []*job) {
	if err := w.do1("BEGIN IMMEDIATE"); err != nil {
		for _, j := range group {
			j.err = err
		}
		return
	}
	for _, j := range group {
		w.runJob(j)
	}
	w.commit(group)
}

func (w *writer) commit(group []*job) {
	err := w.do1("COMMIT")
	if err == nil {
		return
	}
	rollback := w.do1("ROLLBACK") // also when COMMIT has rolled back already
	w.db.log.Error("group commit failed", "database", w.db.name, "jobs", len(group), "error", err, "rollback", rollback)
	for _, j := range group {
		if j.err == nil {
			j.err = err
		}
	}
}

func (w *writer) runJob(j *job) {
	j.tx = &Tx{db: w.db, conn: w}
	if j.err = w.do1("SAVEPOINT job"); j.err != nil {
		return
	}
	if j.err = protect(j.tx, j.f); j.err != nil {
		if err := w.do1("ROLLBACK TO job"); err != nil {
			j.err = errors.Join(j.err, err)
		}
	}
	if err := w.do1("RELEASE job"); err != nil {
		j.err = errors.Join(j.err, err)
	}
}

func (w *writer) do1(text string) error {
	stmt, err := w.prepared(text)
	if err != nil {
		return err
	}
	if _, err = stmt.Exec(); err != nil {
		return failed(text, err)
	}
	return nil
}

func (w *writer) prepared(text string) (*sql.Stmt, error) {
	if s, ok := w.stmts[text]; ok {
		return s, nil
	}
	s, err := w.conn.PrepareContext(context.Background(), unnumbered(text))
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", text, err)
	}
	w.stmts[text] = s
	return s, nil
}
