package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"
)

// The abuse cases against a running server: one that the test starts, or any
// other, whose members' tokens must be given then.
var (
	abuseBase   = flag.String("base", "", "address of the server that the abuse cases run against; empty: one is started")
	abuseTokens = flag.String("tokens", "", "access tokens of three members of it, by commas")
)

// attack is one case. What it returns is wrong with the server.
type attack struct {
	id, group string
	try       func(l *lab) error
}

// lab is a server under attack and three of its members. ann has what others
// want, ben wants it, cleo is a bystander.
type lab struct {
	*testing.T
	base           string
	ann, ben, cleo visitor
	olga           visitor // owns the house; without token: of a server elsewhere nobody does
	none           visitor // anonymous
	eyes           *eyes
	intranet       bool // the server reads pages at the address of that name
}

// intranet is an address of this machine at which the lab's server may read
// pages. Linux has it without being told.
const intranet = "127.0.0.2"

// visitor is somebody who calls the API.
type visitor struct {
	l     *lab
	id    string
	name  string
	token string
}

var marks atomic.Int64

// canary is a word that nobody else has written.
func canary() string { return fmt.Sprintf("canary%d%d", os.Getpid(), marks.Add(1)) }

// reply is what the server said; status 0 is a connection that it closed.
type reply struct {
	call   string
	status int
	header http.Header
	body   string
}

// do sends a request; a body that begins with { is JSON, other text a form.
func (v visitor) do(method, path, body string, header ...string) reply {
	v.l.Helper()
	r, err := http.NewRequestWithContext(v.l.Context(), method, v.l.base+path, strings.NewReader(body))
	if err != nil {
		v.l.Fatal(err)
	}
	if strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/json")
	} else if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if v.token != "" {
		r.Header.Set("Authorization", "Bearer "+v.token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	out := reply{call: method + " " + path}
	res, err := noRedirects.Do(r)
	if err != nil {
		out.body = err.Error()
		return out
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		out.body = err.Error()
		return out
	}
	out.status, out.header, out.body = res.StatusCode, res.Header, string(text)
	return out
}

var noRedirects = &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (v visitor) get(path string) reply        { return v.do("GET", path, "") }
func (v visitor) post(path, body string) reply { return v.do("POST", path, body) }
func (v visitor) says(status string, more ...string) (id string, err error) {
	f := url.Values{"status": {status}}
	for i := 0; i < len(more); i += 2 {
		f.Add(more[i], more[i+1])
	}
	r := v.post("/api/v1/statuses", f.Encode())
	return r.text("id"), r.is(200)
}

// is returns an error unless the status is one of these.
func (r reply) is(statuses ...int) error {
	if slices.Contains(statuses, r.status) {
		return nil
	}
	return fmt.Errorf("%s: %d %.300s", r.call, r.status, r.body)
}

// lacks returns an error if the answer has a text.
func (r reply) lacks(texts ...string) error {
	for _, text := range texts {
		if strings.Contains(r.body, text) {
			return fmt.Errorf("%s tells %q: %.300s", r.call, text, r.body)
		}
	}
	return nil
}

// hidden returns an error unless the answer is what a missing record has.
func (r reply) hidden() error {
	if r.status != 404 || r.body != `{"error":"Record not found"}` {
		return fmt.Errorf("%s: %d %.300s", r.call, r.status, r.body)
	}
	return nil
}

// clear returns an error if the server failed, or refused without a text.
func (r reply) clear() error {
	var failure struct{ Error string }
	if r.status == 0 || r.status >= 500 || r.status >= 400 && (json.Unmarshal([]byte(r.body), &failure) != nil || failure.Error == "") {
		return fmt.Errorf("%s: %d %.300s", r.call, r.status, r.body)
	}
	return nil
}

// value returns what the JSON answer has at a path of names and numbers.
func (r reply) value(path string) any {
	var v any
	if json.Unmarshal([]byte(r.body), &v) != nil {
		return nil
	}
	for name := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (r reply) text(path string) string { return fmt.Sprint(r.value(path)) }

// list is how many items an answer has.
func (r reply) list() int {
	var v []any
	if json.Unmarshal([]byte(r.body), &v) != nil {
		return -1
	}
	return len(v)
}

// first returns the first of the errors that there is.
func first(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

// soonTrue waits for what takes a moment behind the API.
func soonTrue(what string, f func() bool) error {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if f() {
			return nil
		}
	}
	return fmt.Errorf("did not come: %s", what)
}

// together runs a function many times at once.
func together(n int, f func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { f(i) })
	}
	all.Wait()
}

// raw sends bytes over a connection of its own and returns what comes back
// until the server closes it or is quiet for a while.
func (l *lab) raw(text string) string {
	l.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(l.base, "http://"))
	if err != nil {
		l.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		return "" // closed already
	}
	var out bytes.Buffer
	in := bufio.NewReader(conn)
	for {
		if err := conn.SetReadDeadline(time.Now().Add(700 * time.Millisecond)); err != nil {
			l.Fatal(err)
		}
		b, err := in.ReadByte()
		if err != nil {
			return out.String()
		}
		out.WriteByte(b)
	}
}

// TestAbuse runs the cases and prints what came of them.
func TestAbuse(t *testing.T) {
	l := newLab(t)
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "id\tgroup\tresult")
	for _, group := range [][]attack{authz, oauthAttacks, leaks, logic, injections, xss, forgery, mediaAttacks, denials, protocol} {
		for _, a := range group {
			result := "ok"
			t.Run(a.id, func(t *testing.T) {
				defer func() {
					if t.Skipped() {
						result = "skipped"
					}
				}()
				if err := a.try(l.of(t)); err != nil {
					result = "FAILED: " + err.Error()
					t.Error(err)
				}
			})
			if err := l.none.get("/health").is(200); err != nil {
				t.Fatalf("%s has stopped the server: %v", a.id, err)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", a.id, a.group, result)
		}
	}
	w.Flush()
	t.Logf("\n%s", &table)
}

// of is the lab for one case.
func (l *lab) of(t *testing.T) *lab {
	out := &lab{T: t, base: l.base, eyes: l.eyes, intranet: l.intranet}
	for _, p := range []struct{ to, from *visitor }{{&out.ann, &l.ann}, {&out.ben, &l.ben}, {&out.cleo, &l.cleo}, {&out.olga, &l.olga}, {&out.none, &l.none}} {
		*p.to = *p.from
		p.to.l = out
	}
	return out
}

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{T: t, base: *abuseBase, eyes: &eyes{t: t}}
	tokens := strings.Split(*abuseTokens, ",")
	if l.base == "" {
		data := filepath.Join(t.TempDir(), "data")
		l.olga = visitor{l: l, name: "olga", token: ownerOf(t, data, "olga")}
		tokens = []string{member(t, data, "ann"), member(t, data, "ben"), member(t, data, "cleo")}
		args := []string{"serve", "--data", data, "--rate-limits", "off"}
		if l.intranet = runtime.GOOS == "linux"; l.intranet {
			args = append(args, "--preview-networks", intranet+"/32")
		}
		l.base = start(t, args...).base
	}
	if len(tokens) != 3 {
		t.Fatal("-base needs -tokens of three members")
	}
	l.none = visitor{l: l}
	for i, v := range []*visitor{&l.ann, &l.ben, &l.cleo} {
		*v = visitor{l: l, token: tokens[i]}
		r := v.get("/api/v1/accounts/verify_credentials")
		if err := r.is(200); err != nil {
			t.Fatal(err)
		}
		v.id, v.name = r.text("id"), r.text("acct")
	}
	return l
}
