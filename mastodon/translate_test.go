package mastodon_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/guildhall/guildhall/internal/translate"
	"github.com/guildhall/guildhall/mastodon"
)

// libre is a server that speaks LibreTranslate's protocol. It knows English and
// German, and puts the target before each text.
type libre struct {
	*httptest.Server
	calls  atomic.Int64
	broken atomic.Bool
}

func newLibre(t *testing.T) *libre {
	l := &libre{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if l.broken.Load() {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = w.Write([]byte(`{"error": "out of order"}`))
			return
		}
		if r.URL.Path == "/languages" {
			_, _ = w.Write([]byte(`[{"code": "en", "name": "English", "targets": ["de", "en"]}, {"code": "de", "name": "German", "targets": ["de", "en"]}]`))
			return
		}
		l.calls.Add(1)
		var ask struct {
			Q                      []string
			Source, Target, Format string
			Key                    string `json:"api_key"`
		}
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil || ask.Key != "a key" || ask.Format != "text" || r.URL.Path != "/translate" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		answer := map[string]any{}
		texts, detected := []string{}, []any{}
		for _, q := range ask.Q {
			texts = append(texts, ask.Target+": "+q)
			detected = append(detected, map[string]any{"language": "en", "confidence": 90})
		}
		answer["translatedText"] = texts
		if ask.Source == "auto" {
			answer["detectedLanguage"] = detected
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(l.Close)
	return l
}

func TestTranslate(t *testing.T) {
	t.Parallel()
	l := newLibre(t)
	w := open(t, func(d *mastodon.Deps, _ *mastodon.Config) { d.Posts.Translator = translate.New(l.URL, "a key") })
	ann, bob := w.person("ann"), w.person("bob")
	id := w.says(bob, "Hello @ann <b> #go", "spoiler_text", "warning", "poll[options][]", "yes", "poll[options][]", "no", "poll[expires_in]", "600")
	german := w.says(bob, "Hallo", "language", "de", "visibility", "unlisted")
	followers, direct := w.says(bob, "canary", "visibility", "private"), w.says(bob, "canary", "visibility", "direct")
	at := func(id string) string { return "/api/v1/statuses/" + id + "/translate" }
	w.run([]test{
		{"translated", "POST", at(id), ann.token, `{"lang": "de"}`, 200, `{"content": "<p>de: Hello <span class=\"h-card\" translate=\"no\"><a href=\"https://guild.test/@ann\" class=\"u-url mention\" rel=\"nofollow noopener\">@<span>ann</span></a></span> &lt;b&gt; <a href=\"https://guild.test/tags/go\" class=\"mention hashtag\" rel=\"tag nofollow noopener\">#<span>go</span></a></p>",
			"spoiler_text": "de: warning", "language": "de", "detected_source_language": "en", "provider": "LibreTranslate", "media_attachments": [], "poll": {"options": [{"title": "de: yes"}, {"title": "de: no"}]}}`},
		{"again", "POST", at(id), bob.token, "lang=de-AT", 200, `{"language": "de"}`},
		{"into one's own", "POST", at(german), ann.token, nil, 200, `{"content": "<p>en: Hallo</p>", "language": "en", "detected_source_language": "de", "poll": null}`},
		{"into its own", "POST", at(german), ann.token, "lang=de", 403, ""},
		{"into an unknown one", "POST", at(id), ann.token, "lang=eo", 403, ""},
		{"into none", "POST", at(id), ann.token, "lang=<b>", 422, ""},
		{"one's own for followers", "POST", at(followers), bob.token, "lang=de", 403, ""},
		{"AZ-02: another's for followers", "POST", at(followers), ann.token, "lang=de", 404, `{"error": "Record not found"}`},
		{"AZ-02: another's direct one", "POST", at(direct), ann.token, "lang=de", 404, `{"error": "Record not found"}`},
		{"nothing", "POST", at("1"), ann.token, "lang=de", 404, `{"error": "Record not found"}`},
		{"by nobody", "POST", at(id), "", "lang=de", 401, ""},
		{"languages", "GET", "/api/v1/instance/translation_languages", "", nil, 200, `{"en": ["de"], "de": ["en"]}`},
		{"said so", "GET", "/api/v2/instance", "", nil, 200, `{"configuration": {"translation": {"enabled": true}}}`},
	})
	if n := l.calls.Load(); n != 2 {
		t.Errorf("%d translations, want 2: each once", n)
	}
	w.do("PUT", "/api/v1/statuses/"+german, bob.token, "status=Moin&language=de").is(200)
	w.do("POST", at(german), ann.token, nil).is(200).has(`{"content": "<p>en: Moin</p>"}`) // what was edited is translated anew
	l.broken.Store(true)
	w.do("POST", at(german), ann.token, nil).is(200) // from memory
	broken := w.says(bob, "something new")
	if a := w.do("POST", at(broken), ann.token, "lang=de").is(503); strings.Contains(string(a.body), "order") || a.header.Get("Retry-After") == "" {
		t.Errorf("%s %v", a.body, a.header)
	}
	l.broken.Store(false)
	before := l.calls.Load()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if a := w.do("POST", at(broken), ann.token, "lang=de"); a.status != 200 {
				t.Errorf("%d %s", a.status, a.body)
			}
		})
	}
	all.Wait()
	if n := l.calls.Load() - before; n != 1 {
		t.Errorf("%d translations at once, want 1", n)
	}
}

func TestNoTranslator(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	id, secret := w.says(bob, "Hello"), w.says(bob, "canary", "visibility", "direct")
	w.run([]test{
		{"a post", "POST", "/api/v1/statuses/" + id + "/translate", ann.token, nil, 501, ""},
		{"a hidden post", "POST", "/api/v1/statuses/" + secret + "/translate", ann.token, nil, 404, `{"error": "Record not found"}`},
		{"languages", "GET", "/api/v1/instance/translation_languages", "", nil, 200, `{}`},
		{"said so", "GET", "/api/v2/instance", "", nil, 200, `{"configuration": {"translation": {"enabled": false}}}`},
	})
}
