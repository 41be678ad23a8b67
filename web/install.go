package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
)

// Where browsers find what makes the pages an app.
const (
	manifestPath = "/manifest.webmanifest"
	workerPath   = "/sw.js"
	offlinePath  = "/offline"
)

// The colours of the paper, of which the style sheet's are the finer ones: a
// manifest and a browser's bar know no others.
const (
	lightPaper = "#f8f7f3"
	darkPaper  = "#0c1316"
)

// appManifest is a web application manifest.
type appManifest struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	ShortName   string        `json:"short_name"`
	Description string        `json:"description"`
	Lang        string        `json:"lang"`
	Dir         string        `json:"dir"`
	Start       string        `json:"start_url"`
	Scope       string        `json:"scope"`
	Display     string        `json:"display"`
	Background  string        `json:"background_color"`
	Theme       string        `json:"theme_color"`
	Categories  []string      `json:"categories"`
	Icons       []appIcon     `json:"icons"`
	Shortcuts   []appShortcut `json:"shortcuts"`
	Share       appShare      `json:"share_target"`
}

type appIcon struct {
	Source  string `json:"src"`
	Type    string `json:"type"`
	Sizes   string `json:"sizes"`
	Purpose string `json:"purpose,omitempty"`
}

type appShortcut struct {
	Name  string    `json:"name"`
	URL   string    `json:"url"`
	Icons []appIcon `json:"icons"`
}

// appShare says where other apps' texts and links are sent to.
type appShare struct {
	Action string            `json:"action"`
	Method string            `json:"method"`
	Form   string            `json:"enctype"` // of a form with GET; browsers warn without it
	Params map[string]string `json:"params"`
}

// shortNameMax is how many characters of a name fit below an icon.
const shortNameMax = 15

// manifest says how the pages are installed as an app.
func (c *call) manifest() error {
	words := c.words()
	small := appIcon{Source: c.assets.Icon, Type: "image/png", Sizes: "192x192"}
	shortcut := func(name, path string) appShortcut {
		return appShortcut{Name: name, URL: path, Icons: []appIcon{small}}
	}
	m := appManifest{ID: homePath, Name: c.config.Title, ShortName: cut(c.config.Title, shortNameMax), Description: c.config.Description,
		Lang: words.Tag.String(), Dir: words.Dir, Start: homePath, Scope: homePath, Display: "standalone", Background: lightPaper, Theme: lightPaper,
		Categories: []string{"social", "business"},
		Icons: []appIcon{small, {Source: c.assets.LargeIcon, Type: "image/png", Sizes: "512x512"},
			{Source: c.assets.Maskable, Type: "image/png", Sizes: "512x512", Purpose: "maskable"},
			{Source: c.assets.Mark, Type: "image/svg+xml", Sizes: "any"}},
		Shortcuts: []appShortcut{shortcut(words.Text("Write"), composePath), shortcut(words.Text("Notifications"), notificationsPath),
			shortcut(words.Text("Explore"), explorePath)},
		Share: appShare{Action: composePath, Method: http.MethodGet, Form: "application/x-www-form-urlencoded", Params: map[string]string{"title": "title", "text": "text", "url": "url"}}}
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return c.write("application/manifest+json", body)
}

// worker is the service worker, which keeps the offline page and shows what is
// pushed. Browsers ask for it each time, so that a new one is not waited for.
func (c *call) worker() error {
	h := c.w.Header()
	h.Del("Vary")
	h.Set("Cache-Control", "no-cache")
	h.Set("Service-Worker-Allowed", homePath)
	h.Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
	return c.write("text/javascript; charset=utf-8", []byte(c.assets.worker))
}

// offline is shown instead of a page that cannot be reached. It is kept in the
// browser, and so says nothing of anybody.
func (c *call) offline() error {
	f := frame{Config: c.config, Assets: c.assets, Host: c.host, Title: c.words().Text("No connection"), NoIndex: true}
	return c.show(http.StatusOK, offlinePage(f))
}

// write answers with something that is no page.
func (c *call) write(contentType string, body []byte) error {
	h := c.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.w.WriteHeader(http.StatusOK)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(body) // a browser that is gone
	}
	return nil
}

// workerOf is the service worker's script, with what it keeps and shows before it.
func (a assets) workerOf(script string) string {
	parts := struct {
		Version string   `json:"version"`
		Offline string   `json:"offline"`
		Files   []string `json:"files"` // what the offline page needs
		Icon    string   `json:"icon"`
		Badge   string   `json:"badge"`
		News    string   `json:"news"`
		Device  string   `json:"device"` // where a browser says where it is pushed to
	}{Offline: offlinePath, Files: []string{a.Style, a.Text, a.Serif, a.Mark, a.Htmx, a.Script}, Icon: a.Icon, Badge: a.Badge, News: notificationsPath, Device: devicePath}
	write := func() string {
		data, err := json.Marshal(parts)
		if err != nil { // they are texts
			panic(err)
		}
		return `"use strict"` + "\nconst parts = " + string(data) + "\n" + script
	}
	sum := sha256.Sum256([]byte(write()))
	parts.Version = hex.EncodeToString(sum[:6])
	return write()
}
