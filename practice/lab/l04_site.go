package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

const (
	releaseRequests = 12 // that users make in a minute
	releaseBefore   = 4  // minutes that are drawn before the alert
	releaseAfter    = 2  // minutes that are drawn after the plan
	releaseLog      = 400
)

// site is a run: real servers, a balancer that does not look after them, users
// who ask for pages, and a clock that only actions move on.
type site struct {
	*releaseCase
	ctx      context.Context
	folder   string
	client   *http.Client
	settings map[string]string // of production
	servers  []*node
	minute   int // since the alert; the alert is 0
	failed   [][2]float64
	turn     int
	log      []logLine
	dropped  int
}

// node is a server of a site; helper is nil when none runs there.
type node struct {
	*helper
	number int
	newer  bool
	at     string // address; empty: it does not listen
	lines  int    // read of its output
}

type logLine struct {
	minute, server int
	text           string
	times          int
}

// openSite starts the servers with the old version, rolls the new one out, and
// lets the minutes up to the alert pass. The caller closes it, also after an
// error.
func openSite(ctx context.Context, c *releaseCase) (*site, error) {
	s := &site{releaseCase: c, ctx: ctx, minute: -releaseBefore, settings: map[string]string{}, client: &http.Client{Transport: &http.Transport{Proxy: nil}}}
	for _, x := range c.settings() {
		if x.production != "" {
			s.settings[x.name] = x.production
		}
	}
	var err error
	if s.folder, err = os.MkdirTemp("", "release-"); err != nil {
		return s, err
	}
	if err := errors.Join(s.put(flagFile, true), s.put(columnFile, true)); err != nil {
		return s, err
	}
	for i := range releaseServers {
		n, err := s.start(i+1, false)
		if err != nil {
			return s, err
		}
		s.servers = append(s.servers, n)
	}
	s.log = nil // the old servers have been up for long
	if err := s.pass(releaseBefore - 2); err != nil {
		return s, err
	}
	if err := s.put(columnFile, !c.closed); err != nil {
		return s, err
	}
	for i := range c.replaced {
		if err := s.replace(i, true); err != nil {
			return s, err
		}
	}
	return s, s.pass(2)
}

// close ends what runs and removes what was written.
func (s *site) close() error {
	for _, n := range s.servers {
		n.end()
	}
	s.client.CloseIdleConnections()
	return os.RemoveAll(s.folder)
}

// put makes a file of the common folder be there, or not.
func (s *site) put(file string, there bool) error {
	path := filepath.Join(s.folder, file)
	if there {
		return os.WriteFile(path, nil, 0o600)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// start starts a version as a server, and reads what it says until it listens,
// has ended, or has waited for too many tries: nothing here looks at a clock.
func (s *site) start(number int, newer bool) (*node, error) {
	var env []string
	for name, value := range s.settings {
		env = append(env, releaseVariable+name+"="+value)
	}
	h, err := startHelper(s.ctx, "L04", releaseArgs{Seed: s.seed, Newer: newer, Server: number, Folder: s.folder}, env)
	if err != nil {
		return nil, err
	}
	n := &node{helper: h, number: number, newer: newer}
	for {
		var x heard
		more, err := s.hear(n, &x)
		switch {
		case err != nil:
			n.end()
			return nil, err
		case !more:
			if s.ctx.Err() != nil {
				n.end()
				return nil, s.ctx.Err()
			}
			return n, nil
		case x.Port != 0:
			n.at = "http://127.0.0.1:" + strconv.Itoa(x.Port)
			return n, nil
		case x.Try == releaseTries:
			return n, nil
		}
	}
}

// hear reads one line of a server into the log.
func (s *site) hear(n *node, x *heard) (bool, error) {
	more, err := n.read(x)
	if !more || err != nil {
		return false, err
	}
	n.lines++
	for i := len(s.log) - 1; i >= 0 && s.log[i].minute == s.minute; i-- {
		if s.log[i].server == n.number && s.log[i].text == x.Line {
			s.log[i].times++
			return true, nil
		}
	}
	if len(s.log) == releaseLog {
		s.dropped++
		return true, nil
	}
	s.log = append(s.log, logLine{s.minute, n.number, x.Line, 1})
	return true, nil
}

// end stops a server.
func (n *node) end() {
	if n.helper != nil {
		n.stop()
	}
	n.helper, n.at = nil, ""
}

// replace puts a version on a server: it starts beside the one before, gets
// its requests, ready or not, and the one before is ended.
func (s *site) replace(i int, newer bool) error {
	n, err := s.start(s.servers[i].number, newer)
	if err != nil {
		return err
	}
	before := s.servers[i]
	s.servers[i] = n
	before.end()
	return nil
}

// ask makes a request to a server and tells its answer.
func (s *site) ask(n *node, path string) (int, error) {
	if n.at == "" {
		return http.StatusBadGateway, nil
	}
	r, err := http.NewRequestWithContext(s.ctx, http.MethodGet, n.at+path, nil)
	if err != nil {
		return 0, err
	}
	a, err := s.client.Do(r)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, a.Body)
	if err := errors.Join(err, a.Body.Close()); err != nil {
		return 0, err
	}
	written, err := strconv.Atoi(a.Header.Get(linesHeader))
	for err == nil && n.lines < written {
		var more bool
		if more, err = s.hear(n, &heard{}); err == nil && !more {
			err = fmt.Errorf("server %d has no line %d", n.number, written)
		}
	}
	return a.StatusCode, err
}

// pass lets minutes go by, in which users ask for pages.
func (s *site) pass(minutes int) error {
	for range minutes {
		failed := 0
		for i := range releaseRequests {
			n := s.servers[s.turn%len(s.servers)]
			s.turn++
			code, err := s.ask(n, s.routes[i/len(s.servers)%len(s.routes)])
			if err != nil {
				return err
			}
			if code != http.StatusOK {
				failed++
			}
		}
		s.failed = append(s.failed, [2]float64{float64(s.minute), float64(failed)})
		s.minute++
	}
	return nil
}
