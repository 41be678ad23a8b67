package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// releaseVariable is put before the names of settings in the environment of a
// server, so that no setting means something to Go or the system.
const releaseVariable = "GUILDHALL_LAB_SETTING_"

// Files of the folder that a run's servers share.
const (
	flagFile   = "flag"   // there while the flag is on
	columnFile = "column" // there while the database has what the old version reads
)

// releaseTries is after how many tries a start that waits for something counts
// as one that does not come to its end.
const releaseTries = 5

// releaseArgs is what a server is told, beside its environment.
type releaseArgs struct {
	Seed   uint64 `json:"seed,string"`
	Newer  bool   `json:"newer"`
	Server int    `json:"server"`
	Folder string `json:"folder"`
}

// heard is one line of a server's output.
type heard struct {
	Line string `json:"line,omitempty"` // for the log
	Port int    `json:"port,omitempty"` // it listens
	Try  int    `json:"try,omitempty"`  // it waits, for so many tries
}

// product is a small service over HTTP, as its old or new version.
type product struct {
	*releaseCase
	releaseArgs
	setting string // of the part that needs one
	mu      sync.Mutex
	out     *json.Encoder
	lines   int
	asked   int
}

// linesHeader tells with an answer how many lines the server has written, so
// that who reads them knows that it has all.
const linesHeader = "Lab-Lines"

// serveRelease is a server, until its process is ended.
func serveRelease(_ context.Context, raw json.RawMessage, out io.Writer) error {
	s := &product{out: json.NewEncoder(out)}
	if err := json.Unmarshal(raw, &s.releaseArgs); err != nil {
		return err
	}
	s.releaseCase = newReleaseCase(s.Seed)
	name, version := s.former, s.older
	if s.Newer {
		name, version = s.variable, s.newer
	}
	s.setting = os.Getenv(releaseVariable + name)
	s.say("INFO  %s %s starts", s.product, version)
	for _, line := range s.startLines(s.Newer) {
		if strings.Contains(line, "%d") {
			line = fmt.Sprintf(line, len(s.setting))
		}
		s.say("%s", line)
	}
	if s.setting == "" && s.breaks == breaksAtStart {
		s.say("ERROR worker 3 of 8 ended: index out of range [0] with length 0")
		s.say("FATAL too many workers have ended, stopping")
		return errors.New("it ends")
	}
	for n := 1; s.setting == "" && s.breaks == breaksWaiting; n++ {
		s.write(heard{Line: fmt.Sprintf("WARN  worker 3 of 8 is not up, try %d", n), Try: n})
		time.Sleep(time.Millisecond << min(n, 20)) // each wait is longer than the last, up to 17 minutes
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.write(heard{Line: "INFO  listening", Port: l.Addr().(*net.TCPAddr).Port})
	return (&http.Server{Handler: s, ReadHeaderTimeout: helperTime}).Serve(l)
}

func (s *product) say(format string, args ...any) { s.write(heard{Line: fmt.Sprintf(format, args...)}) }

func (s *product) write(x heard) {
	s.lines++
	_ = s.out.Encode(x) // nobody reads any more: the process is about to be ended
}

// ServeHTTP answers a request for one of the product's pages.
func (s *product) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.asked%7 == 4 && r.URL.Path != healthPath {
		s.say("WARN  slow query: %d ms for %s", 210+s.asked*s.asked*13%390, r.URL.Path)
	}
	why := s.fails(r.URL.Path)
	if why != "" {
		s.say("ERROR 500 %s: %s", r.URL.Path, why)
	}
	w.Header().Set(linesHeader, strconv.Itoa(s.lines))
	if why != "" {
		http.Error(w, "Something went wrong.", http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, "ok")
}

const healthPath = "/healthz"

// fails says why a request fails, or nothing.
func (s *product) fails(path string) string {
	switch {
	case path == healthPath:
		return ""
	case !s.Newer && !s.there(columnFile):
		return "no such column: price_text"
	case s.Newer && s.needs(path) && s.setting == "" && (!s.guards || s.there(flagFile)):
		return "index out of range [0] with length 0"
	}
	return ""
}

func (s *product) there(file string) bool { return isThere(s.Folder, file) }

func isThere(folder, file string) bool {
	_, err := os.Stat(filepath.Join(folder, file))
	return err == nil
}
