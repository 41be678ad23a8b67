package web

import (
	"net/http"

	"github.com/guildhall/guildhall/instance"
)

// aboutData is what the page about the server shows beside its configuration.
type aboutData struct {
	Members, Active, Posts int
	House                  *instance.House
}

func (c *call) about() error {
	ctx := c.r.Context()
	var d aboutData
	var err error
	if d.Members, d.Active, _, err = c.Identity.CountActive(ctx); err != nil {
		return err
	}
	if d.Posts, err = c.Posts.Counts(ctx); err != nil {
		return err
	}
	d.House = c.Instance.House()
	f := c.frame(c.words().Text("About"))
	f.Preview = &preview{Type: "website", URL: c.config.BaseURL + "/about", Title: c.words().Text("About %s", c.config.Title), Text: c.config.Description}
	return c.show(http.StatusOK, aboutPage(f, d))
}
