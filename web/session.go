package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/httpx"
)

// The cookies: a signed-in browser's session, and what the forms of those who
// are not signed in are bound to.
const (
	sessionCookie = "guildhall_session"
	visitorCookie = "guildhall_visitor"
)

// sessionAge is how long a browser keeps the session's cookie, in seconds.
// When a session ends is decided by identity.
const sessionAge = 365 * 24 * 60 * 60

// visitorLength is the length of what rand.Text returns.
const visitorLength = 26

func (s *server) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name // browsers then insist on Secure, Path=/ and no Domain
	}
	return name
}

func (c *call) setCookie(name, value string, age int) {
	http.SetCookie(c.w, &http.Cookie{Name: c.cookieName(name), Value: value, Path: "/", MaxAge: age,
		Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func (c *call) cookie(name string) string {
	cookie, err := c.r.Cookie(c.cookieName(name))
	if err != nil { // there is none
		return ""
	}
	return cookie.Value
}

// findSession reads who is signed in. A session that has ended is forgotten.
func (c *call) findSession() error {
	secret := c.cookie(sessionCookie)
	if secret == "" {
		return nil
	}
	session, u, err := c.Identity.Session(c.r.Context(), secret)
	if errs.Is(err, errs.Unauthenticated) {
		c.setCookie(sessionCookie, "", -1)
		return nil
	}
	if err != nil {
		return err
	}
	c.session, c.sessionID, c.user = secret, session.ID, u
	return nil
}

// sessionToken returns what a form for a purpose must bring back; it is bound
// to the session, of which it tells nothing.
func (c *call) sessionToken(purpose string) string { return c.mask(formToken(c.session, purpose)) }

// checkSession refuses a form that was not made for this session and purpose.
// Returns Unauthenticated if nobody is signed in.
func (c *call) checkSession(purpose string) error {
	if c.user == nil {
		return errs.New(errs.Unauthenticated, "Please sign in first.")
	}
	return c.checkToken(c.session, purpose)
}

// visitorToken is sessionToken for forms that need no session. It gives the
// browser a cookie to bind them to if it has none.
func (c *call) visitorToken(purpose string) string {
	key := c.cookie(visitorCookie)
	if len(key) != visitorLength {
		key = rand.Text()
		c.setCookie(visitorCookie, key, 0)
	}
	return c.mask(formToken(key, purpose))
}

func (c *call) checkVisitor(purpose string) error {
	return c.checkToken(c.cookie(visitorCookie), purpose)
}

func (c *call) checkToken(key, purpose string) error {
	if key == "" || !hmac.Equal(unmask(c.field("token")), formToken(key, purpose)) {
		c.suspect("form")
		return errs.New(errs.Forbidden, "This form is out of date, or your browser keeps no cookies. Go back, reload the page and send it again.")
	}
	return nil
}

func formToken(key, purpose string) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte("form " + purpose)) // never fails
	return mac.Sum(nil)
}

// mask makes a token look different in each answer. Pages are compressed, and may
// repeat what stands in their address: by the length of many answers a stranger
// could else guess a secret that is always the same (BREACH).
func (c *call) mask(token []byte) string {
	if c.pad == nil {
		c.pad = make([]byte, sha256.Size)
		_, _ = rand.Read(c.pad) // never fails
	}
	masked := make([]byte, 2*sha256.Size)
	copy(masked, c.pad)
	subtle.XORBytes(masked[sha256.Size:], c.pad, token)
	return base64.RawURLEncoding.EncodeToString(masked)
}

// unmask returns the token that was masked, nil if it is none.
func unmask(text string) []byte {
	masked, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(masked) != 2*sha256.Size {
		return nil
	}
	token := masked[sha256.Size:]
	subtle.XORBytes(token, token, masked[:sha256.Size])
	return token
}

// localPath returns an address to go on to if it is one of our own pages, else
// the front page.
func localPath(text string) string {
	if len(text) > maxURL || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }) {
		return "/"
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || u.Fragment != "" || !httpx.CleanPath(u.Path) {
		return "/"
	}
	return u.RequestURI()
}
