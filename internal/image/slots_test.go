package image

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"testing"

	"github.com/guildhall/guildhall/internal/errs"
)

// With all slots taken the input is still read, and the wait ends with ctx.
func TestWaitingForASlot(t *testing.T) {
	p := New(1, Limits{Bytes: 100, Pixels: 100})
	p.slots <- struct{}{}
	shared := p.WithLimits(Limits{Bytes: 200, Pixels: 200})
	ctx, cancel := context.WithCancel(t.Context())
	in := &eofHook{bytes.NewReader([]byte("GIF89a")), cancel}
	if _, err := shared.Process(ctx, in, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the end of the wait", err)
	}
	<-p.slots
	if _, err := shared.Process(t.Context(), bytes.NewReader([]byte("GIF89a")), nil); !errs.Is(err, errs.Invalid) {
		t.Errorf("%v, want a try at the picture", err)
	}
	if len(p.slots) != 0 {
		t.Error("the slot was not given back")
	}
}

// eofHook calls f when its reader has come to its end.
type eofHook struct {
	r io.Reader
	f func()
}

func (h *eofHook) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	if err == io.EOF {
		h.f()
	}
	return n, err
}

func TestME09DecoderPanicIsADamagedPicture(t *testing.T) {
	f := format{
		decodeConfig: func(io.Reader) (image.Config, error) { panic("index out of range") },
		decode:       func(io.Reader) (image.Image, error) { panic("index out of range") },
	}
	if _, err := f.config(nil); !errs.Is(err, errs.Invalid) {
		t.Errorf("header: %v, want Invalid", err)
	}
	if _, err := f.pixels(t.Context(), nil); !errs.Is(err, errs.Invalid) {
		t.Errorf("pixels: %v, want Invalid", err)
	}
}

// A decoder that would read for ever is stopped by the end of ctx.
func TestDecodingEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := format{decode: func(r io.Reader) (image.Image, error) {
		cancel()
		_, err := io.Copy(io.Discard, r)
		return nil, err
	}}
	if _, err := f.pixels(ctx, make([]byte, 10_000)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the end of the work", err)
	}
}
