package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browserPath is where a browser is, empty: nowhere.
func browserPath() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	return ""
}

// chromium starts a browser, or skips the test where there is none.
func chromium(t *testing.T) context.Context {
	t.Helper()
	path := browserPath()
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("there is no Chromium")
		}
		t.Skip("there is no Chromium")
	}
	// The sandbox does not work for root, nor in many containers.
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 900),
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-component-update", true))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// complaints collects what the browser says about the pages: errors of scripts,
// violations of the policy, files that are not there.
type complaints struct {
	mu   sync.Mutex
	list []string
}

func (c *complaints) listen(ctx context.Context) {
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return // the browser has ended
			}
			if m.IsException() || m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleWarning {
				c.mu.Lock()
				c.list = append(c.list, fmt.Sprintf("%s (%s, %s)", m, m.Source, m.URL))
				c.mu.Unlock()
			}
		}
	}()
}

// TestChromiumJourney goes the way of a new member who comes to connect an app:
// sign up, confirm the address by the mail, sign in, allow. It works the same
// without scripts.
func TestChromiumJourney(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	member(t, data, "owner")
	s := start(t, "serve", "--data", data)
	for _, scripts := range []bool{true, false} {
		t.Run(fmt.Sprintf("scripts=%v", scripts), func(t *testing.T) { journey(t, s, data, scripts) })
	}
}

func journey(t *testing.T, s *server, data string, scripts bool) {
	callback := make(chan url.Values, 2)
	client := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cb" {
			callback <- r.URL.Query()
		}
		fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><title>false</title><script>document.title = "true"</script>`)
	}))
	defer client.Close()
	app := must[struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}](s, "POST", "/api/v1/apps", "", map[string]string{"client_name": "Loop", "redirect_uris": client.URL + "/cb", "scopes": "read write"})
	name := fmt.Sprintf("new_%v", scripts)
	email := name + "@example.org"

	ctx := chromium(t)
	var said complaints
	do := func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		limited, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		if err := chromedp.Do(limited, actions...); err != nil {
			at, _ := chromedp.Run(ctx, chromedp.Location()) // the error above matters more
			t.Fatalf("%s: %v; at %s\n%v\n%s", what, err, at, said.list, s.out)
		}
	}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // the browser lives as long as the context of its first action
		t.Fatal(err)
	}
	said.listen(ctx)
	if !scripts {
		do("no scripts", chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
			return err
		}))
	}
	authorize := s.base + "/oauth/authorize?" + url.Values{"client_id": {app.ID}, "redirect_uri": {client.URL + "/cb"},
		"response_type": {"code"}, "scope": {"read write"}, "state": {"a b&c"}}.Encode()
	before := mails(t, data)
	do("to the sign-up page", chromedp.Navigate(authorize), chromedp.WaitVisible("input[name=login]"), chromedp.Click(`a[href^="/auth/sign_up"]`))
	do("sign up", chromedp.WaitVisible("input[name=username]"), chromedp.SendKeys("input[name=username]", name),
		chromedp.SendKeys("input[name=email]", email), chromedp.SendKeys("input[name=password]", password),
		chromedp.Click("input[name=agreement]"), chromedp.Click("main form button"), chromedp.WaitVisible("input[name=email]"),
		chromedp.WaitNotPresent("input[name=username]"))
	link := mailedLink(t, data, before, email)
	if !strings.HasPrefix(link, s.base+"/") {
		t.Fatalf("the mail's link is %s", link)
	}
	do("confirm", chromedp.Navigate(link), chromedp.WaitVisible("input[name=link] ~ button"), chromedp.Click("input[name=link] ~ button"),
		chromedp.WaitNotPresent("input[name=link]"))
	do("sign out", chromedp.Navigate(s.base+"/"), chromedp.Click(`form[action="/auth/sign_out"] button`), chromedp.WaitNotPresent(`form[action="/auth/sign_out"]`))
	do("sign in and allow", chromedp.Navigate(authorize), chromedp.WaitVisible("input[name=login]"),
		chromedp.SendKeys("input[name=login]", email), chromedp.SendKeys("input[name=password]", password), chromedp.Click("main form button"),
		chromedp.WaitVisible("button[value=allow]"), chromedp.Click("button[value=allow]"))

	var back url.Values
	select {
	case back = <-callback:
	case <-time.After(30 * time.Second):
		t.Fatalf("the browser did not come back to the app\n%v", said.list)
	}
	eventually(t, fmt.Sprintf("the app's page, scripts=%v", scripts), func() bool {
		title, err := chromedp.Run(ctx, chromedp.Title())
		return err == nil && title == fmt.Sprint(scripts)
	})
	if back.Get("state") != "a b&c" {
		t.Errorf("came back with %v", back)
	}
	token := must[struct {
		Token string `json:"access_token"`
	}](s, "POST", "/oauth/token", "", map[string]string{"grant_type": "authorization_code", "client_id": app.ID, "client_secret": app.Secret,
		"redirect_uri": client.URL + "/cb", "code": back.Get("code")})
	if me := must[entity](s, "GET", "/api/v1/accounts/verify_credentials", token.Token, nil); me.Acct != name {
		t.Errorf("the token is that of %q", me.Acct)
	}
	post := must[entity](s, "POST", "/api/v1/statuses", token.Token, map[string]string{"status": "Here I am, <b>at last</b>"})
	do("read", chromedp.Navigate(s.base+"/@"+name+"/"+post.ID), chromedp.WaitVisible("main#content"))
	if text, err := chromedp.Run(ctx, chromedp.Text("main#content")); err != nil || !strings.Contains(text, "Here I am, <b>at last</b>") {
		t.Errorf("the post's page says %q, %v", text, err)
	}
	do("visit the profile and the front page", chromedp.Navigate(s.base+"/@"+name), chromedp.Navigate(s.base+"/"))
	said.mu.Lock()
	defer said.mu.Unlock()
	for _, line := range said.list {
		t.Errorf("the browser complains: %s", line)
	}
}

func mails(t *testing.T, data string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(data, "mail", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

var linkLine = regexp.MustCompile(`(?m)^\s*(https?://\S+)\s*$`)

// mailedLink waits for a new mail to an address and returns the link in it.
func mailedLink(t *testing.T, data string, before []string, to string) (link string) {
	t.Helper()
	eventually(t, "the mail", func() bool {
		for _, file := range mails(t, data) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(raw)))
			if err != nil {
				t.Fatal(err)
			}
			if m := linkLine.FindSubmatch(text); !slices.Contains(before, file) && strings.Contains(string(text), to) && m != nil {
				link = string(m[1])
			}
		}
		return link != ""
	})
	return link
}
