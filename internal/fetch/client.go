package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"
)

const (
	// within is how long an answer may take, redirects and body included.
	within = 10 * time.Second
	// redirects is how many of them are followed.
	redirects = 5
	// addressMax bounds an address, in bytes.
	addressMax = 2048
)

// Client gets documents from strangers' servers. It has no cookies, tells no
// referrer and sends no credentials. Its methods may be called concurrently.
type Client struct {
	http  *http.Client
	agent string
}

// Options are how a Client reaches out.
type Options struct {
	Guard Guard
	Agent string // the header User-Agent
}

// New returns a client. Of public hosts it asks the ports of pages only.
func New(o Options) *Client {
	c := &Client{agent: o.Agent}
	o.Guard.ports = []uint16{80, 443}
	c.http = &http.Client{Transport: o.Guard.Transport(), CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > redirects {
			return errors.New("fetch: too many redirects")
		}
		r.Header.Del("Referer")
		return check(r.URL)
	}}
	return c
}

// Document is what a server answered.
type Document struct {
	URL  *url.URL // where it was, after redirects
	Type string   // Content-Type as sent
	Body []byte
	More bool // there is more than was asked for
}

// Get reads at most most bytes of a document, decompressed, if it is of one of
// the media types. It takes ten seconds at most. Errors are about the other
// server or the way to it, and not for users to see: they would tell what is
// open behind our firewall.
func (c *Client) Get(ctx context.Context, address string, most int64, types ...string) (d *Document, err error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	if err := check(r.URL); err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", c.agent)
	r.Header.Set("Accept", types[0]+", */*;q=0.1")
	res, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	defer func() {
		if closed := res.Body.Close(); err == nil && closed != nil {
			err = fmt.Errorf("fetch: %w", closed)
		}
	}()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch: answered %d", res.StatusCode)
	}
	d = &Document{URL: res.Request.URL, Type: res.Header.Get("Content-Type")}
	if kind, _, err := mime.ParseMediaType(d.Type); err != nil || !slices.Contains(types, kind) {
		return nil, fmt.Errorf("fetch: the type %q is not wanted", d.Type)
	}
	if d.Body, err = io.ReadAll(io.LimitReader(res.Body, most+1)); err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	if int64(len(d.Body)) > most {
		d.Body, d.More = d.Body[:most], true
	}
	return d, nil
}

// check refuses addresses that no page has. Which hosts and ports may be
// connected to is for the Guard to say.
func check(u *url.URL) error {
	switch {
	case len(u.String()) > addressMax:
		return errors.New("fetch: the address is too long")
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", u.User != nil:
		return errors.New("fetch: not the address of a page")
	}
	return nil
}

// Close ends idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }
