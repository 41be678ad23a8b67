package mastodon

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/httpx"
)

// Decode reads the parameters of the query string and of the body, which may
// be JSON, a form or multipart, into the struct that into points to. A field
// takes the parameter of its tag `param:"name"`; unknown parameters are left
// out, missing ones leave the field as it is. A parameter in the body wins over
// its namesake in the query. See node.go for how names make structures, and
// bind.go for the types that fields may have.
//
// Decode returns Malformed for what cannot be read, Invalid for a value of the
// wrong type, TooLarge for a body over its bound and Unsupported for a body of
// an unknown type.
func (c *Call) Decode(into any) error {
	c.reads("", reflect.TypeOf(into).Elem())
	root := &node{kind: nodeObject}
	count := &budget{left: maxNodes}
	if c.R.URL.RawQuery != "" {
		if err := root.putForm(c.Query(), count); err != nil {
			return err
		}
	}
	if c.hasBody() {
		held := c.slot.Leave()
		if err := c.readBody(root, count); err != nil {
			return err
		}
		// A deadline that passes while the handler works would end it.
		_ = http.NewResponseController(c.W).SetReadDeadline(time.Time{})
		if held {
			if err := c.slot.Enter(c.R.Context()); err != nil {
				return err
			}
		}
	}
	return bind(root, reflect.ValueOf(into).Elem(), "")
}

func (c *Call) hasBody() bool {
	return c.R.Body != nil && c.R.Body != http.NoBody && c.R.ContentLength != 0
}

// boundBody bounds the time in which the body must have arrived.
func (c *Call) boundBody() {
	within := c.server.config.BodyTime
	if c.upload {
		within *= 5
	}
	// The only failure is a connection that knows no deadlines, in tests.
	_ = http.NewResponseController(c.W).SetReadDeadline(time.Now().Add(within))
}

func (c *Call) readBody(root *node, count *budget) error {
	limit := c.server.config.BodyBytes
	kind, options, err := mime.ParseMediaType(c.R.Header.Get("Content-Type"))
	if err != nil {
		return unsupported()
	}
	if charset := options["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return unsupported()
	}
	if kind == "multipart/form-data" {
		return c.readMultipart(root, count)
	}
	if kind != "application/json" && kind != "application/x-www-form-urlencoded" {
		return unsupported()
	}
	body, err := io.ReadAll(httpx.BoundBody(c.W, c.R.Body, limit))
	if err != nil {
		return bodyError(err)
	}
	if kind == "application/json" {
		return readJSON(body, root, count)
	}
	// Counted before they are parsed: each costs far more than its bytes.
	if bytes.Count(body, []byte("&")) > maxNodes {
		return tooMany()
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return errs.Wrap(errs.Malformed, "The form could not be read", err)
	}
	return root.putForm(values, count)
}

// readMultipart reads fields and files. Files over a megabyte go to temporary
// files, which net/http removes after the request.
func (c *Call) readMultipart(root *node, count *budget) error {
	limit := c.server.config.BodyBytes
	if c.upload {
		limit = c.server.config.UploadBytes
	}
	c.R.Body = httpx.BoundBody(c.W, c.R.Body, limit)
	if err := c.R.ParseMultipartForm(1 << 20); err != nil {
		return bodyError(err)
	}
	values := url.Values(c.R.MultipartForm.Value)
	for name, list := range values {
		// What JavaScript's FormData makes of a missing value.
		if len(list) == 1 && list[0] == "undefined" {
			delete(values, name)
		}
	}
	if err := root.putForm(values, count); err != nil {
		return err
	}
	for name, files := range c.R.MultipartForm.File {
		if err := root.put(name, &node{kind: nodeFile, file: files[len(files)-1]}, count); err != nil {
			return err
		}
	}
	return nil
}

// bodyError says what went wrong while a body was read.
func bodyError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errs.Wrap(errs.TooLarge, "The request is too large", err)
	}
	return errs.Wrap(errs.Malformed, "The request could not be read", err)
}

func unsupported() error {
	return errs.New(errs.Unsupported, "The content type must be application/json, application/x-www-form-urlencoded or multipart/form-data, in UTF-8")
}
