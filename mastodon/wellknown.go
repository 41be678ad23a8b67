package mastodon

import (
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/profiles"
)

// streamingURL returns the address of the WebSocket, without its path.
func (s *server) streamingURL() string {
	return "ws" + strings.TrimPrefix(s.config.BaseURL, "http")
}

func (s *server) nodeinfoLinks(c *Call) error {
	links := []object{}
	for _, version := range []string{"2.0", "2.1"} {
		links = append(links, object{
			"rel":  "http://nodeinfo.diaspora.software/ns/schema/" + version,
			"href": s.config.BaseURL + "/nodeinfo/" + version,
		})
	}
	return c.JSON(http.StatusOK, object{"links": links})
}

// nodeinfo describes the server to crawlers. It speaks no protocol with other
// servers yet, and says so. "upstream" is how client libraries (megalodon) learn
// which API a server of another name has.
func (s *server) nodeinfo(version string, n counts) object {
	software := object{"name": "guildhall", "version": s.config.Version}
	if version == "2.1" {
		software["repository"] = s.config.SourceURL
	}
	return object{
		"version": version, "software": software, "protocols": []string{},
		"services":          object{"inbound": []string{}, "outbound": []string{}},
		"openRegistrations": s.config.Registrations == identity.Open,
		"usage": object{"localPosts": n.posts,
			"users": object{"total": n.users, "activeMonth": n.month, "activeHalfyear": n.halfyear}},
		"metadata": object{"nodeName": s.config.Title, "nodeDescription": s.config.Description,
			"upstream": object{"name": "mastodon", "version": compatible}},
	}
}

func (s *server) nodeinfo20(c *Call) error {
	return s.document(c, func(d *instanceDocs) []byte { return d.node20 })
}

func (s *server) nodeinfo21(c *Call) error {
	return s.document(c, func(d *instanceDocs) []byte { return d.node21 })
}

// hostMeta tells where WebFinger is (RFC 6415).
func (s *server) hostMeta(c *Call) error {
	type link struct {
		Rel      string `xml:"rel,attr"`
		Type     string `xml:"type,attr"`
		Template string `xml:"template,attr"`
	}
	doc := struct {
		XMLName xml.Name `xml:"XRD"`
		NS      string   `xml:"xmlns,attr"`
		Link    link
	}{NS: "http://docs.oasis-open.org/ns/xri/xrd-1.0",
		Link: link{"lrdd", "application/xrd+xml", s.config.BaseURL + "/.well-known/webfinger?resource={uri}"}}
	body, err := xml.Marshal(doc)
	if err != nil {
		return err
	}
	return c.Write(http.StatusOK, "application/xrd+xml; charset=utf-8", append([]byte(xml.Header), body...))
}

// webfinger says which account an address or a profile's URL names (RFC 7033).
func (s *server) webfinger(c *Call) error {
	resource := c.Param("resource")
	if resource == "" {
		return errs.New(errs.Malformed, "The parameter resource is missing")
	}
	name, isAcct := strings.CutPrefix(resource, "acct:")
	name = strings.TrimPrefix(name, "@")
	if !isAcct {
		var ok bool
		if name, ok = strings.CutPrefix(resource, s.config.BaseURL+"/@"); !ok {
			if name, ok = strings.CutPrefix(resource, s.config.BaseURL+"/users/"); !ok {
				return errs.NotFoundRecord()
			}
		}
	}
	name, domain, qualified := strings.Cut(name, "@")
	if isAcct && !qualified || qualified && !strings.EqualFold(domain, s.host) {
		return errs.NotFoundRecord()
	}
	a, err := s.Profiles.Lookup(c.R.Context(), name)
	if err != nil {
		return err
	}
	if a.State.Is(profiles.Suspended) {
		return errs.NotFoundRecord()
	}
	page := s.config.BaseURL + "/@" + a.Username
	c.W.Header().Set("Content-Type", "application/jrd+json; charset=utf-8")
	return c.JSON(http.StatusOK, object{
		"subject": "acct:" + a.Username + "@" + s.host,
		"aliases": []string{page, s.config.BaseURL + "/users/" + a.Username},
		"links": []object{
			{"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page},
			{"rel": "http://webfinger.net/rel/avatar", "href": s.pictureURL(a.Avatar, "/avatars/default.png")},
		},
	})
}

// live tells that the process answers, and nothing else.
func (s *server) live(c *Call) error { return c.Bytes(http.StatusOK, []byte(`{"status":"OK"}`)) }

// ready tells whether the process should get requests.
func (s *server) ready(c *Call) error {
	if s.Ready != nil {
		if err := s.Ready(); err != nil {
			return errs.Wrap(errs.Unavailable, "Not ready", err)
		}
	}
	return s.live(c)
}
