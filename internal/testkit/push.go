package testkit

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// PushReceiver is a push service and the browser behind it: it takes messages,
// checks who has signed them and for whom, and decrypts them. It shares no code
// with what sends them.
type PushReceiver struct {
	*httptest.Server
	P256dh, Auth string // what a client sends when it subscribes
	key          *ecdh.PrivateKey
	secret       []byte
	now          func() time.Time
	mu           sync.Mutex
	answers      []func(http.ResponseWriter)
	got          []Pushed
	failures     []error
	hits         int
}

// Pushed is a message as it has arrived.
type Pushed struct {
	Header    http.Header
	ServerKey string // that it was signed with
	Body      []byte
	Raw       []byte // as it was sent
	Token     json.RawMessage
}

// NewPushReceiver starts a receiver, which stops at the end of the test.
func NewPushReceiver(t *testing.T, now func() time.Time) *PushReceiver {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r := &PushReceiver{key: key, secret: make([]byte, 16), now: now}
	rand.Read(r.secret)
	r.P256dh = base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes())
	r.Auth = base64.RawURLEncoding.EncodeToString(r.secret)
	r.Server = httptest.NewTLSServer(http.HandlerFunc(r.take))
	t.Cleanup(func() {
		r.CloseClientConnections()
		r.Close()
		for _, err := range r.failures {
			t.Errorf("push receiver: %v", err)
		}
	})
	return r
}

// Answer has the next messages answered by these, one each; afterwards all are
// taken with 201 again.
func (r *PushReceiver) Answer(list ...func(http.ResponseWriter)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = append(r.answers, list...)
}

// Hits returns how many messages have come, with those that were not taken.
func (r *PushReceiver) Hits() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hits
}

// Taken returns the messages that were taken.
func (r *PushReceiver) Taken() []Pushed {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Pushed(nil), r.got...)
}

func (r *PushReceiver) take(w http.ResponseWriter, q *http.Request) {
	p, err := r.read(q)
	r.mu.Lock()
	r.hits++
	answer := func(w http.ResponseWriter) { w.WriteHeader(http.StatusCreated) }
	if len(r.answers) > 0 {
		answer, r.answers = r.answers[0], r.answers[1:]
	} else if err == nil {
		r.got = append(r.got, p)
	}
	if err != nil {
		r.failures = append(r.failures, err)
	}
	r.mu.Unlock()
	answer(w)
}

func (r *PushReceiver) read(q *http.Request) (Pushed, error) {
	raw, err := io.ReadAll(q.Body)
	if err != nil {
		return Pushed{}, err
	}
	p := Pushed{Header: q.Header, Raw: raw}
	if len(raw) > 4096 || q.Method != http.MethodPost || q.Header.Get("TTL") == "" {
		return p, fmt.Errorf("%s with %d bytes, TTL %q", q.Method, len(raw), q.Header.Get("TTL"))
	}
	var token string
	switch coding := q.Header.Get("Content-Encoding"); coding {
	case "aes128gcm":
		token, p.ServerKey = part(q.Header.Get("Authorization"), "vapid t="), part(q.Header.Get("Authorization"), "k=")
		p.Body, err = r.decrypt(raw)
	case "aesgcm":
		token, p.ServerKey = strings.TrimPrefix(q.Header.Get("Authorization"), "WebPush "), part(q.Header.Get("Crypto-Key"), "p256ecdsa=")
		p.Body, err = r.decryptDraft(raw, part(q.Header.Get("Encryption"), "salt="), part(q.Header.Get("Crypto-Key"), "dh="))
	default:
		err = fmt.Errorf("content encoding %q", coding)
	}
	if err == nil {
		p.Token, err = r.verify(token, p.ServerKey)
	}
	return p, err
}

// part returns the value after a name in a list.
func part(list, name string) string {
	for item := range strings.FieldsFuncSeq(list, func(c rune) bool { return c == ',' || c == ';' }) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(item), name); ok {
			return value
		}
	}
	return ""
}

// verify checks a JWT (RFC 7515, ES256) and what it claims (RFC 8292 §2).
func (r *PushReceiver) verify(token, key string) (json.RawMessage, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("no token: %q", token)
	}
	public, err1 := base64.RawURLEncoding.DecodeString(key)
	head, err2 := base64.RawURLEncoding.DecodeString(parts[0])
	claims, err3 := base64.RawURLEncoding.DecodeString(parts[1])
	signature, err4 := base64.RawURLEncoding.DecodeString(parts[2])
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	known, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
	if err != nil || len(signature) != 64 || !strings.Contains(string(head), `"ES256"`) {
		return nil, fmt.Errorf("token %s, signature of %d bytes: %v", head, len(signature), err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(known, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return nil, errors.New("the signature is wrong")
	}
	var c struct {
		Aud, Sub string
		Exp      int64
	}
	if err := json.Unmarshal(claims, &c); err != nil {
		return nil, err
	}
	left := time.Unix(c.Exp, 0).Sub(r.now())
	if c.Aud != r.URL || left <= 0 || left > 24*time.Hour || !strings.HasPrefix(c.Sub, "mailto:") && !strings.HasPrefix(c.Sub, "https:") {
		return nil, fmt.Errorf("claims %s", claims)
	}
	return claims, nil
}

// decrypt reads RFC 8291 with RFC 8188.
func (r *PushReceiver) decrypt(raw []byte) ([]byte, error) {
	if len(raw) < 21 || len(raw) < 21+int(raw[20]) || uint32(len(raw)) > 86+binary.BigEndian.Uint32(raw[16:20]) {
		return nil, errors.New("no header")
	}
	salt, public, content := raw[:16], raw[21:21+int(raw[20])], raw[21+int(raw[20]):]
	shared, err := r.shared(public)
	if err != nil {
		return nil, err
	}
	info := append(append([]byte("WebPush: info\x00"), r.key.PublicKey().Bytes()...), public...)
	plain, err := open(shared, r.secret, string(info), salt, "Content-Encoding: aes128gcm\x00", "Content-Encoding: nonce\x00", content)
	if err != nil {
		return nil, err
	}
	text := strings.TrimRight(string(plain), "\x00")
	if !strings.HasSuffix(text, "\x02") {
		return nil, errors.New("not the last record")
	}
	return []byte(strings.TrimSuffix(text, "\x02")), nil
}

// decryptDraft reads draft-ietf-webpush-encryption-04.
func (r *PushReceiver) decryptDraft(raw []byte, salt, dh string) ([]byte, error) {
	saltBytes, err1 := base64.RawURLEncoding.DecodeString(salt)
	public, err2 := base64.RawURLEncoding.DecodeString(dh)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	shared, err := r.shared(public)
	if err != nil {
		return nil, err
	}
	keys := "P-256\x00\x00\x41" + string(r.key.PublicKey().Bytes()) + "\x00\x41" + string(public)
	plain, err := open(shared, r.secret, "Content-Encoding: auth\x00", saltBytes, "Content-Encoding: aesgcm\x00"+keys, "Content-Encoding: nonce\x00"+keys, raw)
	if err != nil || len(plain) < 2 {
		return nil, fmt.Errorf("%d bytes: %w", len(plain), err)
	}
	return plain[2+int(binary.BigEndian.Uint16(plain)):], nil
}

func (r *PushReceiver) shared(public []byte) ([]byte, error) {
	key, err := ecdh.P256().NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	return r.key.ECDH(key)
}

func open(shared, secret []byte, info string, salt []byte, keyInfo, nonceInfo string, content []byte) ([]byte, error) {
	ikm, err1 := hkdf.Key(sha256.New, shared, secret, info, 32)
	key, err2 := hkdf.Key(sha256.New, ikm, salt, keyInfo, 16)
	nonce, err3 := hkdf.Key(sha256.New, ikm, salt, nonceInfo, 12)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return aead.Open(nil, nonce, content, nil)
}
