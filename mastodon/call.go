package mastodon

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/httpx"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
)

// Call is one request on its way through a handler, and its answer. A handler
// reads what it needs, asks a domain, and writes once: JSON, Bytes, or W itself
// on a Raw route. An error that it returns instead becomes the answer.
type Call struct {
	W      http.ResponseWriter
	R      *http.Request
	Caller *identity.Caller // nil: anonymous
	server *server
	route  *Route
	token  string     // what Caller was known by
	query  url.Values // parsed on first use
	upload bool       // the body may carry images
	slot   httpx.Slot
	status int // of the answer; 0: none yet
}

// ID returns the name of the request in the log, which the answer tells too.
func (c *Call) ID() string { return c.W.Header().Get("X-Request-Id") }

// Viewer returns the user who asks, or 0 for anonymous callers and apps.
func (c *Call) Viewer() ids.ID {
	if c.Caller == nil {
		return 0
	}
	return c.Caller.UserID
}

// Address returns the client's IP address. Forwarding headers count only when
// the connection comes from a trusted proxy.
func (c *Call) Address() netip.Addr {
	return httpx.ClientAddress(c.R, c.server.config.TrustedProxies)
}

// PathID returns an id from the path. It returns NotFound for anything that is
// no id.
func (c *Call) PathID(name string) (ids.ID, error) {
	id, ok := ids.Parse(c.R.PathValue(name))
	if !ok {
		return 0, errs.NotFoundRecord()
	}
	return id, nil
}

// Query returns the parameters of the URL.
func (c *Call) Query() url.Values {
	if c.query == nil {
		c.query = c.R.URL.Query() // leaves out what is malformed
	}
	return c.query
}

// reads tells a test what the handler reads: a parameter of the address, or all
// of a struct.
func (c *Call) reads(name string, into reflect.Type) {
	if c.server.onRead != nil {
		c.server.onRead(c, name, into)
	}
}

// Param returns the first value of a URL parameter, or "".
func (c *Call) Param(name string) string {
	c.reads(name, nil)
	if c.R.URL.RawQuery == "" {
		return ""
	}
	return cleanText(c.Query().Get(name))
}

// Path returns a part of the path as text.
func (c *Call) Path(name string) string { return cleanText(c.R.PathValue(name)) }

// cleanText leaves out what is no text, which no database would take either.
func cleanText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}

// Bool tells whether a URL parameter is there and true.
func (c *Call) Bool(name string) bool {
	v, ok := parseBool(c.Param(name))
	return ok && v
}

// Int returns a URL parameter as a number within the bounds, and the default
// if it is missing or no number.
func (c *Call) Int(name string, standard, least, most int) int {
	s := c.Param(name)
	if s == "" {
		return standard
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return standard
	}
	return min(max(n, least), most)
}

// IDs returns the ids of a URL parameter that may be given many times, as
// name[]=1 or name=1; what is no id is left out, and no more than most are read.
func (c *Call) IDs(name string, most int) []ids.ID {
	c.reads(name, nil)
	var list []ids.ID
	for _, key := range [...]string{name, name + "[]"} {
		for _, s := range c.Query()[key] {
			if id, ok := ids.Parse(s); ok && len(list) < most {
				list = append(list, id)
			}
		}
	}
	return list
}

// Limit returns how much of a list is wanted. What is missing, no number or not
// positive is the default.
func (c *Call) Limit(standard, most int) int {
	if n := c.Int("limit", standard, 0, most); n > 0 {
		return n
	}
	return standard
}

// Page returns which part of a list is wanted; what is no id bounds
// nothing.
func (c *Call) Page(standard, most int) page.Page {
	p := page.Page{Limit: standard}
	for _, name := range [...]string{"limit", "max_id", "since_id", "min_id"} {
		c.reads(name, nil)
	}
	if c.R.URL.RawQuery == "" {
		return p
	}
	p.Limit = c.Limit(standard, most)
	p.Max, _ = ids.Parse(c.Param("max_id"))
	p.Since, _ = ids.Parse(c.Param("since_id"))
	p.Min, _ = ids.Parse(c.Param("min_id"))
	return p
}

// Link writes the header that leads to the parts of a list before and after
// this one, given the cursors of its first (newest) and last (oldest) item.
// Call it before JSON or Bytes, and not for an empty part. Other parameters
// than the cursors are kept.
func (c *Call) Link(newest, oldest ids.ID) {
	base := append(make([]byte, 0, 128), c.server.config.BaseURL...)
	base = appendEscaped(append(base, '/'), strings.TrimPrefix(c.R.URL.EscapedPath(), "/"))
	base = append(base, '?')
	for part := range strings.SplitSeq(c.R.URL.RawQuery, "&") {
		name, _, _ := strings.Cut(part, "=")
		if name == "" || name == "max_id" || name == "since_id" || name == "min_id" {
			continue
		}
		base = append(appendEscaped(base, part), '&')
	}
	link := make([]byte, 0, 2*len(base)+96)
	link = append(append(append(link, '<'), base...), "max_id="...)
	link = strconv.AppendInt(link, int64(oldest), 10)
	link = append(link, `>; rel="next", <`...)
	link = append(append(link, base...), "min_id="...)
	link = strconv.AppendInt(link, int64(newest), 10)
	link = append(link, `>; rel="prev"`...)
	c.W.Header()["Link"] = []string{string(link)}
}

// appendEscaped appends what the client sent in its URL, with the bytes escaped
// that could end the link or do not belong into a header.
func appendEscaped(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		switch ch := s[i]; {
		case ch <= ' ' || ch >= 0x7f, ch == '<', ch == '>', ch == '"', ch == ',', ch == '\\':
			b = append(b, '%', hex[ch>>4], hex[ch&15])
		default:
			b = append(b, ch)
		}
	}
	return b
}

// JSON answers with a value as JSON.
func (c *Call) JSON(status int, v any) error {
	body, err := encode(v)
	if err != nil {
		return err
	}
	return c.Bytes(status, body)
}

// Bytes answers with JSON that is encoded already.
func (c *Call) Bytes(status int, body []byte) error {
	h := c.W.Header()
	if _, ok := h["Content-Type"]; !ok {
		h["Content-Type"] = jsonType
	}
	return c.write(status, body)
}

// Write answers with bytes of another content type, on Raw routes.
func (c *Call) Write(status int, contentType string, body []byte) error {
	c.W.Header().Set("Content-Type", contentType)
	return c.write(status, body)
}

func (c *Call) write(status int, body []byte) error {
	c.slot.Leave()
	c.W.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	c.status = status
	c.W.WriteHeader(status)
	// A client that is gone is nobody's failure, and there is nobody to tell.
	_, _ = c.W.Write(body)
	return nil
}

// List answers with a JSON array of values that are encoded already.
func (c *Call) List(items [][]byte) error {
	size := 2
	for _, item := range items {
		size += len(item) + 1
	}
	body := append(make([]byte, 0, size), '[')
	for i, item := range items {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, item...)
	}
	return c.Bytes(http.StatusOK, append(body, ']'))
}

// encode returns v as JSON without the escapes that only pages need: answers
// are served with nosniff and a type of their own.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
