package web

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/guildhall/guildhall/archive"
	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// downloadTime is how long the download of an archive may take; one that breaks
// off can be gone on with.
const downloadTime = 2 * time.Hour

// exportLists are the files of names, with what is in them.
var exportLists = []struct {
	list       archive.List
	icon, text string
}{
	{archive.Follows, "person", "People I follow"},
	{archive.Followers, "person", "People who follow me"},
	{archive.Lists, "list", "Lists"},
	{archive.Blocks, "mute", "People I block"},
	{archive.Mutes, "mute", "People I mute"},
	{archive.DomainBlocks, "shield", "Servers I block"},
	{archive.Bookmarks, "bookmark", "Bookmarks"},
}

// exportData is what the page shows on which members take what is theirs.
type exportData struct {
	Exports  []identity.Export
	Next     time.Time // from when on another archive may be asked for
	Problem  string
	Problems map[string][]errs.Field
}

func (c *call) exportSettings() error { return c.showExport(http.StatusOK, exportData{}) }

func (c *call) showExport(status int, d exportData) error {
	var err error
	if d.Exports, err = c.Identity.Exports(c.r.Context(), c.user.ID); err != nil {
		return err
	}
	d.Next = identity.NextExport(d.Exports)
	return c.show(status, exportPage(c.settingsFrame("Export"), d))
}

// requestExport has an archive made. It tells much, so the password is asked for.
func (c *call) requestExport() error {
	err := c.Archive.Request(c.r.Context(), c.user.ID, c.field("current_password"))
	if why := refusal(err); why != nil {
		return c.showExport(refusedStatus(why), exportData{Problems: why.Fields})
	}
	if errs.Is(err, errs.Conflict) {
		return c.showExport(http.StatusConflict, exportData{Problem: c.words().sentence(err.Error())})
	}
	if err != nil {
		return err
	}
	return c.goTo(exportSettingsPath)
}

// exportList sends one of the lists as a file, as it is read.
func (c *call) exportList() error {
	name, ok := strings.CutSuffix(c.r.PathValue("file"), ".csv")
	list := archive.List(name)
	if !ok || !slices.Contains(archive.AllLists(), list) {
		return errNoPage()
	}
	c.asFile("text/csv; charset=utf-8", list.FileName())
	c.slot.Leave() // who reads slowly keeps nobody waiting
	c.w.WriteHeader(http.StatusOK)
	if err := c.Archive.WriteList(c.r.Context(), c.user.ID, list, c.w); err != nil {
		if c.r.Context().Err() == nil {
			c.Log.Error("list not exported", "list", list, "error", err)
		}
		panic(http.ErrAbortHandler) // half of it is sent: the browser must not take it for the whole
	}
	return nil
}

// asFile says that the answer is a file to be kept, not a page.
func (c *call) asFile(contentType, name string) {
	h := c.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
}

// download sends a member their own archive. For everybody else it is not there:
// its address alone is worth nothing.
func (c *call) download() (err error) {
	id, ok := ids.Parse(c.r.PathValue("id"))
	if !ok || c.viewer() == 0 {
		return errNoPage()
	}
	f, e, err := c.Archive.Open(c.r.Context(), c.user.ID, id)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	c.asFile("application/zip", archive.FileName(c.user.Username, e.FinishedAt))
	c.slot.Leave()
	// The only failure is a connection that knows no deadlines, in tests.
	_ = http.NewResponseController(c.w).SetWriteDeadline(time.Now().Add(downloadTime))
	http.ServeContent(c.w, c.r, "", e.FinishedAt, f)
	return nil
}

// fileSize says how large a file is.
func fileSize(ctx context.Context, n int64) string {
	switch {
	case n >= 1<<30:
		return t(ctx, "%s GB", number(ctx, int(n>>30)))
	case n >= 1<<20:
		return t(ctx, "%s MB", number(ctx, int(n>>20)))
	}
	return t(ctx, "%s KB", number(ctx, max(1, int(n>>10))))
}
