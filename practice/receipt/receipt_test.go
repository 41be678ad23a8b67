package receipt

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// key is the same one each time for the same letter.
func key(letter string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte(letter), ed25519.SeedSize))
}

func keysOf(issuer string, all ...ed25519.PrivateKey) *Keys {
	k := &Keys{Issuer: issuer, Keys: []Key{}}
	for _, one := range all {
		k.Keys = append(k.Keys, NewKey(one.Public().(ed25519.PublicKey)))
	}
	return k
}

func claims() *Claims {
	return &Claims{Issuer: "https://guild.test", Member: "https://guild.test/@ann", ID: "7", IssuedAt: 1_800_000_000, Kind: Lab, Subject: "L01", Title: "Slow query",
		Version: "1", Score: 90, Most: 100, Passed: true, Parts: []Part{{"Plan", 50, 50}, {"Writes", 40, 50}}, Seed: "9223372036854775807"}
}

// token is a receipt with any header and content, signed with ann's server's key.
func token(t *testing.T, head string, body any) string {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	signed := encoding.EncodeToString([]byte(head)) + "." + encoding.EncodeToString(text)
	return signed + "." + encoding.EncodeToString(ed25519.Sign(key("a"), []byte(signed)))
}

// The key and its thumbprint of RFC 8037, appendices A.1 to A.3.
func TestThumbprint(t *testing.T) {
	public, err := encoding.DecodeString("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
	if err != nil {
		t.Fatal(err)
	}
	if got := KeyID(public); got != "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" {
		t.Errorf("got %s", got)
	}
}

// The signature of RFC 8037, appendix A.4, is ours too.
func TestSignature(t *testing.T) {
	seed, err := encoding.DecodeString("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
	if err != nil {
		t.Fatal(err)
	}
	got := encoding.EncodeToString(ed25519.Sign(ed25519.NewKeyFromSeed(seed), []byte("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc")))
	if got != "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg" {
		t.Errorf("got %s", got)
	}
}

func TestVerify(t *testing.T) {
	made, err := Sign(claims(), key("a"))
	if err != nil {
		t.Fatal(err)
	}
	for _, keys := range []*Keys{keysOf("https://guild.test", key("a")), keysOf("", key("b"), key("a"), key("c"))} {
		got, err := Verify(made, keys)
		if err != nil || !reflect.DeepEqual(got, claims()) {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if got, err := Read(made); err != nil || !reflect.DeepEqual(got, claims()) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestVerifyRefuses(t *testing.T) {
	made, err := Sign(claims(), key("a"))
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(made, ".")
	good := `{"alg":"EdDSA","typ":"guildhall-receipt+jwt","kid":"` + KeyID(key("a").Public().(ed25519.PublicKey)) + `"}`
	better := claims()
	better.Score = 100
	betterText, err := json.Marshal(better)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key("a").Public().(ed25519.PublicKey)) // the public key taken for a secret
	hs := encoding.EncodeToString([]byte(strings.Replace(good, "EdDSA", "HS256", 1))) + "." + parts[1]
	mac.Write([]byte(hs))
	flipped := func(text string) string {
		if text[10] == 'A' {
			return text[:10] + "B" + text[11:]
		}
		return text[:10] + "A" + text[11:]
	}
	for _, c := range []struct{ name, token, why string }{
		{"content of another", parts[0] + "." + encoding.EncodeToString(betterText) + "." + parts[2], "signature is wrong"},
		{"signature changed", parts[0] + "." + parts[1] + "." + flipped(parts[2]), "signature is wrong"},
		{"signature's idle bits", made[:len(made)-1] + string(made[len(made)-1]+1), "signature is wrong"},
		{"no signature", parts[0] + "." + parts[1] + ".", "no receipt"},
		{"alg none", token(t, strings.Replace(good, "EdDSA", "none", 1), claims()), `"none"`},
		{"alg none without signature", encoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".", "no receipt"},
		{"alg HS256", hs + "." + encoding.EncodeToString(mac.Sum(nil)), "no receipt"},
		{"alg HS256, long", hs + "." + encoding.EncodeToString(append(mac.Sum(nil), mac.Sum(nil)...)), `"HS256"`},
		{"another type", token(t, strings.Replace(good, "guildhall-receipt+jwt", "JWT", 1), claims()), `type "JWT"`},
		{"extensions", token(t, strings.Replace(good, "}", `,"crit":["b64"],"b64":false}`, 1), claims()), "extensions"},
		{"no key", token(t, `{"alg":"EdDSA","typ":"guildhall-receipt+jwt"}`, claims()), "which key"},
		{"two values", token(t, good+"{}", claims()), "follows"},
		{"header is no JSON", token(t, "hello", claims()), "header"},
		{"says nothing", token(t, good, &Claims{Issuer: "https://guild.test"}), "who has shown what"},
		{"says something else", token(t, good, map[string]any{"iss": 7}), "cannot be read"},
		{"padding", made + "=", "no receipt"},
		{"a line break", parts[0] + ".\n" + parts[1] + "." + parts[2], "no receipt"},
		{"empty", "", "no receipt"},
		{"too long", strings.Repeat("a", Most+1), "too long"},
		{"a long one", strings.Repeat("a.", Most/2), "no receipt"},
	} {
		got, err := Verify(c.token, keysOf("https://guild.test", key("a")))
		if err == nil || got != nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	renamed := keysOf("https://guild.test", key("b"))
	renamed.Keys[0].ID = KeyID(key("a").Public().(ed25519.PublicKey))
	for _, c := range []struct {
		name string
		keys *Keys
		why  string
	}{
		{"keys of another", keysOf("https://other.test", key("a")), "https://other.test"},
		{"another key", keysOf("https://guild.test", key("b")), "no key"},
		{"no keys", keysOf(""), "no key"},
		{"another key by the name", renamed, "of that name"},
	} {
		if got, err := Verify(made, c.keys); err == nil || got != nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestReadKeys(t *testing.T) {
	want := keysOf("https://guild.test", key("a"), key("b"))
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ReadKeys(text); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", "[]", `{}`, `{"keys": null}`, `{"keys": [7]}`, string(text) + "x", `{"keys": []}` + strings.Repeat(" ", Most)} {
		if got, err := ReadKeys([]byte(bad)); err == nil {
			t.Errorf("%.40q: %+v", bad, got)
		}
	}
}
