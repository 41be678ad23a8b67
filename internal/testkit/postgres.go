package testkit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// cluster is the PostgreSQL that a test binary's tests share, started by the
// first that asks; each test gets a database of its own in it.
var cluster postgres

type postgres struct {
	once   sync.Once
	err    error
	dir    string
	server *exec.Cmd
	base   string
	number atomic.Int64
}

var errNoBinaries = errors.New("no PostgreSQL binaries found (looked in PATH and /usr/lib/postgresql/*/bin)")

// database creates an empty database and returns its URL.
func (p *postgres) database(t *testing.T) string {
	t.Helper()
	p.once.Do(func() { p.err = p.start() })
	if errors.Is(p.err, errNoBinaries) && os.Getenv("CI") == "" {
		t.Skip(p.err)
	}
	if p.err != nil {
		t.Fatal(p.err)
	}
	name := fmt.Sprintf("test%d", p.number.Add(1))
	admin, err := sql.Open("pgx", p.base+"/postgres")
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	return p.base + "/" + name
}

func (p *postgres) start() error {
	bin, err := binaries()
	if err != nil {
		return err
	}
	if p.dir, err = os.MkdirTemp("", "guildhall-pg-"); err != nil {
		return err
	}
	if err := giveAway(p.dir); err != nil {
		return err
	}
	data := filepath.Join(p.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "guildhall", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
	if out, err := ordinary(initdb).CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	p.server = ordinary(exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", port, "-k", p.dir,
		"-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=400",
		"-c", "shared_buffers=64MB", "-c", "autovacuum=off"))
	log, err := os.Create(filepath.Join(p.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	p.server.Stdout, p.server.Stderr = log, log
	if err := p.server.Start(); err != nil {
		return err
	}
	p.base = "postgres://guildhall@127.0.0.1:" + port
	return p.ready()
}

func (p *postgres) ready() error {
	admin, err := sql.Open("pgx", p.base+"/postgres")
	if err != nil {
		return err
	}
	defer admin.Close()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		err := admin.PingContext(ctx)
		cancel()
		if err == nil {
			return nil
		}
		if time.Now().After(end) {
			log, _ := os.ReadFile(filepath.Join(p.dir, "log")) // the error below matters more
			return fmt.Errorf("PostgreSQL does not start: %w\n%s", err, log)
		}
	}
}

func (p *postgres) stop() error {
	var err error
	if p.server != nil && p.server.Process != nil {
		err = p.server.Process.Signal(os.Interrupt) // fast shutdown
		if err == nil {
			if wait := p.server.Wait(); wait != nil {
				err = fmt.Errorf("postgres: %w", wait)
			}
		}
	}
	if p.dir != "" {
		err = errors.Join(err, os.RemoveAll(p.dir))
	}
	return err
}

func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.Join(errNoBinaries, err)
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return strings.Compare(a, b) })), nil
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}
