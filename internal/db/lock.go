package db

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrLocked says that another process holds a lock.
var ErrLocked = errors.New("another guildhall process is using it")

// Lock keeps other processes out of something. The system lets go of it when
// the process dies, however it does.
type Lock struct{ pool *sql.DB }

// TakeLock takes the lock that a file stands for, or returns ErrLocked.
func TakeLock(ctx context.Context, path string) (*Lock, error) { return takeLock(ctx, path, "0") }

// takeLock waits for the lock for some milliseconds. A SQLite file's exclusive
// transaction is a lock that works the same on every system.
func takeLock(ctx context.Context, path, wait string) (*Lock, error) {
	if err := writable(path); err != nil {
		return nil, err
	}
	pool, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?_pragma=busy_timeout("+wait+")")
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	_, err = pool.ExecContext(ctx, "BEGIN EXCLUSIVE")
	var lite *sqlite.Error
	if errors.As(err, &lite) && lite.Code()&0xff == sqlite3.SQLITE_BUSY {
		err = ErrLocked
	}
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &Lock{pool}, nil
}

// Release lets others in. A nil lock, or one that was let go of, is fine.
func (l *Lock) Release() error {
	if l == nil {
		return nil
	}
	return l.pool.Close()
}
