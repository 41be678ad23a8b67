package web

import (
	"net/http"
	"net/url"
	"strings"
)

// composes tells whether the request is a form of the composer's.
func (c *call) composes() bool {
	switch c.r.Pattern {
	case "POST " + composePath, "POST " + scheduledPath + "/{id}":
		return true
	case "POST /{acct}/{id}/{deed}":
		return c.r.PathValue("deed") == "edit"
	}
	return false
}

// signInToWrite has somebody sign in whose session ended while they wrote: then
// they come back to what they had written.
func (c *call) signInToWrite() error {
	if isPart(c.r) {
		return c.instead(withReturn(signInPath, c.writtenAt()))
	}
	err := c.showSignIn(http.StatusUnauthorized, signInData{ReturnTo: c.writtenAt(),
		Problem: c.words().Text("You are no longer signed in. What you wrote is kept: sign in and go on.")})
	if err == nil {
		err = errElsewhere
	}
	return err
}

// writtenAt is an address that leads back to what was written.
func (c *call) writtenAt() string {
	v := url.Values{}
	for name, values := range c.r.PostForm {
		switch name {
		case "token", "key", "attach", "detach":
			continue
		}
		v[name] = values
	}
	path := c.r.URL.Path
	if len(path)+len(v.Encode()) > maxURL/3 { // it is written within another address
		v = url.Values{"text": v["text"], "in_reply_to_id": v["in_reply_to_id"]}
	}
	if len(path)+len(v.Encode()) > maxURL/3 {
		return path
	}
	return path + "?" + v.Encode()
}

// writeAgain shows the composer again to whom sent a form of another session:
// what was typed is kept, and nothing else was done.
func (c *call) writeAgain() error {
	var d draftData
	var err error
	switch {
	case strings.HasPrefix(c.r.Pattern, "POST "+scheduledPath):
		d, err = c.scheduledDraft()
	case c.r.Pattern == "POST "+composePath:
		d, err = c.newDraft(c.r.PostForm)
	default:
		d, err = c.editDraft()
	}
	if err != nil {
		return err
	}
	key := d.Key
	d.read(c.r.PostForm)
	d.Key, d.Open = key, true
	if d.Pictures, err = c.picturesOf(c.r.PostForm); err != nil {
		return err
	}
	d.Problems = problems{"": c.words().Text("You have signed in again meanwhile. Look it over, and send it once more.")}
	if err := c.recompose(d); err != nil {
		return err
	}
	return errElsewhere
}
