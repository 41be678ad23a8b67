package app

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/practice/receipt"
)

// issued is a receipt of a server, with its key set.
func issued(t *testing.T, issuer, title string, key ed25519.PrivateKey) (token string, keys []byte) {
	t.Helper()
	token, err := receipt.Sign(&receipt.Claims{Issuer: issuer, Member: issuer + "/@ann", ID: "7", IssuedAt: 1_800_000_000, Kind: receipt.Lab, Subject: "L05", Title: title,
		Version: "1", Score: 90, Most: 100, Passed: true, Parts: []receipt.Part{{Name: "Order", Points: 90, Most: 100}}, Seed: "42"}, key)
	if err != nil {
		t.Fatal(err)
	}
	keys, err = json.Marshal(receipt.Keys{Issuer: issuer, Keys: []receipt.Key{receipt.NewKey(key.Public().(ed25519.PublicKey))}})
	if err != nil {
		t.Fatal(err)
	}
	return token, keys
}

func file(t *testing.T, text []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestVerifyReceipt(t *testing.T) {
	t.Parallel()
	key, other := ed25519.NewKeyFromSeed(make([]byte, 32)), ed25519.NewKeyFromSeed(bytes.Repeat([]byte("x"), 32))
	token, keys := issued(t, "https://guild.test", "Queue", key)
	_, wrong := issued(t, "https://guild.test", "Queue", other)
	_, foreign := issued(t, "https://other.test", "Queue", key)
	local, _ := issued(t, "http://guild.test", "Queue", key)
	inside, _ := issued(t, "https://127.0.0.1:9", "Queue", key)
	escape, _ := issued(t, "https://guild.test", "\x1b[2J\u202ehello", key)
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(keys)
		if r.URL.Path == "/huge" {
			_, _ = w.Write(bytes.Repeat([]byte(" "), receipt.Most))
		}
	}))
	defer served.Close()
	good := "Genuine: signed by https://guild.test on 15 January 2027, 08:00 UTC.\n\nIt says that https://guild.test/@ann has answered\n" +
		"the lab L05, \"Queue\", version 1, with the task of seed 42:\npassed, 90 of 100 points. A program has graded the answer.\n\n  Order  90 of 100\n\n" +
		"It does not say who has sent it to you: whether they are https://guild.test/@ann, only that page can tell.\n"
	at := file(t, keys)
	for _, c := range []struct{ name, token, keys, want, why string }{
		{"keys of a file", token + "\n", at, good, ""},
		{"keys of an address", token, served.URL + "/keys", good, ""},
		{"controls of the terminal", escape, at, "\"�[2J�hello\"", ""},
		{"tampered", strings.Replace(token, ".", ".e", 1), at, "", "cannot be read"},
		{"signature of another receipt", token[:strings.LastIndex(token, ".")] + escape[strings.LastIndex(escape, "."):], at, "", "signature is wrong"},
		{"wrong key", token, file(t, wrong), "", "no key"},
		{"another issuer", token, file(t, foreign), "", "other.test"},
		{"huge", strings.Repeat("a", 10<<20), at, "", "too long"},
		{"huge keys", token, served.URL + "/huge", "", "too long"},
		{"an issuer without https", local, "", "", "--keys"},
		{"an issuer within", inside, "", "", "not public"},
		{"no receipt", "hello", at, "", "no receipt"},
		{"no keys", token, file(t, []byte("<html>")), "", "key set"},
	} {
		var out strings.Builder
		err := VerifyReceipt(t.Context(), ReceiptCheck{File: "-", Keys: c.keys, In: strings.NewReader(c.token), Out: &out})
		if c.why == "" && (err != nil || !strings.Contains(out.String(), c.want)) {
			t.Errorf("%s: %v\n%s", c.name, err, out.String())
		}
		if c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why) || out.Len() > 0) {
			t.Errorf("%s: %v\n%s", c.name, err, out.String())
		}
	}
	var out strings.Builder
	if err := VerifyReceipt(t.Context(), ReceiptCheck{File: file(t, []byte(token)), Keys: at, Out: &out}); err != nil || out.String() != good {
		t.Errorf("%v\n%s", err, out.String())
	}
	if err := VerifyReceipt(t.Context(), ReceiptCheck{File: filepath.Join(t.TempDir(), "none"), Keys: at, Out: &out}); err == nil {
		t.Error("a file that is not there is a receipt")
	}
}
