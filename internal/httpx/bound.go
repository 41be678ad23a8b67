package httpx

import (
	"io"
	"net/http"
)

// BoundBody is http.MaxBytesReader for an answer that is wrapped: to close the
// connection after a body that was too large it needs what net/http made.
func BoundBody(w http.ResponseWriter, body io.ReadCloser, most int64) io.ReadCloser {
	for {
		wrapper, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return http.MaxBytesReader(w, body, most)
		}
		w = wrapper.Unwrap()
	}
}
