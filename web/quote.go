package web

import (
	"cmp"
	"context"
	"net/url"

	"github.com/guildhall/guildhall/posts"
)

// unquoted says why a quoted post is not shown.
func unquoted(ctx context.Context, state posts.QuoteState) string {
	switch state {
	case posts.QuoteRevoked:
		return t(ctx, "Its author does not want this post to be quoted here.")
	case posts.QuoteDeleted:
		return t(ctx, "The quoted post was deleted.")
	case posts.QuoteBlocked:
		return t(ctx, "You block the author of the quoted post.")
	case posts.QuoteMuted:
		return t(ctx, "You mute the author of the quoted post.")
	}
	return t(ctx, "You cannot see the quoted post.")
}

// siteOf names the site of a linked page.
func siteOf(l *posts.Card) string {
	host := ""
	if u, err := url.Parse(l.URL); err == nil { // else it has none
		host = u.Hostname()
	}
	return cmp.Or(l.ProviderName, host)
}
