package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// sizeMembers and sizePosts are of the large community that TestSize measures,
// sizeBefore how many posts the one has that it is compared with.
const (
	sizeMembers = 20_000
	sizePosts   = 1_000_000
	sizeBefore  = 10_000
)

// TestSize measures what a large community costs, and prints it: with
// GUILDHALL_SIZE=1 only, for it takes some minutes. Each row is one request
// made again and again by one client, in milliseconds: the first time, the
// median and the longest of the others. In the end the same is asked of both
// communities in turn.
func TestSize(t *testing.T) {
	if os.Getenv("GUILDHALL_SIZE") == "" {
		t.Skip("GUILDHALL_SIZE is not set")
	}
	small, large := made(t, sizeBefore), made(t, sizePosts)
	for _, r := range large.requests() {
		took := make([]time.Duration, 100)
		for i := range took {
			took[i] = large.measure(r)
		}
		rest := slices.Sorted(slices.Values(took[1:]))
		t.Logf("%8.2f %8.2f %8.2f  %s %s", ms(took[0]), ms(rest[len(rest)/2]), ms(rest[len(rest)-1]), r.method, r.path)
	}
	before := small.reads()
	for i, r := range large.reads() {
		var took [2][]time.Duration
		for range 1000 {
			took[0], took[1] = append(took[0], small.measure(before[i])), append(took[1], large.measure(r))
		}
		slices.Sort(took[0])
		slices.Sort(took[1])
		t.Logf("%.2f times what it was: %s", float64(took[1][500])/float64(took[0][500]), r.path)
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// community is a demo of a size.
type community struct {
	*server
	token string // of its owner
}

// made starts a demo and waits until it is made.
func made(t *testing.T, posts int) *community {
	t.Helper()
	tmp, began := t.TempDir(), time.Now()
	s := spawn(t, []string{"TMPDIR=" + tmp}, "demo", "--accounts", fmt.Sprint(sizeMembers), "--posts", fmt.Sprint(posts), "--rate-limits", "off")
	for !strings.Contains(s.out.String(), "sign in as") {
		select {
		case <-s.done:
			t.Fatalf("the demo ended:\n%s", s.out)
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Logf("%d members and %d posts made in %.0f s; %s", sizeMembers, posts, time.Since(began).Seconds(), strings.SplitN(s.out.String(), "\n", 2)[0])
	folders, err := filepath.Glob(filepath.Join(tmp, "guildhall-demo-*"))
	if err != nil || len(folders) != 1 {
		t.Fatal(folders, err)
	}
	token, err := guildhall(t, "", "user", "token", "ada", "--scopes", "read write admin:read", "--data", folders[0])
	if err != nil {
		t.Fatal(err, token)
	}
	return &community{s, token}
}

// measured is a request that is measured.
type measured struct{ method, path, body string }

// reads are what members ask for most.
func (c *community) reads() []measured {
	c.t.Helper()
	home := must[[]entity](c.server, "GET", "/api/v1/timelines/home", c.token, nil)
	return []measured{
		{"GET", "/api/v1/timelines/home", ""}, {"GET", "/api/v1/timelines/home?max_id=" + home[len(home)-1].ID, ""},
		{"GET", "/api/v1/statuses/" + home[0].ID, ""}, {"GET", "/api/v1/notifications?limit=20", ""},
	}
}

// requests are reads, and what must not grow with the number of posts.
func (c *community) requests() []measured {
	c.t.Helper()
	now := time.Now().UTC()
	span := fmt.Sprintf(`"start_at":%q,"end_at":%q`, now.AddDate(0, -3, 0).Format(time.DateOnly), now.Format(time.DateOnly))
	list := append(c.reads(), []measured{
		{"GET", "/api/v1/timelines/public?local=true", ""}, {"GET", "/api/v1/trends/tags", ""}, {"GET", "/api/v1/trends/statuses", ""},
		{"GET", "/api/v1/trends/links", ""}, {"GET", "/api/v1/admin/trends/tags", ""}, {"GET", "/api/v2/suggestions", ""}, {"GET", "/api/v1/directory", ""},
		{"POST", "/api/v1/admin/measures", `{"keys":["active_users","new_users","interactions","opened_reports","resolved_reports"],` + span + `}`},
		{"POST", "/api/v1/admin/dimensions", `{"keys":["languages","sources","servers","space_usage","software_versions"],` + span + `}`},
		{"POST", "/api/v1/admin/retention", `{"frequency":"month",` + span + `}`}, {"GET", "/api/v1/instance/activity", ""},
	}...)
	for _, q := range []string{"postgres", "the", "a", "ada", "queue+backpressure", "nothingofthekind"} {
		list = append(list, measured{"GET", "/api/v2/search?q=" + q, ""})
	}
	return list
}

// measure makes a request and says how long it took.
func (c *community) measure(r measured) time.Duration {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), r.method, c.base+r.path, strings.NewReader(r.body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "application/json")
	began := time.Now()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	took := time.Since(began)
	if closed := res.Body.Close(); err != nil || closed != nil || res.StatusCode != http.StatusOK {
		c.t.Fatalf("%s %s: %d %s %v %v", r.method, r.path, res.StatusCode, body, err, closed)
	}
	return took
}
