package e2e_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// result is how a command ended.
type result struct {
	out, err string
	code     int
}

// command runs a command that ends by itself, with variables and an input.
func command(t *testing.T, env []string, input string, args ...string) result {
	t.Helper()
	cmd := exec.Command(program(t), args...)
	cmd.Dir, cmd.Env, cmd.Stdin = t.TempDir(), environment(env...), strings.NewReader(input)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	defer late.Stop()
	cmd.Wait() // how it ended is looked up in ProcessState
	return result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// works wants a command to succeed in silence but for its output.
func works(t *testing.T, input string, args ...string) string {
	t.Helper()
	r := command(t, nil, input, args...)
	if r.code != 0 || r.err != "" {
		t.Fatalf("%v: code %d, %q, %q", args, r.code, r.out, r.err)
	}
	return r.out
}

// refused wants a command to end with code 1 and one line that says why.
func refused(t *testing.T, r result, why string) {
	t.Helper()
	line := strings.TrimSuffix(r.err, "\n")
	if r.code != 1 || r.out != "" || !strings.HasPrefix(line, "guildhall: ") || strings.Contains(line, "\n") || !strings.Contains(line, why) {
		t.Errorf("want one line with %q; code %d, output %q, errors %q", why, r.code, r.out, r.err)
	}
}

func TestConfiguration(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("guildhall.toml", "title = \"file\"\nmax-characters = 700\nlisten = \"127.0.0.1:1\"\n")
	for _, tt := range []struct {
		name string
		env  []string
		args []string
		want string
	}{
		{"default", nil, nil, `title = "Guildhall"`},
		{"file", nil, []string{"--config", file}, `title = "file"`},
		{"file, number", nil, []string{"--config=" + file}, "max-characters = 700"},
		{"file by variable", []string{"GUILDHALL_CONFIG=" + file}, nil, `title = "file"`},
		{"variable over file", []string{"GUILDHALL_TITLE=variable", "GUILDHALL_CONFIG=" + file}, nil, `title = "variable"`},
		{"flag over variable", []string{"GUILDHALL_TITLE=variable"}, []string{"--config", file, "--title", "flag"}, `title = "flag"`},
		{"name of two words", []string{"GUILDHALL_MAX_CHARACTERS=900"}, []string{"--config", file}, "max-characters = 900"},
		{"base URL follows", nil, []string{"--listen", "0.0.0.0:99"}, `base-url = "http://localhost:99"`},
		{"base URL is completed", nil, []string{"--base-url", "https://hall.example/"}, `base-url = "https://hall.example"`},
		{"secret", []string{"GUILDHALL_DATABASE_URL=postgres://me:hush@db/x"}, nil, `database-url = "(set)"`},
		{"no secret", nil, nil, `database-url = ""`},
	} {
		r := command(t, tt.env, "", append([]string{"config", "print"}, tt.args...)...)
		if r.code != 0 || r.err != "" || !strings.Contains("\n"+r.out, "\n"+tt.want+"\n") || strings.Contains(r.out, "hush") {
			t.Errorf("%s: want %s; code %d, %s%s", tt.name, tt.want, r.code, r.out, r.err)
		}
	}
	// What is printed is a file that can be read.
	printed := write("printed.toml", works(t, "", "config", "print", "--title", `A "hall" \ one`))
	if again := works(t, "", "config", "print", "--config", printed); !strings.Contains(again, `title = "A \"hall\" \\ one"`) {
		t.Error(again)
	}
	for _, tt := range []struct {
		env  []string
		args []string
		why  string
	}{
		{nil, []string{"--config", filepath.Join(dir, "none.toml")}, "no such file"},
		{nil, []string{"--config", write("syntax.toml", "title = \n")}, "syntax.toml: "},
		{nil, []string{"--config", write("unknown.toml", "colour = \"red\"\n")}, `unknown setting "colour"`},
		{nil, []string{"--config", write("table.toml", "[title]\nname = \"x\"\n")}, "title"},
		{nil, []string{"--config", write("type.toml", "max-characters = \"many\"\n")}, "max-characters"},
		{[]string{"GUILDHALL_COLOUR=red"}, nil, "unknown variable GUILDHALL_COLOUR"},
		{[]string{"GUILDHALL_REGISTRATIONS=maybe"}, nil, "registrations"},
		{nil, []string{"--colour", "red"}, "unknown flag --colour"},
		{nil, []string{"--listen", "here"}, `listen: "here"`},
		{nil, []string{"--admin-listen", "here"}, `admin-listen: "here"`},
		{nil, []string{"--base-url", "hall.example"}, `base-url: "hall.example"`},
		{nil, []string{"--base-url", "https://hall.example/sub"}, "base-url"},
		{nil, []string{"--max-characters", "0"}, "max-characters: 0"},
		{nil, []string{"--smtp-address", "mail.example"}, "smtp-address"},
		{nil, []string{"--database-url", "mysql://me:hush@x"}, "database-url"},
		{nil, []string{"--trusted-proxies", "10.0.0.1"}, "trusted-proxies"},
		{nil, []string{"--log-level", "loud"}, "log-level"},
	} {
		for _, verb := range [][]string{{"config", "check"}, {"serve"}} {
			r := command(t, tt.env, "", append(verb, tt.args...)...)
			refused(t, r, tt.why)
			if strings.Contains(r.err, "hush") {
				t.Errorf("tells a secret: %s", r.err)
			}
		}
	}
	if out := works(t, "", "config", "check", "--config", file); out != "The configuration is sound.\n" {
		t.Error(out)
	}
}

func TestHelpAndVersion(t *testing.T) {
	t.Parallel()
	if out := works(t, "", "version"); !regexp.MustCompile(`^guildhall \d+\.\d+\.\d+\n$`).MatchString(out) {
		t.Error(out)
	}
	for _, args := range [][]string{{}, {"--help"}, {"help"}, {"-h"}} {
		out := works(t, "", args...)
		for _, want := range []string{"serve", "demo", "user create", "config print", "migrate status", "--database-url", "./guildhall-data", "127.0.0.1:8080"} {
			if !strings.Contains(out, want) {
				t.Errorf("%v does not tell of %s:\n%s", args, want, out)
			}
		}
	}
	for _, args := range [][]string{{"user", "create", "--help"}, {"help", "user", "create"}} {
		if out := works(t, "", args...); !strings.Contains(out, "--role") {
			t.Errorf("%v: %s", args, out)
		}
	}
	refused(t, command(t, nil, "", "dance"), "dance")
	refused(t, command(t, nil, "", "user", "create", "ann"), "email")
	refused(t, command(t, nil, "", "user", "role", "ann", "king"), "king")
}

func TestUserCommands(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	user := func(input string, args ...string) string {
		t.Helper()
		return works(t, input, append(append([]string{"user"}, args...), "--data", data)...)
	}
	deny := func(why, input string, args ...string) {
		t.Helper()
		refused(t, command(t, nil, input, append(append([]string{"user"}, args...), "--data", data)...), why)
	}
	if out := user(password+"\n", "create", "Ann", "ann@example.org", "--role", "owner"); out != "created Ann (owner)\n" {
		t.Error(out)
	}
	made := regexp.MustCompile(`^created ben \(user\)\npassword: (\S{20})\n$`).FindStringSubmatch(user("", "create", "ben", "ben@example.org"))
	if made == nil {
		t.Fatal("no password was made up")
	}
	deny("sername", "", "create", "ann", "other@example.org")
	deny("mail", "", "create", "cyd", "ann@example.org")
	deny("assword", "short\n", "create", "cyd", "cyd@example.org")
	deny("assword", "password\n", "create", "cyd", "cyd@example.org")
	deny("sername", "", "create", "cy d", "cyd@example.org")
	deny("", "", "role", "nobody", "admin")
	deny("", "", "password", "nobody")
	deny("", "", "token", "nobody")
	deny("scope", "", "token", "ann", "--scopes", "everything")
	list := user("", "list")
	if !regexp.MustCompile(`^NAME +ROLE +STATE +SINCE +EMAIL\nAnn +owner +active +\d{4}-\d\d-\d\d +ann@example.org\nben +user +active +\S+ +ben@example.org\n$`).MatchString(list) {
		t.Error(list)
	}

	// Where it is allowed, anybody may have a password that everybody has.
	if out := works(t, "password\n", "user", "create", "cyd", "cyd@example.org", "--weak-passwords", "on", "--data", data); out != "created cyd (user)\n" {
		t.Error(out)
	}

	// The server runs beside.
	s := start(t, "serve", "--data", data, "--password-grant", "on", "--rate-limits", "off")
	app := must[struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}](s, "POST", "/api/v1/apps", "", map[string]string{"client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read"})
	signIn := func(login, password string) (string, int) {
		out, code, err := call[struct {
			Token string `json:"access_token"`
		}](s, "POST", "/oauth/token", "", map[string]string{"grant_type": "password", "client_id": app.ID, "client_secret": app.Secret,
			"username": login, "password": password, "scope": "read"})
		if code == 0 {
			t.Fatal(err)
		}
		return out.Token, code
	}
	user("another long one\n", "create", "dora", "dora@example.org")
	for login, password := range map[string]string{"ann": password, "ben@example.org": made[1], "dora": "another long one"} {
		if _, code := signIn(login, password); code != http.StatusOK {
			t.Errorf("%s cannot sign in: %d", login, code)
		}
	}
	token := strings.TrimSpace(user("", "token", "dora", "--scopes", "read"))
	role := func() string {
		me := must[struct {
			Role struct {
				Name string `json:"name"`
			} `json:"role"`
		}](s, "GET", "/api/v1/accounts/verify_credentials", token, nil)
		return me.Role.Name
	}
	before := role()
	user("", "role", "dora", "moderator")
	eventually(t, "the role", func() bool { return role() != before })

	if out := user("a third password\n", "password", "dora"); !strings.Contains(out, "dora") {
		t.Error(out)
	}
	eventually(t, "the end of the token", func() bool {
		_, code, _ := call[entity](s, "GET", "/api/v1/accounts/verify_credentials", token, nil)
		return code == http.StatusUnauthorized
	})
	if _, code := signIn("dora", "another long one"); code == http.StatusOK {
		t.Error("the old password is still good")
	}
	if _, code := signIn("dora", "a third password"); code != http.StatusOK {
		t.Error("the new password is not good", code)
	}
}

// eventually waits for what another process does.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("did not come: %s", what)
		}
	}
}

func TestMigrations(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	migrate := func(args ...string) string {
		t.Helper()
		return works(t, "", append(append([]string{"migrate"}, args...), "--data", data)...)
	}
	up := "identity is up to date\nprofiles is up to date\nposts is up to date\nsearch is up to date\ninstance is up to date\nmoderation is up to date\nnotifications is up to date\npractice is up to date\n"
	if status := migrate("status"); !strings.Contains(status, "pending") {
		t.Error(status)
	}
	if out := migrate("up"); out != up {
		t.Error(out)
	}
	if status := migrate("status"); strings.Contains(status, "pending") || !regexp.MustCompile(`(?m)^posts +00001_\S+\.sql +\d{4}-`).MatchString(status) {
		t.Error(status)
	}
	for _, name := range []string{"identity", "profiles", "posts", "search", "instance", "moderation", "notifications", "practice"} {
		if out := migrate("down", name); !strings.HasPrefix(out, name+": took back 0") {
			t.Errorf("%s: %s", name, out)
		}
		if status := migrate("status"); strings.Count(status, "pending") != 1 {
			t.Errorf("%s: %s", name, status)
		}
		migrate("up")
	}
	for range 20 { // to the ground and up again
		if strings.Contains(migrate("down", "posts"), "nothing") {
			break
		}
	}
	migrate("up")
	member(t, data, "ann")
	refused(t, command(t, nil, "", "migrate", "down", "kitchen", "--data", data), "kitchen")

	newer(t, filepath.Join(data, "posts.db"))
	for _, args := range [][]string{{"serve"}, {"migrate", "up"}, {"user", "list"}} {
		r := command(t, nil, "", append(args, "--data", data)...)
		if args[0] == "migrate" {
			r.out = "" // the databases before it
		}
		refused(t, r, "database posts: the database was migrated by a newer version of guildhall")
	}
}

// newer makes a database look as a later version of the program leaves it.
func newer(t *testing.T, path string) {
	t.Helper()
	d, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)"); err != nil {
		t.Fatal(err)
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	file := filepath.Join(t.TempDir(), "tokens.json")
	s := launch(t, []string{"TMPDIR=" + tmp}, "demo", "--accounts", "5", "--posts", "20", "--tokens", file)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var target struct {
		Base   string   `json:"base"`
		Tokens []string `json:"tokens"`
	}
	if err := json.Unmarshal(raw, &target); err != nil || target.Base != s.base || len(target.Tokens) != 5 {
		t.Fatalf("%v: %s", err, raw)
	}
	names := map[string]bool{}
	for _, token := range target.Tokens {
		me := must[entity](s, "GET", "/api/v1/accounts/verify_credentials", token, nil)
		names[me.Acct] = true
		must[entity](s, "POST", "/api/v1/statuses", token, map[string]string{"status": "I am here, too."})
		if home := must[[]entity](s, "GET", "/api/v1/timelines/home", token, nil); len(home) == 0 {
			t.Errorf("%s has an empty home", me.Acct)
		}
	}
	if len(names) != 5 {
		t.Error(names)
	}
	if n := len(must[[]entity](s, "GET", "/api/v1/timelines/public?limit=40", target.Tokens[0], nil)); n < 10 {
		t.Errorf("only %d public posts", n)
	}
	if code := s.stop(); code != 0 {
		t.Errorf("ended with %d:\n%s", code, s.out)
	}
	for _, want := range []string{"Guildhall demo: " + s.base, "password     interview-ready", fmt.Sprintf("Bearer %s", target.Tokens[0])} {
		if !strings.Contains(s.out.String(), want) {
			t.Errorf("does not tell %q:\n%s", want, s.out)
		}
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("%v is left behind, %v", left, err)
	}
}
