// Package errs is the one error type of Guildhall. An error has a kind, which
// the edges map to an HTTP status in one table, a text that is safe to show to
// the person who made the request, and a cause that only the log sees. What
// does not belong here: HTTP, logging, and errors that only one package meets.
package errs

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of failure an error is, for the caller and for the edge.
type Kind uint8

// The kinds. Internal is the zero value: an error nobody classified is ours.
const (
	Internal        Kind = iota // our fault; the text is never shown
	Invalid                     // well-formed but unacceptable input
	Malformed                   // input that could not be read
	Unauthenticated             // no or bad credentials
	Forbidden                   // known caller, not allowed
	NotFound                    // absent, or not to be seen by the caller
	Conflict                    // collides with what exists
	TooLarge                    // input over a byte limit
	Unsupported                 // a media type that is not taken
	NotAcceptable               // an answer in the wanted form does not exist
	TooMany                     // over a rate limit
	Unavailable                 // overloaded or shutting down; try again
	NotImplemented              // what this server is not set up to do
)

var names = [...]string{"internal", "invalid", "malformed", "unauthenticated", "forbidden", "not found",
	"conflict", "too large", "unsupported", "not acceptable", "too many requests", "unavailable", "not implemented"}

// String returns the kind's name for logs.
func (k Kind) String() string { return names[k] }

// Error is a failure with its kind, its safe text and its cause.
type Error struct {
	Kind   Kind
	Text   string             // shown to the caller
	Cause  error              // logged, never shown
	Fields map[string][]Field // what is wrong with each input, for forms
	After  time.Duration      // when to try again, for TooMany and Unavailable
}

// Field is one thing that is wrong with one input.
type Field struct {
	Code string // stable, for programs: ERR_BLANK, ERR_TAKEN, …
	Text string // for people
}

// Error returns the text for logs: kind, safe text and cause.
func (e *Error) Error() string {
	switch {
	case e.Cause == nil:
		return e.Text
	case e.Text == "":
		return e.Cause.Error()
	}
	return e.Text + ": " + e.Cause.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New returns an error of a kind with a safe text.
func New(kind Kind, text string) *Error { return &Error{Kind: kind, Text: text} }

// Newf is New with a formatted text.
func Newf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// Wrap returns an error of a kind with a safe text and a cause for the log.
func Wrap(kind Kind, text string, cause error) *Error {
	return &Error{Kind: kind, Text: text, Cause: cause}
}

// NotFoundRecord is the error for whatever does not exist or must look so. It
// is always the same, so that its bytes tell nothing.
func NotFoundRecord() *Error { return New(NotFound, "Record not found") }

// KindOf returns the kind of the first Error in err's chain, or Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is tells whether err is of kind k.
func Is(err error, k Kind) bool { return err != nil && KindOf(err) == k }
