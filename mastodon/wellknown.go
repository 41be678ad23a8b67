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

// nodeinfoLinksEntity is where the documents of NodeInfo are.
type nodeinfoLinksEntity struct {
	Links []webfingerLink `json:"links"`
}

func (s *server) nodeinfoLinks(c *Call) error {
	var e nodeinfoLinksEntity
	for _, version := range []string{"2.0", "2.1"} {
		e.Links = append(e.Links, webfingerLink{Rel: "http://nodeinfo.diaspora.software/ns/schema/" + version, Href: s.config.BaseURL + "/nodeinfo/" + version})
	}
	return c.JSON(http.StatusOK, e)
}

// nodeinfoEntity is the document of NodeInfo 2.
type nodeinfoEntity struct {
	Version           string           `json:"version"`
	Software          nodeinfoSoftware `json:"software"`
	Protocols         []string         `json:"protocols"`
	Services          nodeinfoServices `json:"services"`
	OpenRegistrations bool             `json:"openRegistrations"`
	Usage             nodeinfoUsage    `json:"usage"`
	Metadata          nodeinfoMetadata `json:"metadata"`
}

type nodeinfoSoftware struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	Repository string `json:"repository,omitempty"` // since 2.1
}

type nodeinfoServices struct {
	Inbound  []string `json:"inbound"`
	Outbound []string `json:"outbound"`
}

type nodeinfoUsage struct {
	LocalPosts int           `json:"localPosts"`
	Users      nodeinfoUsers `json:"users"`
}

type nodeinfoUsers struct {
	Total          int `json:"total"`
	ActiveMonth    int `json:"activeMonth"`
	ActiveHalfyear int `json:"activeHalfyear"`
}

type nodeinfoMetadata struct {
	Name        string           `json:"nodeName"`
	Description string           `json:"nodeDescription"`
	Upstream    nodeinfoSoftware `json:"upstream"`
}

// nodeinfo describes the server to crawlers. It speaks no protocol with other
// servers yet, and says so. "upstream" is how client libraries (megalodon) learn
// which API a server of another name has.
func (s *server) nodeinfo(version string, n counts) nodeinfoEntity {
	e := nodeinfoEntity{
		Version: version, Software: nodeinfoSoftware{Name: "guildhall", Version: s.config.Version}, Protocols: []string{},
		Services:          nodeinfoServices{Inbound: []string{}, Outbound: []string{}},
		OpenRegistrations: s.config.Registrations == identity.Open,
		Usage:             nodeinfoUsage{n.posts, nodeinfoUsers{n.users, n.month, n.halfyear}},
		Metadata:          nodeinfoMetadata{s.config.Title, s.config.Description, nodeinfoSoftware{Name: "mastodon", Version: compatible}},
	}
	if version == "2.1" {
		e.Software.Repository = s.config.SourceURL
	}
	return e
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

// webfingerParams name what is looked for.
type webfingerParams struct {
	Resource string `param:"resource"`
}

// webfingerEntity is the document of RFC 7033.
type webfingerEntity struct {
	Subject string          `json:"subject"`
	Aliases []string        `json:"aliases"`
	Links   []webfingerLink `json:"links"`
}

type webfingerLink struct {
	Rel  string `json:"rel"`
	Type string `json:"type,omitempty"`
	Href string `json:"href,omitempty"`
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
	return c.JSON(http.StatusOK, webfingerEntity{
		Subject: "acct:" + a.Username + "@" + s.host,
		Aliases: []string{page, s.config.BaseURL + "/users/" + a.Username},
		Links: []webfingerLink{
			{Rel: "http://webfinger.net/rel/profile-page", Type: "text/html", Href: page},
			{Rel: "http://webfinger.net/rel/avatar", Href: s.pictureURL(a.Avatar, "/avatars/default.png")},
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
