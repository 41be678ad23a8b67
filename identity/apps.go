package identity

import (
	"context"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

const (
	appNameMax   = 60   // characters
	uriMax       = 2000 // bytes
	redirectsMax = 10
)

// defaultScope is what is granted when nothing is asked for.
const defaultScope = "read"

// CreateApp registers an OAuth client; its secret is in the answer and nowhere
// else. A redirect URI may be a list separated by line ends. Returns Invalid
// with Fields if the name, website, a redirect URI or a scope is not acceptable.
func (s *Service) CreateApp(ctx context.Context, name, website string, redirectURIs []string, scopes string) (*App, error) {
	p := map[string][]errs.Field{}
	name = strings.TrimSpace(name)
	if f := appNameRefusal(name); f != nil {
		p["client_name"] = f
	}
	if website != "" && !webAddress(website) {
		p["website"] = []errs.Field{{Code: "ERR_INVALID", Text: "must be an http or https address"}}
	}
	uris, f := readRedirects(redirectURIs)
	if f != nil {
		p["redirect_uris"] = f
	}
	granted, err := ParseScopes(scopes)
	if err != nil {
		p["scopes"] = []errs.Field{{Code: "ERR_INVALID", Text: "doesn't match those the server knows"}}
	}
	if len(p) > 0 {
		return nil, refused(p)
	}
	if len(granted) == 0 {
		granted = Scopes{defaultScope}
	}
	a := &App{ID: s.ids.Global(), Name: name, Website: website, RedirectURIs: uris, Scopes: granted,
		ClientID: newSecret(), ClientSecret: newSecret(), CreatedAt: fromMillis(s.millis())}
	hash := hashSecret(a.ClientSecret)
	if err := s.insertApp(ctx, a, hash[:]); err != nil {
		return nil, err
	}
	return a, nil
}

func (s *Service) insertApp(ctx context.Context, a *App, secretHash []byte) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := db.Exec(ctx, tx, `INSERT INTO identity_apps (id, client_id, secret_hash, name, website, scopes, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (client_id) DO NOTHING`,
			a.ID, a.ClientID, secretHash, a.Name, a.Website, a.Scopes.String(), a.CreatedAt.UnixMilli())
		if err != nil || n == 0 {
			return err
		}
		for i, uri := range a.RedirectURIs {
			if _, err := db.Exec(ctx, tx, "INSERT INTO identity_app_redirects (app_id, position, uri) VALUES ($1, $2, $3)", a.ID, i, uri); err != nil {
				return err
			}
		}
		return nil
	})
}

// appRow is an app as stored.
type appRow struct {
	App
	secretHash []byte
	scopes     string
	created    int64
}

func scanApp(r *appRow) []any {
	return []any{&r.ID, &r.ClientID, &r.secretHash, &r.Name, &r.Website, &r.scopes, &r.created}
}

const appColumns = "id, client_id, secret_hash, name, website, scopes, created_at"

// App returns an app, from the cache if possible. The value is shared and must
// not be changed. Returns NotFound if there is none.
func (s *Service) App(ctx context.Context, id ids.ID) (*App, error) {
	if a, ok := s.cache.apps.GetIfPresent(id); ok {
		return a, nil
	}
	r, err := s.loadApp(ctx, "SELECT "+appColumns+" FROM identity_apps WHERE id = $1", id)
	if err != nil {
		return nil, err
	}
	s.cache.apps.Set(id, &r.App) // apps never change: nothing can be stale
	return &r.App, nil
}

// AppByClientID returns the app with a client id. Returns NotFound if there is none.
func (s *Service) AppByClientID(ctx context.Context, clientID string) (*App, error) {
	r, err := s.appByClientID(ctx, clientID)
	if err != nil {
		return nil, err
	}
	return &r.App, nil
}

func (s *Service) appByClientID(ctx context.Context, clientID string) (*appRow, error) {
	if clientID == "" || len(clientID) > secretMax || !utf8.ValidString(clientID) || strings.ContainsRune(clientID, 0) {
		return nil, errs.NotFoundRecord()
	}
	return s.loadApp(ctx, "SELECT "+appColumns+" FROM identity_apps WHERE client_id = $1", clientID)
}

func (s *Service) loadApp(ctx context.Context, text string, key any) (*appRow, error) {
	r, err := db.One(ctx, s.db, scanApp, text, key)
	if err != nil {
		return nil, err
	}
	r.CreatedAt, r.Scopes = fromMillis(r.created), strings.Fields(r.scopes)
	r.RedirectURIs, err = db.Values[string](ctx, s.db, "SELECT uri FROM identity_app_redirects WHERE app_id = $1 ORDER BY position", r.ID)
	if err != nil {
		return nil, err
	}
	return &r, nil
}

// weight is about what a cached app takes, in bytes.
func (a *App) weight() uint32 {
	n := 256 + len(a.Name) + len(a.Website) + len(a.ClientID) + 32*len(a.Scopes)
	for _, uri := range a.RedirectURIs {
		n += 16 + len(uri)
	}
	return uint32(n)
}

func appNameRefusal(name string) []errs.Field {
	switch {
	case name == "":
		return []errs.Field{{Code: "ERR_BLANK", Text: "can't be blank"}}
	case utf8.RuneCountInString(name) > appNameMax:
		return []errs.Field{{Code: "ERR_TOO_LONG", Text: "must have at most 60 characters"}}
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return []errs.Field{{Code: "ERR_INVALID", Text: "is not valid text"}}
	}
	return nil
}

// readRedirects returns the redirect URIs of a registration.
func readRedirects(given []string) ([]string, []errs.Field) {
	var uris []string
	for _, lines := range given {
		for line := range strings.Lines(lines) {
			if uri := strings.TrimSpace(line); uri != "" {
				uris = append(uris, uri)
			}
		}
	}
	switch {
	case len(uris) == 0:
		return nil, []errs.Field{{Code: "ERR_BLANK", Text: "can't be blank"}}
	case len(uris) > redirectsMax:
		return nil, []errs.Field{{Code: "ERR_TOO_LONG", Text: "must be at most 10"}}
	}
	for _, uri := range uris {
		if len(uri) > uriMax {
			return nil, []errs.Field{{Code: "ERR_TOO_LONG", Text: "must have at most 2000 characters"}}
		}
		if !redirectable(uri) {
			return nil, []errs.Field{{Code: "ERR_INVALID", Text: "must be absolute addresses that are safe to go to"}}
		}
	}
	return uris, nil
}

// redirectable tells whether a browser may be sent to a URI with a code: web
// pages, apps' own schemes, and the out-of-band form. A fragment is not
// allowed (RFC 6749 §3.1.2), nor credentials.
func redirectable(uri string) bool {
	if uri == OutOfBand {
		return true
	}
	if strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r == 0x7f || r == utf8.RuneError || r == '\\' }) {
		return false
	}
	u, err := url.Parse(uri)
	if err != nil || u.Fragment != "" || strings.Contains(uri, "#") || u.User != nil {
		return false
	}
	switch u.Scheme {
	case "", "javascript", "data", "vbscript", "file", "about", "blob", "filesystem", "view-source", "mailto", "tel", "ws", "wss":
		return false
	case "http", "https":
		return isHost(u.Hostname())
	}
	return true
}

// isHost tells whether a text can be a host: an IP address or a name, also one
// in letters beyond ASCII. What net/url takes beside (";", "," and the like)
// means something else in headers and policies.
func isHost(text string) bool {
	if a, err := netip.ParseAddr(text); err == nil {
		return a.Zone() == ""
	}
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._", r)
	})
}

// webAddress tells whether a text is the address of a web page.
func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && len(text) <= uriMax && utf8.ValidString(text) && (u.Scheme == "http" || u.Scheme == "https") && isHost(u.Hostname()) && u.User == nil
}
