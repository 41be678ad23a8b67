// Package image takes pictures from strangers and makes safe ones of them. It
// decides the type by content, checks size before it spends memory, decodes,
// applies the EXIF orientation, scales, and always encodes anew, so nothing of
// the input but its pixels survives (no place, no author, no hidden payload).
// What does not belong here: where pictures are kept, which sizes a post or an
// avatar has, and video.
package image

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"runtime/debug"
	"time"

	"github.com/bbrks/go-blurhash"

	"github.com/guildhall/guildhall/internal/errs"
)

const (
	// maxSide is the longest side in pixels that a JPEG can have; no other
	// format may bring more, for it could not be written again.
	maxSide = 65535
	// maxWork is how long one picture may keep a slot. An honest one of the
	// largest size takes a few seconds.
	maxWork = 30 * time.Second
)

// Limits bound what an input may cost.
type Limits struct {
	Bytes  int64 // size of the file
	Pixels int   // width times height
}

// Variant is one wanted output. A picture is never enlarged, except by Crop.
// Bounds that are zero do not bind.
type Variant struct {
	Name                string
	MaxWidth, MaxHeight int  // the output fits into this, in pixels
	MaxPixels           int  // the output has at most so many pixels
	Crop                bool // fill MaxWidth x MaxHeight exactly, cutting what is over from both sides
}

// Output is one encoded picture, without any metadata.
type Output struct {
	Data          []byte
	Ext           string // ".jpg" or ".png"
	ContentType   string
	Width, Height int
}

// Result is what became of an input.
type Result struct {
	Format        string // of the input: "jpeg", "png", "gif" or "webp"
	Width, Height int    // of the input, upright
	Blurhash      string
	Outputs       map[string]Output // by the variants' names
}

// Processor processes pictures, a bounded number at a time.
type Processor struct {
	slots  chan struct{}
	limits Limits
}

// New returns a Processor that works on at most maxConcurrent pictures at a
// time (at least one) and accepts none over the limits. One picture of P
// pixels can take up to 24*P bytes of memory while it is worked on.
func New(maxConcurrent int, limits Limits) *Processor {
	return &Processor{slots: make(chan struct{}, max(1, maxConcurrent)), limits: limits}
}

// WithLimits returns a Processor with other limits that shares the slots of p.
func (p *Processor) WithLimits(limits Limits) *Processor {
	return &Processor{slots: p.slots, limits: limits}
}

// Process reads a picture from r and makes the variants of it. Of an animation
// it takes the first frame. The name and declared type of the file play no
// part. The input is read before a slot is taken, so a slow sender holds
// up nobody; at most one byte over the limit is read.
//
// It returns TooLarge for too many bytes, Invalid for too many pixels, a type
// that is not taken and anything that cannot be decoded, the error of r, and
// that of ctx.
func (p *Processor) Process(ctx context.Context, r io.Reader, variants []Variant) (*Result, error) {
	data, err := io.ReadAll(io.LimitReader(r, p.limits.Bytes+1))
	if err != nil {
		return nil, fmt.Errorf("image: read: %w", err)
	}
	if int64(len(data)) > p.limits.Bytes {
		return nil, errs.Newf(errs.TooLarge, "The image is larger than the limit of %d bytes", p.limits.Bytes)
	}
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	work, cancel := context.WithTimeout(ctx, maxWork)
	defer cancel()
	res, err := process(work, data, p.limits.Pixels, variants)
	if err != nil && ctx.Err() == nil && errors.Is(work.Err(), context.DeadlineExceeded) {
		return nil, errs.Wrap(errs.Invalid, "The image takes too long to decode", err)
	}
	return res, err
}

func process(ctx context.Context, data []byte, maxPixels int, variants []Variant) (*Result, error) {
	f, err := sniff(data)
	if err != nil {
		return nil, err
	}
	cfg, err := f.config(data)
	if err != nil {
		return nil, err
	}
	if err := checkSize(cfg, maxPixels); err != nil {
		return nil, err
	}
	o, err := f.inspect(data)
	if err != nil {
		return nil, err
	}
	img, err := f.pixels(ctx, data)
	if err != nil {
		return nil, err
	}
	pic := newPicture(img, o)
	res := &Result{Format: f.name, Outputs: make(map[string]Output, len(variants))}
	res.Width, res.Height = pic.size()
	for _, v := range variants {
		out, err := encode(ctx, pic.render(v), pic.opaque)
		if err != nil {
			return nil, fmt.Errorf("image: encode %s: %w", v.Name, err)
		}
		res.Outputs[v.Name] = out
	}
	// On a thumbnail, for the cost is pixels times components.
	thumb := pic.render(Variant{MaxWidth: 32, MaxHeight: 32})
	if res.Blurhash, err = blurhash.Encode(4, 3, thumb); err != nil {
		return nil, fmt.Errorf("image: blurhash: %w", err)
	}
	return res, nil
}

// checkSize refuses a picture by what its header claims, before memory is
// spent on its pixels.
func checkSize(cfg image.Config, maxPixels int) error {
	switch {
	case cfg.Width <= 0 || cfg.Height <= 0:
		return errs.New(errs.Invalid, "The image has no pixels")
	case cfg.Width > maxSide || cfg.Height > maxSide:
		return errs.Newf(errs.Invalid, "The image is longer than %d pixels on one side", maxSide)
	case cfg.Width > maxPixels/cfg.Height:
		return errs.Newf(errs.Invalid, "The image has %dx%d pixels, more than the limit of %d", cfg.Width, cfg.Height, maxPixels)
	}
	return nil
}

// config reads the header. It returns Invalid when that is damaged.
func (f format) config(data []byte) (cfg image.Config, err error) {
	defer recoverDamage(&err)
	if cfg, err = f.decodeConfig(bytes.NewReader(data)); err != nil {
		return cfg, damaged(err)
	}
	return cfg, nil
}

// pixels decodes the (first) picture with its origin at 0,0. It returns Invalid
// when it is damaged, and the error of ctx when that ends before.
func (f format) pixels(ctx context.Context, data []byte) (img image.Image, err error) {
	defer recoverDamage(&err)
	img, err = f.decode(guard{ctx, bytes.NewReader(data)})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, damaged(err)
	}
	return img, nil
}

func damaged(cause error) error {
	return errs.Wrap(errs.Invalid, "The image is damaged and cannot be read", cause)
}

// recoverDamage turns the panic of a decoder into the error of a damaged
// picture: hostile input finds bugs in decoders, and must not find our end.
func recoverDamage(err *error) {
	if r := recover(); r != nil {
		*err = damaged(fmt.Errorf("decoder panic: %v\n%s", r, debug.Stack()))
	}
}

// guard stops a decoder when ctx ends. It hands out little at a time: a few
// hundred bytes of a progressive JPEG can mean a second of work.
type guard struct {
	ctx context.Context
	r   io.Reader
}

func (g guard) Read(p []byte) (int, error) {
	if err := g.ctx.Err(); err != nil {
		return 0, err
	}
	return g.r.Read(p[:min(len(p), 512)])
}
