package web

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
)

// failure is how a kind of error looks.
type failure struct {
	status int
	title  string
}

var failures = map[errs.Kind]failure{
	errs.Internal:        {http.StatusInternalServerError, "Something broke here"},
	errs.Invalid:         {http.StatusUnprocessableEntity, "That does not work"},
	errs.Malformed:       {http.StatusBadRequest, "That could not be read"},
	errs.Unauthenticated: {http.StatusUnauthorized, "Please sign in"},
	errs.Forbidden:       {http.StatusForbidden, "That is not allowed"},
	errs.NotFound:        {http.StatusNotFound, "There is nothing here"},
	errs.Conflict:        {http.StatusConflict, "That has changed meanwhile"},
	errs.TooLarge:        {http.StatusRequestEntityTooLarge, "That is too large"},
	errs.Unsupported:     {http.StatusUnsupportedMediaType, "That could not be read"},
	errs.NotAcceptable:   {http.StatusNotAcceptable, "There is no such form of it"},
	errs.TooMany:         {http.StatusTooManyRequests, "A little slower, please"},
	errs.Unavailable:     {http.StatusServiceUnavailable, "Too busy at the moment"},
}

func errNoPage() error { return errs.NotFoundRecord() }

func errLongURL() error { return errs.New(errs.Malformed, "The address is too long.") }

func errForeignForm() error {
	return errs.New(errs.Forbidden, "This form was sent from another site. If that was you, start again from our own page.")
}

// fail answers with an error's page. What is our fault is logged and not shown.
func (c *call) fail(err error) {
	if errors.Is(err, errElsewhere) {
		return
	}
	var known *errs.Error
	if !errors.As(err, &known) {
		known = errs.Wrap(errs.Internal, "", err)
	}
	if known.Kind == errs.Internal && c.r.Context().Err() != nil {
		// The browser has gone; what failed is that it no longer waits.
		known = errs.Wrap(errs.Unavailable, "The request was given up.", err)
	}
	words := c.words()
	text := c.reason(known)
	switch known.Kind {
	case errs.Internal:
		c.Log.Error("page failed", "method", c.r.Method, "path", c.r.URL.Path, "error", err)
		text = words.Text("It is not your fault. What you sent may not have been kept; try again in a moment.")
	case errs.NotFound:
		text = words.Text("The page or post does not exist, was deleted, or is not public.")
	case errs.TooMany, errs.Unavailable:
		wait := max(known.After, time.Second)
		c.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		if known.Kind == errs.TooMany {
			text = words.slower(wait)
		}
	}
	c.w.Header().Set("Cache-Control", "private, no-store")
	f := failures[known.Kind]
	if err := c.show(f.status, errorPage(c.private(words.Text(f.title)), f.status, text)); err != nil {
		c.Log.Error("error page failed", "path", c.r.URL.Path, "error", err)
		http.Error(c.w, f.title, f.status)
	}
}

// reason says what an error says, in sentences of the reader's language.
func (c *call) reason(known *errs.Error) string {
	if len(known.Fields) == 0 {
		return c.words().sentence(known.Text)
	}
	var list []string // each is known by itself
	for _, f := range (&mistakes{Fields: known.Fields}).all() {
		list = append(list, c.words().sentence(f.Text))
	}
	return strings.Join(list, " ")
}
