package webpush

import (
	"bytes"
	"crypto/ecdh"
	"encoding/base64"
	"testing"
)

func b64(t *testing.T, text string) []byte {
	t.Helper()
	b, err := DecodeKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func privateKey(t *testing.T, text string) *ecdh.PrivateKey {
	t.Helper()
	key, err := ecdh.P256().NewPrivateKey(b64(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// RFC 8291 §5.
func TestVectorOfTheStandard(t *testing.T) {
	receiver := privateKey(t, "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")
	r := Receiver{Public: receiver.PublicKey().Bytes(), Auth: b64(t, "BTBZMqHH6r4Tts7J_aSIgg")}
	if got := base64.RawURLEncoding.EncodeToString(r.Public); got != "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4" {
		t.Fatal(got)
	}
	s, err := r.encryptWith(privateKey(t, "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), b64(t, "DGv6ra1nlYgDCS1FRnbzlw"),
		[]byte("When I grow up, I want to be a watermelon"), true)
	if err != nil {
		t.Fatal(err)
	}
	want := b64(t, "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN")
	if !bytes.Equal(s.body, want) {
		t.Errorf("%x\n%x", s.body, want)
	}
}

// draft-ietf-webpush-encryption-04 §5.
func TestVectorOfTheDraft(t *testing.T) {
	r := Receiver{Public: privateKey(t, "9FWl15_QUQAWDaD3k3l50ZBZQJ4au27F1V4F0uLSD_M").PublicKey().Bytes(), Auth: b64(t, "R29vIGdvbyBnJyBqb29iIQ")}
	s, err := r.encryptWith(privateKey(t, "nCScek-QpEjmOOlT-rQ38nZzvdPlqa00Zy0i6m2OJvY"), b64(t, "lngarbyKfMoi9Z75xYXmkg"), []byte("I am the walrus"), false)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := base64.RawURLEncoding.EncodeToString(s.body), "6nqAQUME8hNqw5J3kl8cpVVJylXKYqZOeseZG8UueKpA"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestBadKeys(t *testing.T) {
	good := Receiver{Public: privateKey(t, "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94").PublicKey().Bytes(), Auth: make([]byte, 16)}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	off := bytes.Clone(good.Public)
	off[64] ^= 1
	for _, r := range []Receiver{{}, {Public: good.Public}, {Public: good.Public[:64], Auth: good.Auth}, {Public: off, Auth: good.Auth},
		{Public: make([]byte, 65), Auth: good.Auth}, {Public: good.Public, Auth: make([]byte, 17)}} {
		if r.Check() == nil {
			t.Errorf("%x is taken", r)
		}
	}
	if _, err := good.encrypt(make([]byte, MostBytes+1), true); err == nil {
		t.Error("too long a message is taken")
	}
	if s, err := good.encrypt(make([]byte, MostBytes), true); err != nil || len(s.body) != 4096 {
		t.Errorf("%d bytes, %v", len(s.body), err)
	}
}
