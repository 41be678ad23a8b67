package mastodon

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
)

// statuses says what each kind of failure is in HTTP.
var statuses = map[errs.Kind]int{
	errs.Internal:        http.StatusInternalServerError,
	errs.Invalid:         http.StatusUnprocessableEntity,
	errs.Malformed:       http.StatusBadRequest,
	errs.Unauthenticated: http.StatusUnauthorized,
	errs.Forbidden:       http.StatusForbidden,
	errs.NotFound:        http.StatusNotFound,
	errs.Conflict:        http.StatusConflict,
	errs.TooLarge:        http.StatusRequestEntityTooLarge,
	errs.Unsupported:     http.StatusUnsupportedMediaType,
	errs.NotAcceptable:   http.StatusNotAcceptable,
	errs.TooMany:         http.StatusTooManyRequests,
	errs.Unavailable:     http.StatusServiceUnavailable,
	errs.NotImplemented:  http.StatusNotImplemented,
}

// errorBody is what every failure looks like. Details are there exactly for
// input that was not accepted (422).
type errorBody struct {
	Error       string                   `json:"error"`
	Description string                   `json:"error_description,omitempty"`
	Details     *map[string][]fieldError `json:"details,omitempty"`
}

type fieldError struct {
	Error       string `json:"error"`
	Description string `json:"description"`
}

// fail answers with an error. What is our fault is logged, and its text is not
// shown; neither is anything of an error that nobody classified.
func (c *Call) fail(err error) {
	var oauth *identity.OAuthError
	if errors.As(err, &oauth) {
		c.failOAuth(oauth)
		return
	}
	var known *errs.Error
	if !errors.As(err, &known) {
		known = errs.Wrap(errs.Internal, "", err)
	}
	if known.Kind == errs.Internal && c.R.Context().Err() != nil {
		// The client has gone; what failed is that it no longer waits.
		known = errs.Wrap(errs.Unavailable, "The request was given up", err)
	}
	body := errorBody{Error: known.Text}
	switch known.Kind {
	case errs.Internal:
		c.server.Log.Error("request failed", "method", c.R.Method, "path", c.R.URL.Path, "request", c.ID(), "error", err)
		body.Error = "An unexpected error occurred"
	case errs.Invalid:
		details := make(map[string][]fieldError, len(known.Fields))
		for name, list := range known.Fields {
			for _, f := range list {
				details[name] = append(details[name], fieldError{f.Code, f.Text})
			}
		}
		body.Details = &details
		if c.route.nests() {
			if err := c.JSON(statuses[known.Kind], nested(body)); err != nil {
				c.server.Log.Error("failure not written", "request", c.ID(), "error", err)
			}
			return
		}
	case errs.TooMany, errs.Unavailable:
		seconds := int(math.Ceil(max(known.After, time.Second).Seconds()))
		c.W.Header().Set("Retry-After", strconv.Itoa(seconds))
	case errs.Unauthenticated:
		c.W.Header().Set("WWW-Authenticate", `Bearer realm="Guildhall", error="invalid_token"`)
	}
	c.failWith(statuses[known.Kind], body)
}

// failOAuth answers as RFC 6749 §5.2 says.
func (c *Call) failOAuth(err *identity.OAuthError) {
	status := http.StatusBadRequest
	if err.Code == "invalid_client" {
		status = http.StatusUnauthorized
		c.W.Header().Set("WWW-Authenticate", `Basic realm="Guildhall"`)
	}
	c.W.Header().Set("Cache-Control", "no-store")
	c.failWith(status, errorBody{Error: err.Code, Description: err.Text})
}

func (c *Call) failWith(status int, body errorBody) {
	c.W.Header()["Content-Type"] = jsonType
	if err := c.JSON(status, body); err != nil {
		c.server.Log.Error("error not encoded", "error", err)
	}
}
