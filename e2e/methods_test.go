package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guildhall/guildhall/app"
	"github.com/guildhall/guildhall/posts"
)

// Every method of the client libraries finds what it asks for; what is called,
// and with what, is in clients/.
func TestMastoMethods(t *testing.T)     { everyMethod(t, "masto") }
func TestMegalodonMethods(t *testing.T) { everyMethod(t, "megalodon") }

// ownerOf creates an owner and returns a token that may do everything.
func ownerOf(t *testing.T, data, name string) string {
	t.Helper()
	if out, err := guildhall(t, password+"\n", "user", "create", name, name+"@example.org", "--role", "owner", "--data", data); err != nil {
		t.Fatal(err, out)
	}
	token, err := guildhall(t, "", "user", "token", name, "--scopes", "read write follow push profile admin:read admin:write", "--data", data)
	if err != nil {
		t.Fatal(err, token)
	}
	return token
}

func everyMethod(t *testing.T, name string) {
	t.Parallel()
	installed(t, name)
	data := filepath.Join(t.TempDir(), "data")
	owner := ownerOf(t, data, "ann")
	ben, cleo := member(t, data, "ben"), member(t, data, "cleo")
	var strangers []string
	for i := range 5 {
		strangers = append(strangers, member(t, data, fmt.Sprintf("stranger%d", i)))
	}
	year := wroteLastYear(t, data, "ann")
	s := start(t, "serve", "--data", data, "--rate-limits", "off", "--translate-url", translator(t), "--preview-networks", "127.0.0.1/32")
	must[entity](s, "POST", "/api/guildhall/v1/admin/announcements", owner, map[string]string{"text": "Welcome"})
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join("clients", name+"-methods.mjs"))
	cmd.Env = environment("BASE="+s.base, "OWNER="+owner, "BEN="+ben, "CLEO="+cleo, "STRANGERS="+strings.Join(strangers, " "), "IMAGE="+square(t), "PAGE="+article(t), fmt.Sprintf("YEAR=%d", year))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\nthe server:\n%s", err, out, s.out)
	}
	t.Logf("%s", out)
}

// wroteLastYear has a member write a post in the year before this, and returns
// that year.
func wroteLastYear(t *testing.T, data, name string) int {
	t.Helper()
	then := time.Now().UTC().AddDate(-1, 0, 0)
	c := app.Config{Data: data, Listen: "127.0.0.1:0", AdminListen: "off", Registrations: "open", RateLimits: "off", MaxCharacters: 500, MailFrom: "a@guild.example"}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), c, app.Options{Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return then }})
	if err != nil {
		t.Fatal(err)
	}
	who, err := a.Profiles.Lookup(t.Context(), name)
	if err == nil {
		_, err = a.Posts.Create(t.Context(), who.ID, posts.Draft{Text: "A good year #go"})
	}
	if err := errors.Join(err, a.Close()); err != nil {
		t.Fatal(err)
	}
	return then.Year()
}

// article is a page that posts can link to. It returns its address.
func article(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, "<title>How queues keep their promises</title>")
	}))
	t.Cleanup(s.Close)
	return s.URL + "/queues"
}

// translator is a server that speaks the protocol of LibreTranslate and says
// everything backwards. It returns its address.
func translator(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /languages", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `[{"code": "en", "name": "English", "targets": ["de", "en"]}, {"code": "de", "name": "German", "targets": ["de", "en"]}]`)
	})
	mux.HandleFunc("POST /translate", func(w http.ResponseWriter, r *http.Request) {
		var ask struct {
			Texts []string `json:"q"`
		}
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		for i, text := range ask.Texts {
			letters := []rune(text)
			slices.Reverse(letters)
			ask.Texts[i] = string(letters)
		}
		json.NewEncoder(w).Encode(map[string]any{"translatedText": ask.Texts, "detectedLanguage": []map[string]string{{"language": "en"}}})
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}
