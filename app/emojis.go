package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/errs"
)

// AddEmoji makes a custom emoji of an image file.
func (a *App) AddEmoji(ctx context.Context, shortcode, file, category string) (err error) {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = a.Instance.AddEmoji(ctx, 0, instance.EmojiDraft{Shortcode: shortcode, Image: f, Category: &category})
	return err
}

// RemoveEmoji removes the custom emoji with a shortcode.
func (a *App) RemoveEmoji(ctx context.Context, shortcode string) error {
	e, err := a.Instance.EmojiNamed(ctx, shortcode)
	if errs.Is(err, errs.NotFound) {
		return fmt.Errorf("there is no emoji %q", shortcode)
	}
	if err != nil {
		return err
	}
	return a.Instance.RemoveEmoji(ctx, 0, e.ID)
}

// ListEmojis prints a line for each custom emoji.
func (a *App) ListEmojis(ctx context.Context, out io.Writer) error {
	all, err := a.Instance.ListEmojis(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SHORTCODE\tCATEGORY\tIMAGE")
	for _, e := range all {
		fmt.Fprintf(w, "%s\t%s\t%s/media/%s\n", e.Shortcode, e.Category, a.config.BaseURL, e.Image)
	}
	return w.Flush()
}
