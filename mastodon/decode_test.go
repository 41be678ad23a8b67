package mastodon_test

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"
	"time"
)

// multipartBody is a form with files.
type multipartBody struct {
	data        []byte
	contentType string
}

// upload makes a body of fields, given as names and values, where a name that
// begins with "@" is a file.
func upload(t testing.TB, fields ...string) *multipartBody {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		name, isFile := strings.CutPrefix(fields[i], "@")
		var err error
		if isFile {
			part, e := form.CreateFormFile(name, "picture.png")
			if err = e; err == nil {
				_, err = part.Write([]byte(fields[i+1]))
			}
		} else {
			err = form.WriteField(name, fields[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return &multipartBody{b.Bytes(), form.FormDataContentType()}
}

// What a client may send a profile as; all mean the same.
func TestBodies(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	const path = "/api/v1/accounts/update_credentials"
	const want = `{"display_name": "Ann <3", "locked": true, "bot": false,
		"source": {"privacy": "unlisted", "note": "one\ntwo", "fields": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]}}`
	form := "display_name=Ann+%3C3&note=one%0Atwo&locked=on&bot=0&source[privacy]=unlisted&unknown[x][]=y"
	for name, body := range map[string]any{
		"JSON": `{"display_name": "Ann <3", "note": "one\ntwo", "locked": true, "bot": null, "source": {"privacy": "unlisted"},
			"fields_attributes": [{"name": "a", "value": 1}, {"name": "b", "value": "2"}, {"name": "", "value": ""}], "unknown": {"x": [1]}}`,
		"JSON with numbers for names": `{"display_name": "Ann <3", "note": "one\ntwo", "locked": "1", "source": {"privacy": "unlisted"},
			"fields_attributes": {"10": {"name": "b", "value": "2"}, "9": {"name": "a", "value": "1"}}}`,
		"form":                 form + "&fields_attributes[0][name]=a&fields_attributes[0][value]=1&fields_attributes[1][name]=b&fields_attributes[1][value]=2",
		"form without indices": form + "&fields_attributes[][name]=a&fields_attributes[][value]=1&fields_attributes[][name]=b&fields_attributes[][value]=2",
		"multipart": upload(t, "display_name", "Ann <3", "note", "one\ntwo", "locked", "true", "bot", "undefined", "avatar", "",
			"source[privacy]", "unlisted", "fields_attributes[0][name]", "a", "fields_attributes[0][value]", "1",
			"fields_attributes[1][name]", "b", "fields_attributes[1][value]", "2", "header", "undefined"),
	} {
		for _, method := range []string{"PATCH", "PUT"} {
			w.do("PATCH", path, ann.token, `{"display_name": "", "note": "", "locked": false, "fields_attributes": [], "source": {"privacy": "public"}}`).is(200)
			t.Log(name)
			w.do(method, path, ann.token, body).is(200).has(want)
		}
	}
}

// Bodies that cannot be read or are not acceptable: always a clear error, never ours.
func TestBadBodies(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann := w.person("ann")
	const path = "/api/v1/accounts/update_credentials"
	before := string(w.do("GET", "/api/v1/accounts/verify_credentials", ann.token, nil).is(200).body)
	for _, c := range []struct {
		name, contentType, body string
		status                  int
	}{
		{"cut JSON", "application/json", `{"note": "x"`, 400},
		{"no JSON", "application/json", `note=x`, 400},
		{"not an object", "application/json", `["note"]`, 400},
		{"two objects", "application/json", `{"note": "x"} {"note": "y"}`, 400},
		{"a name twice", "application/json", `{"note": "x", "note": "y"}`, 400},
		{"bad UTF-8 in JSON", "application/json", "{\"note\": \"\xff\"}", 400},
		{"bad UTF-8 in a form", "application/x-www-form-urlencoded", "note=%ff", 422},
		{"NUL", "application/json", `{"note": "a\u0000b"}`, 422},
		{"bad escape", "application/x-www-form-urlencoded", "note=%zz", 400},
		{"bad brackets", "application/x-www-form-urlencoded", "note[=x", 400},
		{"many brackets", "application/x-www-form-urlencoded", "a" + strings.Repeat("[b]", 20) + "=x", 400},
		{"text as bool", "application/json", `{"locked": "perhaps"}`, 422},
		{"list as text", "application/json", `{"note": ["x"]}`, 422},
		{"object as bool", "application/json", `{"locked": {}}`, 422},
		{"text as object", "application/json", `{"source": "x"}`, 422},
		{"text as file", "application/json", `{"avatar": "x"}`, 422},
		{"fields without numbers", "application/json", `{"fields_attributes": {"x": {"name": "a"}}}`, 422},
		{"plain text", "text/plain", `{"note": "x"}`, 415},
		{"no type", "", `{"note": "x"}`, 415},
		{"UTF-16", "application/json; charset=utf-16", `{"note": "x"}`, 415},
		{"multipart without boundary", "multipart/form-data", `x`, 400},
		{"DO-02 nested", "application/json", `{"a": ` + strings.Repeat("[", 100_000), 400},
		{"DO-02 elements", "application/json", `{"a": [` + strings.Repeat("1,", 400_000) + `1]}`, 413},
		{"DO-02 keys", "application/x-www-form-urlencoded", strings.Repeat("a&", 400_000), 413},
		{"DO-02 long key", "application/json", `{"` + strings.Repeat("k", 900_000) + `": 1, "locked": "perhaps"}`, 422},
		{"DO-01 too large", "application/json", `{"note": "` + strings.Repeat("x", 2<<20) + `"}`, 413},
	} {
		start := time.Now()
		a := w.do("PATCH", path, ann.token, &multipartBody{[]byte(c.body), c.contentType})
		if a.status != c.status {
			t.Errorf("%s: status %d, want %d: %s", c.name, a.status, c.status, a.body)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: took %v", c.name, took)
		}
	}
	if after := string(w.do("GET", "/api/v1/accounts/verify_credentials", ann.token, nil).is(200).body); after != before {
		t.Errorf("changed:\n%s\n%s", before, after)
	}
}

// DO-21: every kind of value in the place of every other.
func TestWrongTypes(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("ann"), w.person("bob")
	values := []string{`null`, `0`, `-0`, `1e999`, `9223372036854775808`, `true`, `""`, `"x"`, `[]`, `{}`, `[[1]]`, `[{}]`, `{"0": []}`,
		`"` + strings.Repeat("x", 10_000) + `"`, `"\u0000"`, `"' OR 1=1--"`}
	other := "/api/v1/accounts/" + bob.id.String()
	for _, c := range []struct {
		method, path string
		names        []string
	}{
		{"PATCH", "/api/v1/accounts/update_credentials", []string{"display_name", "note", "avatar", "locked", "fields_attributes", "source", "avatar_description"}},
		{"POST", other + "/follow", []string{"reblogs", "notify", "languages"}},
		{"POST", other + "/mute", []string{"notifications", "duration"}},
		{"POST", other + "/note", []string{"comment"}},
		{"POST", "/api/v1/apps", []string{"client_name", "redirect_uris", "scopes", "website"}},
		{"POST", "/api/v1/accounts", []string{"username", "email", "password", "agreement", "locale", "reason"}},
		{"POST", "/oauth/token", []string{"grant_type", "client_id", "client_secret", "code", "redirect_uri", "scope"}},
		{"POST", "/oauth/revoke", []string{"client_id", "client_secret", "token"}},
	} {
		for _, name := range c.names {
			for _, v := range values {
				if a := w.do(c.method, c.path, ann.token, `{"`+name+`": `+v+`}`); a.status >= 500 || a.status >= 300 && a.status < 400 {
					t.Errorf("%s with %s=%.40s: %d %s", a.call, name, v, a.status, a.body)
				}
			}
		}
	}
}
