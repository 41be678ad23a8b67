package translate_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/translate"
)

// serve answers every request in the same way and returns the last body.
func serve(t *testing.T, status int, body string) (address string, last func() map[string]any) {
	var asked map[string]any
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = map[string]any{"path": r.Method + " " + r.URL.Path}
		if r.Method == http.MethodPost {
			if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
				t.Error(err)
			}
		}
		if status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s.URL + "/", func() map[string]any { return asked }
}

func TestTranslate(t *testing.T) {
	address, last := serve(t, 200, `{"translatedText": ["eins", "zwei"], "detectedLanguage": [{"confidence": 90, "language": "en"}, {"confidence": 1, "language": "fr"}]}`)
	got, from, err := translate.New(address, "a key").Translate(t.Context(), []string{"one", "two"}, "", "de")
	if err != nil || from != "en" || !slices.Equal(got, []string{"eins", "zwei"}) {
		t.Errorf("%q %s %v", got, from, err)
	}
	want := map[string]any{"path": "POST /translate", "q": []any{"one", "two"}, "source": "auto", "target": "de", "format": "text", "api_key": "a key"}
	if !reflect.DeepEqual(last(), want) {
		t.Errorf("asked %v, want %v", last(), want)
	}
	if _, from, err := translate.New(address, "").Translate(t.Context(), []string{"un", "deux"}, "fr", "de"); err != nil || from != "fr" {
		t.Errorf("%s %v", from, err)
	}
	if _, sent := last()["api_key"]; sent || last()["source"] != "fr" {
		t.Errorf("asked %v", last())
	}
}

func TestLanguages(t *testing.T) {
	address, _ := serve(t, 200, `[{"code": "en", "name": "English", "targets": ["de", "en"]}, {"code": "de", "targets": ["en"]}, {"code": "eo"}]`)
	got, err := translate.New(address, "").Languages(t.Context())
	if want := map[string][]string{"en": {"de"}, "de": {"en"}, "eo": {}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v", got, err)
	}
}

// What a server should not answer is a failure of its own kind, not of ours.
func TestBadAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
	}{
		"a failure":     {500, `{"error": "secret"}`},
		"too often":     {429, `{"error": "Slowdown"}`},
		"no JSON":       {200, `<html>`},
		"another shape": {200, `{"translatedText": "one"}`},
		"too few":       {200, `{"translatedText": []}`},
		"too many":      {200, `{"translatedText": ["a", "b"]}`},
		"too long":      {200, `{"translatedText": ["` + strings.Repeat("x", 1<<20) + `"]}`},
		"a redirect":    {302, `{"translatedText": ["x"]}`},
	} {
		address, last := serve(t, c.status, c.body)
		client := translate.New(address, "key")
		if _, _, err := client.Translate(t.Context(), []string{"one"}, "", "de"); !errs.Is(err, errs.Unavailable) {
			t.Errorf("%s: %v", name, err)
		}
		if last()["path"] != "POST /translate" {
			t.Errorf("%s: followed to %v", name, last()["path"])
		}
	}
	if _, err := translate.New("http://127.0.0.1:1", "").Languages(t.Context()); !errs.Is(err, errs.Unavailable) {
		t.Errorf("nobody there: %v", err)
	}
}
