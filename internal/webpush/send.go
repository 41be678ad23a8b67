package webpush

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Client sends messages. Its methods may be called concurrently.
type Client struct {
	http    *http.Client
	subject string
	now     func() time.Time
}

// NewClient returns a client that connects through transport. subject is how
// push services reach the operator: a mailto: or https: address.
func NewClient(transport http.RoundTripper, subject string, now func() time.Time) *Client {
	return &Client{http: &http.Client{Transport: transport, Timeout: sendTime, CheckRedirect: stay}, subject: subject, now: now}
}

// sendTime is how long one push service is waited for.
const sendTime = 10 * time.Second

// stay has redirects answered instead of followed: push services send none, and
// one would lead a message to somebody else.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Message is something to be sent.
type Message struct {
	To       Receiver
	Body     []byte
	TTL      time.Duration // how long the push service keeps it for a receiver who is away
	Urgent   bool          // also for a receiver with little battery left
	Standard bool          // RFC 8291; else the draft before it
}

// Answer is what a push service has said.
type Answer struct {
	Status     int           // of HTTP; 2xx: taken
	RetryAfter time.Duration // 0: not said
}

// Send sends a message. An error means that there was no answer.
func (c *Client) Send(ctx context.Context, v *VAPID, m Message) (Answer, error) {
	endpoint, err := url.Parse(m.To.Endpoint)
	if err != nil {
		return Answer{}, fmt.Errorf("webpush: %w", err)
	}
	s, err := m.To.encrypt(m.Body, m.Standard)
	if err != nil {
		return Answer{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.To.Endpoint, bytes.NewReader(s.body))
	if err != nil {
		return Answer{}, fmt.Errorf("webpush: %w", err)
	}
	token, err := v.token(endpoint, c.subject, c.now())
	if err != nil {
		return Answer{}, err
	}
	h := r.Header
	h.Set("Content-Type", "application/octet-stream")
	h.Set("TTL", strconv.Itoa(int(m.TTL.Seconds())))
	h.Set("Urgency", "normal")
	if m.Urgent {
		h.Set("Urgency", "high")
	}
	if m.Standard {
		h.Set("Content-Encoding", "aes128gcm")
		h.Set("Authorization", "vapid t="+token+", k="+v.public)
	} else {
		h.Set("Content-Encoding", "aesgcm")
		h.Set("Authorization", "WebPush "+token)
		h.Set("Encryption", "salt="+base64.RawURLEncoding.EncodeToString(s.salt))
		h.Set("Crypto-Key", "dh="+base64.RawURLEncoding.EncodeToString(s.public)+";p256ecdsa="+v.public)
	}
	res, err := c.http.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = res.Body.Close() }() // it was only read
	// What is left in it would keep the connection from being used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 4<<10))
	return Answer{Status: res.StatusCode, RetryAfter: c.retryAfter(res.Header.Get("Retry-After"))}, nil
}

// retryAfter reads seconds or a date; nonsense is nothing.
func (c *Client) retryAfter(text string) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil {
		return max(0, time.Duration(min(seconds, 1<<30))*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(c.now()))
	}
	return 0
}
