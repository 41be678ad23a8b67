package web

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/guildhall/guildhall/internal/observe"
)

// decimal writes a number with so many digits after the point.
func (c *catalogue) decimal(v float64, digits int) string {
	whole, part, _ := strings.Cut(strconv.FormatFloat(v, 'f', digits, 64), ".")
	n, err := strconv.Atoi(whole)
	if err != nil { // beyond what anything here is
		return whole
	}
	text := c.Number(n)
	if part == "" {
		return text
	}
	point := "."
	if c.Comma == point {
		point = ","
	}
	return text + point + part
}

// bytes writes a size in the unit that fits it.
func (c *catalogue) bytes(n int64) string {
	const step = 1000
	v, unit := float64(n), 0
	units := []string{"B", "kB", "MB", "GB", "TB"}
	for v >= step && unit < len(units)-1 {
		v, unit = v/step, unit+1
	}
	digits := 0
	if unit > 1 && v < 100 {
		digits = 1
	}
	return c.decimal(v, digits) + " " + units[unit]
}

// took writes how long something took.
func (c *catalogue) took(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return c.decimal(d.Seconds(), 0) + " s"
	case d >= time.Second:
		return c.decimal(d.Seconds(), 1) + " s"
	case d >= 10*time.Millisecond || d == 0:
		return c.decimal(float64(d)/1e6, 0) + " ms"
	}
	return c.decimal(float64(d)/1e6, 1) + " ms"
}

// sized is a size in the reader's language.
func sized(ctx context.Context, n int64) string { return readerOf(ctx).words.bytes(n) }

// took is a duration in the reader's language.
func took(ctx context.Context, d time.Duration) string { return readerOf(ctx).words.took(d) }

// hitRate is the share of a cache's answers that were there, in percent; a dash
// where nobody counts or asked.
func hitRate(ctx context.Context, c observe.Cache) string {
	if c.Hits+c.Misses == 0 {
		return "–"
	}
	return readerOf(ctx).words.decimal(100*float64(c.Hits)/float64(c.Hits+c.Misses), 1) + " %"
}

// ratio is how many of one thing there are for each of another.
func ratio(ctx context.Context, n, of int64) string {
	if of == 0 {
		return "–"
	}
	return readerOf(ctx).words.decimal(float64(n)/float64(of), 1)
}

// lagging is how long something waits, a dash for not at all.
func lagging(ctx context.Context, d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return took(ctx, d)
}
