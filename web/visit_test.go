package web_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"golang.org/x/net/html"
)

// browser is a person with cookies who follows no redirect by themselves.
type browser struct {
	*world
	client http.Client
	header http.Header // sent with every request
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	w.must(err)
	return &browser{world: w, header: http.Header{}, client: http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// signedIn is a browser in which a member has signed in.
func (w *world) signedIn(name string) *browser {
	w.Helper()
	b := w.browser()
	b.get("/auth/sign_in").submit("", "login", name, "password", password).is(http.StatusSeeOther)
	return b
}

// shown is an answer.
type shown struct {
	*browser
	call   string
	status int
	header http.Header
	body   string
	doc    *html.Node
}

func (b *browser) get(path string) *shown {
	b.Helper()
	return b.do("GET", path, nil)
}

func (b *browser) do(method, path string, form url.Values) *shown {
	b.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.kit.Ctx, method, b.base+path, body)
	b.must(err)
	for name, values := range b.header {
		r.Header[name] = values
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return b.send(r)
}

func (b *browser) send(r *http.Request) *shown {
	b.Helper()
	res, err := b.client.Do(r)
	b.must(err)
	data, err := io.ReadAll(res.Body)
	b.must(err)
	b.must(res.Body.Close())
	s := &shown{browser: b, call: r.Method + " " + r.URL.RequestURI(), status: res.StatusCode, header: res.Header, body: string(data)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") && len(data) > 0 {
		s.doc, err = html.Parse(strings.NewReader(s.body))
		b.must(err)
		s.inert()
	}
	return s
}

// is fails the test unless the answer has this status.
func (s *shown) is(status int) *shown {
	s.Helper()
	if s.status != status {
		s.Fatalf("%s: status %d, want %d\n%s", s.call, s.status, status, s.words())
	}
	return s
}

// says fails the test unless people can read all of these on the page.
func (s *shown) says(texts ...string) *shown {
	s.Helper()
	for _, t := range texts {
		if !strings.Contains(squeeze(s.words()), squeeze(t)) {
			s.Errorf("%s does not say %q:\n%s", s.call, t, s.words())
		}
	}
	return s
}

// squeeze takes out the spaces: elements come with some that nobody sees.
func squeeze(text string) string { return strings.ReplaceAll(text, " ", "") }

// href is where the link with a text leads.
func (s *shown) href(text string) string {
	s.Helper()
	for n := range s.nodes("a") {
		for d := range n.Descendants() {
			if d.Type == html.TextNode && d.Data == text {
				return attr(n, "href")
			}
		}
	}
	s.Fatalf("%s has no link %q", s.call, text)
	return ""
}

// words is the text of the page.
func (s *shown) words() string {
	var b strings.Builder
	for n := range s.nodes("") {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// nodes are the page's nodes, or its elements of one name.
func (s *shown) nodes(name string) func(yield func(*html.Node) bool) {
	return func(yield func(*html.Node) bool) {
		if s.doc == nil {
			return
		}
		for n := range s.doc.Descendants() {
			if (name == "" || n.Type == html.ElementNode && n.Data == name) && !yield(n) {
				return
			}
		}
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// attrs is one attribute of all elements of a name.
func (s *shown) attrs(element, name string) []string {
	var out []string
	for n := range s.nodes(element) {
		out = append(out, attr(n, name))
	}
	return out
}

// meta is the content of a <meta>, by name or property.
func (s *shown) meta(name string) string {
	for n := range s.nodes("meta") {
		if attr(n, "name") == name || attr(n, "property") == name {
			return attr(n, "content")
		}
	}
	return ""
}

// form is the page's form whose action begins with a text.
func (s *shown) form(action string) (string, url.Values) {
	s.Helper()
	for f := range s.nodes("form") {
		if !strings.HasPrefix(attr(f, "action"), action) {
			continue
		}
		v := url.Values{}
		for n := range f.Descendants() {
			if n.Type == html.ElementNode && n.Data == "input" && attr(n, "type") != "checkbox" && attr(n, "name") != "" {
				v.Set(attr(n, "name"), attr(n, "value"))
			}
		}
		return attr(f, "action"), v
	}
	s.Fatalf("%s has no form to %q:\n%s", s.call, action, s.words())
	return "", nil
}

// submit fills the form and sends it.
func (s *shown) submit(action string, fields ...string) *shown {
	s.Helper()
	action, v := s.form(action)
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	return s.do("POST", action, v)
}

// follow goes where the answer redirects to, which must be one of our pages.
func (s *shown) follow() *shown {
	s.Helper()
	if s.status < 300 || s.status > 399 {
		s.Fatalf("%s: status %d is no redirect\n%s", s.call, s.status, s.words())
	}
	to := s.header.Get("Location")
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
		s.Fatalf("%s leads to %s", s.call, to)
	}
	return s.get(to)
}

// active are elements that can do something on their own.
var active = map[string]bool{"script": true, "style": true, "iframe": true, "object": true, "embed": true, "base": true, "template": true,
	"math": true, "foreignobject": true, "frame": true, "applet": true}

// inert fails the test if the page could do anything by itself.
func (s *shown) inert() {
	s.Helper()
	for n := range s.nodes("") {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "script" && n.FirstChild == nil && strings.HasPrefix(attr(n, "src"), "/assets/") {
			continue // our own files; the policy allows no other
		}
		if active[n.Data] {
			s.Errorf("%s has a <%s>", s.call, n.Data)
		}
		for _, a := range n.Attr {
			value := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc":
				s.Errorf("%s: <%s %s=%q>", s.call, n.Data, a.Key, a.Val)
			case (a.Key == "href" || a.Key == "src" || a.Key == "action") && (strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:") || strings.HasPrefix(value, "vbscript:")):
				s.Errorf("%s: <%s %s=%q>", s.call, n.Data, a.Key, a.Val)
			}
		}
	}
}

// authorize is the address of the consent page.
func authorize(a *identity.App, params ...string) string {
	v := url.Values{"client_id": {a.ClientID}, "redirect_uri": {a.RedirectURIs[0]}, "response_type": {"code"}, "scope": {"read write"}}
	for i := 0; i < len(params); i += 2 {
		v.Set(params[i], params[i+1])
	}
	return "/oauth/authorize?" + v.Encode()
}

// location is where an answer redirects to.
func (s *shown) location() *url.URL {
	s.Helper()
	u, err := url.Parse(s.header.Get("Location"))
	s.must(err)
	return u
}
