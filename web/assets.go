package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/httpx"
	"github.com/klauspost/compress/gzip"
)

//go:embed assets
var assetFiles embed.FS

// sheets are the parts of the style sheet in their order: the fonts, the tokens, what is on
// every page, the parts of pages, and last what smaller screens change.
var sheets = []string{"fonts", "tokens", "base", "layout", "posts", "compose", "notifications", "profile", "about", "staff", "system", "sheet", "live", "find", "settings", "practice", "peer", "labs", "mock", "receipts", "keys", "screens"}

// scripts are the parts of the pages' own script in their order; the first one
// has what the others use.
var scripts = []string{"guildhall.js", "focus.js", "scroll.js", "device.js", "live.js", "compose.js", "pictures.js", "complete.js", "keys.js", "system.js", "practice.js"}

// assets are the files that pages need. The hash of the content is in the name,
// so that browsers can keep them for good.
type assets struct {
	Style, Mark, Text, Serif, Htmx, Script      string // addresses
	Mock                                        string // the script of mock interviews, which few pages need
	Icon, LargeIcon, Maskable, TouchIcon, Badge string
	files                                       map[string]asset
	worker                                      string // the service worker, which has an address of its own
}

// asset is a file, and the same compressed, empty if that is no shorter.
type asset struct{ contentType, content, zipped string }

// loadAssets reads the embedded files. One that is missing is a mistake of the
// build, on which it panics.
func loadAssets() assets {
	a := assets{files: map[string]asset{}}
	read := func(name string) string {
		data, err := assetFiles.ReadFile("assets/" + name)
		if err != nil {
			panic(err)
		}
		return string(data)
	}
	const text, serif = "figtree-latin-wght-normal.woff2", "source-serif-4-latin-wght-normal.woff2"
	a.Text = a.add(text, "font/woff2", read(text))
	a.Serif = a.add(serif, "font/woff2", read(serif))
	a.Mark = a.add("mark.svg", "image/svg+xml", read("mark.svg"))
	var style strings.Builder
	for _, name := range sheets {
		style.WriteString(read("css/" + name + ".css"))
	}
	// The sheets name the fonts without hashes.
	named := strings.NewReplacer("url("+text+")", "url("+path.Base(a.Text)+")", "url("+serif+")", "url("+path.Base(a.Serif)+")").Replace(style.String())
	a.Style = a.add("style.css", "text/css; charset=utf-8", named)
	a.Htmx = a.add("htmx.min.js", "text/javascript; charset=utf-8", read("htmx.min.js")) // 2.0.11, https://htmx.org
	var script strings.Builder
	for _, name := range scripts {
		script.WriteString(read(name))
	}
	a.Script = a.add("guildhall.js", "text/javascript; charset=utf-8", script.String())
	a.Mock = a.add("mock.js", "text/javascript; charset=utf-8", read("mock.js"))
	for name, address := range map[string]*string{"icon-192": &a.Icon, "icon-512": &a.LargeIcon, "maskable-512": &a.Maskable,
		"apple-touch-icon": &a.TouchIcon, "badge-96": &a.Badge} {
		*address = a.add(name+".png", "image/png", read("icons/"+name+".png"))
	}
	a.worker = a.workerOf(read("sw.js"))
	for _, name := range []string{"figtree-OFL.txt", "source-serif-4-OFL.txt", "htmx-LICENSE.txt"} {
		a.files[name] = newAsset("text/plain; charset=utf-8", read(name))
	}
	return a
}

// add keeps a file and returns its address.
func (a assets) add(name, contentType, content string) string {
	sum := sha256.Sum256([]byte(content))
	ext := path.Ext(name)
	name = strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	a.files[name] = newAsset(contentType, content)
	return "/assets/" + name
}

// newAsset compresses a file, once and as well as can be.
func newAsset(contentType, content string) asset {
	f := asset{contentType: contentType, content: content}
	var b strings.Builder
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = io.WriteString(z, content)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil { // a level that there is, into memory
		panic(err)
	}
	if b.Len() < len(content)*9/10 { // fonts are compressed already
		f.zipped = b.String()
	}
	return f
}

func (a assets) serve(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	f, ok := a.files[name]
	h := w.Header()
	if !ok {
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	}
	h.Del("Vary")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if strings.HasSuffix(name, ".txt") { // the only names without a hash
		h.Set("Cache-Control", "public, max-age=86400")
	}
	content, tag := f.content, name
	if f.zipped != "" {
		h.Set("Vary", "Accept-Encoding")
		if httpx.AcceptsGzip(r) {
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", strconv.Itoa(len(f.zipped))) // ServeContent leaves it out of what is encoded
			content, tag = f.zipped, name+".gz"
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
}
