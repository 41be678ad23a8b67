package httpx

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// compressMin is the length, in bytes, under which an answer is sent as it is: it
// fits into the first packet anyhow.
const compressMin = 1024

// compressLevel makes a page less than a fifth as long, in less than half of the
// time that the standard library takes; see docs/performance.md.
const compressLevel = 1

// Compress compresses the text that a handler answers with if the client asks for
// gzip. It leaves alone what is short, what is encoded already, ranges, pictures,
// and server-sent events, whose lines must not wait for each other.
//
// What is compressed tells by its length how much of it was said before (BREACH).
// So nothing secret may stand, the same in each answer, beside what a stranger can
// have put into the request: the pages mask the token of their forms anew in each
// answer, and the API takes its token from no place that a browser fills by itself.
func Compress(next http.Handler) http.Handler {
	writers := &sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(nil, compressLevel)
		if err != nil { // the level is a constant
			panic(err)
		}
		return w
	}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &compressor{ResponseWriter: w, writers: writers, wanted: r.Method != http.MethodHead && AcceptsGzip(r)}
		// Without defer: after a panic the connection is cut, and half an answer must
		// not end as a whole one does.
		next.ServeHTTP(c, r)
		c.close()
	})
}

// compressor is an answer that is compressed if it turns out to be worth it.
type compressor struct {
	http.ResponseWriter
	writers *sync.Pool // of *gzip.Writer
	wanted  bool       // the client takes gzip
	begun   bool
	gzip    *gzip.Writer // nil: as it is
}

// Unwrap is for http.ResponseController: deadlines, and taking over the connection.
func (c *compressor) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (c *compressor) WriteHeader(status int) {
	if status >= 200 && !c.begun {
		c.begun = true
		if h := c.Header(); compressible(h, status) {
			h["Vary"] = append(slices.Clip(h["Vary"]), "Accept-Encoding")
			if c.wanted {
				c.encode(h)
			}
		}
	}
	c.ResponseWriter.WriteHeader(status)
}

// encode begins to compress.
func (c *compressor) encode(h http.Header) {
	h["Content-Encoding"] = []string{"gzip"}
	h.Del("Content-Length")
	h.Del("Accept-Ranges") // they would count other bytes
	if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) {
		h.Set("ETag", "W/"+tag) // the same content, not the same bytes
	}
	c.gzip = c.writers.Get().(*gzip.Writer)
	c.gzip.Reset(c.ResponseWriter)
}

// compressible tells whether an answer is text that is long enough. One whose
// length is not known is taken to be long.
func compressible(h http.Header, status int) bool {
	if status == http.StatusNoContent || status == http.StatusNotModified || status == http.StatusPartialContent || len(h["Content-Encoding"]) > 0 {
		return false
	}
	if n, err := strconv.Atoi(h.Get("Content-Length")); err == nil && n < compressMin {
		return false
	}
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return kind != "text/event-stream" && (strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "xml"))
}

// Write implements http.ResponseWriter.
func (c *compressor) Write(p []byte) (int, error) {
	if !c.begun {
		c.WriteHeader(http.StatusOK)
	}
	if c.gzip != nil {
		return c.gzip.Write(p)
	}
	return c.ResponseWriter.Write(p)
}

// ReadFrom implements io.ReaderFrom: a file that is sent as it is need not pass
// through this process.
func (c *compressor) ReadFrom(r io.Reader) (int64, error) {
	if !c.begun {
		c.WriteHeader(http.StatusOK)
	}
	if c.gzip != nil {
		return io.Copy(c.gzip, r)
	}
	return io.Copy(c.ResponseWriter, r)
}

// FlushError is for http.ResponseController: all that was written goes out.
func (c *compressor) FlushError() error {
	if !c.begun {
		c.WriteHeader(http.StatusOK)
	}
	if c.gzip != nil {
		if err := c.gzip.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(c.ResponseWriter).Flush()
}

func (c *compressor) close() {
	if c.gzip == nil {
		return
	}
	_ = c.gzip.Close() // a client that is gone
	c.writers.Put(c.gzip)
	c.gzip = nil
}

// AcceptsGzip tells whether a client takes an answer in gzip, and likes it no less
// than the answer as it is.
func AcceptsGzip(r *http.Request) bool {
	var gzip, identity, others float64 = -1, -1, -1
	for _, line := range r.Header["Accept-Encoding"] {
		for part := range strings.SplitSeq(line, ",") {
			name, options, _ := strings.Cut(part, ";")
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "gzip", "x-gzip":
				gzip = quality(options)
			case "identity":
				identity = quality(options)
			case "*":
				others = quality(options)
			}
		}
	}
	if gzip < 0 {
		gzip = others
	}
	return gzip > 0 && gzip >= identity
}

// quality reads a weight such as q=0.5. What is none counts as refusal.
func quality(options string) float64 {
	options = strings.ToLower(strings.TrimSpace(options))
	if options == "" {
		return 1
	}
	value, ok := strings.CutPrefix(options, "q=")
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if !ok || err != nil || q > 1 {
		return 0
	}
	return q
}
