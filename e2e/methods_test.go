package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
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
	s := start(t, "serve", "--data", data, "--rate-limits", "off", "--translate-url", translator(t))
	must[entity](s, "POST", "/api/guildhall/v1/admin/announcements", owner, map[string]string{"text": "Welcome"})
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join("clients", name+"-methods.mjs"))
	cmd.Env = environment("BASE="+s.base, "OWNER="+owner, "BEN="+ben, "CLEO="+cleo, "STRANGERS="+strings.Join(strangers, " "), "IMAGE="+square(t))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\nthe server:\n%s", err, out, s.out)
	}
	t.Logf("%s", out)
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
