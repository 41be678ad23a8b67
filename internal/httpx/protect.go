package httpx

import (
	"log/slog"
	"net/http"
	"runtime/debug"
)

// Protect answers a request. A panic is the failure of this one request alone:
// it is logged, and fail answers instead, unless begun says that an answer is
// under way. Then the connection is cut: half an answer must not look like a
// whole one.
func Protect(log *slog.Logger, r *http.Request, answer func(), begun func() bool, fail func()) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler {
			panic(p)
		}
		log.Error("panic in a handler", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
		if begun() {
			panic(http.ErrAbortHandler)
		}
		fail()
	}()
	answer()
}
