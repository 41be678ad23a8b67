package e2e_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to read what the database says
)

// attempt is a post that a client has sent, perhaps without getting an answer.
type attempt struct {
	author int
	id     string // empty: never answered
}

// TestKill kills the server at random while members write, and checks that
// nothing that was acknowledged is lost or doubled. GUILDHALL_KILLS sets how
// often, GUILDHALL_SEED repeats a run.
func TestKill(t *testing.T) {
	kills, _ := strconv.Atoi(os.Getenv("GUILDHALL_KILLS")) // absent: the default below
	if kills == 0 {
		kills = 5
	}
	seed, err := strconv.ParseUint(os.Getenv("GUILDHALL_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("GUILDHALL_SEED=%d, %d kills", seed, kills)
	random := rand.New(rand.NewPCG(seed, 0))

	data := filepath.Join(t.TempDir(), "data")
	reader := member(t, data, "mia")
	authors := make([]string, 4)
	for i := range authors {
		authors[i] = member(t, data, fmt.Sprintf("author%d", i))
	}
	k := &killing{t: t, sent: map[int]*attempt{}, authors: authors}
	k.restart(data)
	for i := range authors {
		a := must[entity](k.server, "GET", "/api/v1/accounts/lookup?acct="+fmt.Sprintf("author%d", i), reader, nil)
		must[entity](k.server, "POST", "/api/v1/accounts/"+a.ID+"/follow", reader, nil)
	}
	for range kills {
		k.write(time.Duration(100+random.IntN(900)) * time.Millisecond)
		k.restart(data)
		k.repeat(data)
	}
	k.check(reader, data)
}

type killing struct {
	t       *testing.T
	server  *server
	authors []string
	mu      sync.Mutex
	sent    map[int]*attempt
	next    int
	// repeated posts were never answered; known ones of them had been stored.
	repeated, known int
}

func (k *killing) restart(data string) {
	k.t.Helper()
	k.server = start(k.t, "serve", "--data", data, "--rate-limits", "off")
}

// post sends post n, as often as it is called, under the same key, and tells
// whether it was answered.
func (k *killing) post(n int, a *attempt) bool {
	e, code, err := call[entity](k.server, "POST", "/api/v1/statuses", k.authors[a.author],
		map[string]string{"status": fmt.Sprintf("post-%d. @mia", n)}, "Idempotency-Key", fmt.Sprintf("key-%d", n))
	if err != nil {
		if code >= 300 {
			k.t.Errorf("post %d: %v", n, err)
		}
		return false
	}
	k.mu.Lock()
	a.id = e.ID
	k.mu.Unlock()
	return true
}

// write lets all authors write until the server is killed under them.
func (k *killing) write(span time.Duration) {
	var wg sync.WaitGroup
	for author := range k.authors {
		for range 2 {
			wg.Go(func() {
				for answered := true; answered; {
					k.mu.Lock()
					n := k.next
					k.next++
					a := &attempt{author: author}
					k.sent[n] = a
					k.mu.Unlock()
					answered = k.post(n, a)
				}
			})
		}
	}
	time.Sleep(span)
	k.server.kill()
	wg.Wait()
}

// repeat sends again what was never answered, as a client does. Some of it was
// stored before the server died: the answer must be what is stored.
func (k *killing) repeat(data string) {
	stored := rows(k.t, data)
	for n, a := range k.sent {
		if a.id != "" {
			continue
		}
		k.repeated++
		if !k.post(n, a) {
			k.t.Fatalf("post %d is refused when repeated:\n%s", n, k.server.out)
		}
		if slices.Contains(stored, a.id) {
			k.known++
		}
	}
}

var mark = regexp.MustCompile(`post-(\d+)\.`)

func (k *killing) check(reader, data string) {
	t := k.t
	var stored []string // ids, newest first
	times := map[int]int{}
	for i, token := range k.authors {
		me := must[entity](k.server, "GET", "/api/v1/accounts/verify_credentials", token, nil)
		for _, p := range all(k.server, "/api/v1/accounts/"+me.ID+"/statuses?limit=40", token) {
			n, err := strconv.Atoi(mark.FindStringSubmatch(p.Content)[1])
			if err != nil {
				t.Fatal(err)
			}
			times[n]++
			if k.sent[n] == nil || k.sent[n].author != i || k.sent[n].id != p.ID {
				t.Errorf("post %d has the id %s, its author was told %+v", n, p.ID, k.sent[n])
			}
			stored = append(stored, p.ID)
		}
	}
	for n := range k.sent {
		if times[n] != 1 {
			t.Errorf("post %d is there %d times", n, times[n])
		}
	}
	newestFirst(stored)
	home := k.ids(all(k.server, "/api/v1/timelines/home?limit=40", reader))
	if !slices.Equal(home, stored) {
		t.Errorf("home has %d posts, the authors' pages have %d", len(home), len(stored))
	}
	if rows := rows(t, data); !slices.Equal(rows, stored) {
		t.Errorf("the database has %d posts, the authors' pages have %d", len(rows), len(stored))
	}
	k.checkNotifications(reader, stored)
	t.Logf("%d posts, %d of them sent twice (%d had been stored unanswered), all there once", len(stored), k.repeated, k.known)
}

// checkNotifications waits for the consumers to be done and wants one mention
// for each post.
func (k *killing) checkNotifications(reader string, stored []string) {
	var told []string
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		told = told[:0]
		for _, n := range all(k.server, "/api/v1/notifications?limit=80&types[]=mention", reader) {
			told = append(told, n.Status.ID)
		}
		if len(told) >= len(stored) || time.Now().After(end) {
			break
		}
	}
	newestFirst(told)
	if !slices.Equal(told, stored) {
		k.t.Errorf("%d mentions were notified, %d posts mention", len(told), len(stored))
	}
}

func (k *killing) ids(list []entity) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.ID
	}
	return out
}

func newestFirst(ids []string) {
	slices.SortFunc(ids, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		if a < b {
			return 1
		}
		return -1
	})
}

// rows reads the posts' ids from the database file, past the program.
func rows(t *testing.T, data string) []string {
	d, err := sql.Open("sqlite", "file:"+filepath.Join(data, "posts.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	found, err := d.Query("SELECT id FROM posts_posts WHERE boost_of_id = 0 ORDER BY id DESC")
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	var out []string
	for found.Next() {
		var id int64
		if err := found.Scan(&id); err != nil {
			t.Fatal(err)
		}
		out = append(out, strconv.FormatInt(id, 10))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
