package e2e_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// minimal is what two web apps call, each row with the apps that call it: Elk (E)
// and Phanpy (P).
const minimal = `
POST /api/v1/apps EP
GET /oauth/authorize EP
POST /oauth/authorize EP
POST /oauth/token EP
POST /oauth/revoke P
GET /.well-known/oauth-authorization-server P
GET /.well-known/host-meta P
GET /.well-known/nodeinfo P
GET /nodeinfo/2.0 EP
GET /api/v2/instance EP
GET /api/v1/accounts/verify_credentials EP
GET /api/v1/preferences EP
GET /api/v1/custom_emojis EP
GET /api/v1/push/subscription E
GET /api/v1/timelines/home EP
GET /api/v1/timelines/public EP
GET /api/v1/timelines/tag/{hashtag} EP
GET /api/v1/followed_tags EP
GET /api/v1/accounts/relationships EP
POST /api/v1/statuses EP
GET /api/v1/statuses/{id} EP
GET /api/v1/statuses/{id}/context EP
POST /api/v1/statuses/{id}/favourite EP
POST /api/v1/statuses/{id}/unfavourite EP
GET /api/v1/statuses/{id}/favourited_by EP
GET /api/v1/favourites EP
POST /api/v1/statuses/{id}/reblog EP
POST /api/v1/statuses/{id}/unreblog EP
GET /api/v1/statuses/{id}/reblogged_by EP
POST /api/v1/statuses/{id}/bookmark EP
POST /api/v1/statuses/{id}/unbookmark EP
GET /api/v1/bookmarks EP
GET /api/v1/notifications EP
GET /api/v1/notifications/{id} EP
GET /api/v2/notifications P
GET /api/v2/notifications/{group_key}/accounts P
GET /api/v1/markers EP
POST /api/v1/markers EP
GET /api/v1/follow_requests P
POST /api/v1/follow_requests/{account_id}/authorize EP
POST /api/v1/follow_requests/{account_id}/reject EP
GET /api/v1/announcements P
GET /api/v1/accounts/lookup EP
GET /api/v1/accounts/{id} EP
GET /api/v1/accounts/{id}/statuses EP
GET /api/v1/accounts/{id}/followers EP
GET /api/v1/accounts/{id}/following EP
PATCH /api/v1/accounts/update_credentials EP
POST /api/v1/accounts/{id}/follow EP
POST /api/v1/accounts/{id}/unfollow EP
GET /api/v2/search EP
GET /api/v1/accounts/search P
POST /api/v1/media E
PUT /api/v1/media/{id} E
POST /api/v2/media P
GET /api/v1/media/{id} P
POST /api/v1/polls/{id}/votes EP
GET /api/v1/polls/{id} EP
GET /api/v1/streaming EP
PUT /api/v1/statuses/{id} EP
GET /api/v1/statuses/{id}/source P
GET /api/v1/statuses/{id}/history EP
DELETE /api/v1/statuses/{id} EP
GET /api/v1/lists EP
POST /api/v1/lists EP
GET /api/v1/lists/{id} EP
PUT /api/v1/lists/{id} EP
DELETE /api/v1/lists/{id} EP
GET /api/v1/lists/{id}/accounts EP
POST /api/v1/lists/{id}/accounts EP
DELETE /api/v1/lists/{id}/accounts EP
GET /api/v1/accounts/{id}/lists EP
GET /api/v1/timelines/list/{list_id} EP
GET /api/v2/filters P
POST /api/v2/filters P
PUT /api/v2/filters/{id} P
DELETE /api/v2/filters/{id} P
`

// minimalFile is where the rows come from, beside the repository.
const minimalFile = "../../shared/api/minimal-set.tsv"

// No row is left out.
func TestMinimalSet(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.FromSlash(minimalFile))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the list of what the apps call is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	have := strings.Split(strings.TrimSpace(minimal), "\n")
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range lines {
		row := strings.Split(line, "\t")
		if want := row[1] + " " + row[2] + " " + row[3]; !slices.Contains(have, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if len(lines) < 70 || len(have) != len(lines) {
		t.Errorf("%d rows, of %d", len(have), len(lines))
	}
}

// Elk and Phanpy insist on https. What each of them does, as it does it, is in
// clients/minimal.mjs; every stream is listened to in clients/streams.mjs.
func TestWebApps(t *testing.T) {
	t.Parallel()
	installed(t, "masto")
	data := filepath.Join(t.TempDir(), "data")
	owner := ownerOf(t, data, "olga")
	var env []string
	for _, name := range []string{"ann", "ben", "cleo", "speaker", "listener"} {
		env = append(env, strings.ToUpper(name)+"="+member(t, data, name))
	}
	s, _, file := secure(t, "serve", "--data", data)
	for _, script := range []string{"minimal", "streams"} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, "node", filepath.Join("clients", script+".mjs"))
			cmd.Env = append(environment("BASE="+s.base, "PASSWORD="+password, "IMAGE="+square(t), "NODE_EXTRA_CA_CERTS="+file,
				"ROWS="+minimal, "OWNER="+owner), env...)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s\nthe server:\n%s", err, out, s.out)
			}
			t.Logf("%s", out)
		})
	}
}
