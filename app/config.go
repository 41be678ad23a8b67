package app

import (
	"cmp"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/instance"
	"github.com/guildhall/guildhall/internal/fetch"
	"github.com/guildhall/guildhall/internal/translate"
	"github.com/guildhall/guildhall/posts"
	"github.com/guildhall/guildhall/profiles"
	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
)

// Config is everything that an administrator can set. The same name is a flag
// (--base-url), a variable (GUILDHALL_BASE_URL) and a key of the TOML file
// (base-url); flags win over variables, those over the file, that over the
// defaults.
type Config struct {
	Data        string `name:"data" default:"./guildhall-data" help:"Folder of everything that is kept."`
	Listen      string `name:"listen" default:"127.0.0.1:8080" help:"Address to serve on."`
	AdminListen string `name:"admin-listen" default:"127.0.0.1:8081" help:"Address of metrics and profiles, for yourself only; off: none."`
	BaseURL     string `name:"base-url" placeholder:"URL" help:"Where people reach this server, like https://hall.example; default: http://localhost and the port."`
	TLS         string `name:"tls" placeholder:"HOW" help:"Serve https: self-signed (a certificate for this machine, made by itself), or CERT,KEY (two PEM files); empty: http."`
	Title       string `name:"title" default:"Guildhall" help:"The community's name."`
	Description string `name:"description" default:"A professional network that this community hosts itself." help:"What the community is, in a sentence."`
	Contact     string `name:"contact" placeholder:"EMAIL" help:"Address of whoever runs this server; shown to everybody."`

	ContactAccount string `name:"contact-account" placeholder:"NAME" help:"Member who answers for this server; shown to everybody."`

	Registrations    string `name:"registrations" default:"open" enum:"open,approval,invite,closed" help:"Who may sign up: open, approval, invite or closed."`
	ShowDomainBlocks string `name:"show-domain-blocks" default:"off" enum:"on,off" help:"Tell members which other servers are blocked."`
	PasswordGrant    string `name:"password-grant" default:"off" enum:"on,off" help:"Let OAuth apps trade a password for a token."`
	WeakPasswords    string `name:"weak-passwords" default:"off" enum:"on,off" help:"Take passwords that are short or easy to guess; only to try things out."`
	RateLimits       string `name:"rate-limits" default:"on" enum:"on,off" help:"Limits on requests, sign-ins, posts and uploads."`
	LinkPreviews     string `name:"link-previews" default:"on" enum:"on,off" help:"Read the pages that posts link to, to show a card of them."`
	PreviewNetworks  string `name:"preview-networks" placeholder:"CIDR,…" help:"Networks inside, like an intranet, whose pages link previews may read as well, at any port."`
	TrendsReview     string `name:"trends-review" default:"off" enum:"on,off" help:"Let nothing trend before a moderator has allowed it."`
	MaxCharacters    int    `name:"max-characters" default:"500" help:"Longest post, up to 5000."`

	DatabaseURL string `name:"database-url" placeholder:"URL" secret:"" help:"PostgreSQL instead of SQLite files in the data folder."`
	NATSURL     string `name:"nats-url" placeholder:"URL" secret:"" help:"A NATS with JetStream instead of the one inside."`

	SMTPAddress  string `name:"smtp-address" placeholder:"HOST:PORT" help:"Mail server, smtps://HOST:PORT for TLS from the start; without one, mails are written to the data folder."`
	SMTPUsername string `name:"smtp-username" help:"User at the mail server."`
	SMTPPassword string `name:"smtp-password" secret:"" help:"Password at the mail server."`
	MailFrom     string `name:"mail-from" default:"Guildhall <guildhall@localhost>" help:"Sender of mails."`

	TranslateURL string `name:"translate-url" placeholder:"URL" help:"A LibreTranslate server that translates posts; without one, they are not translated."`
	TranslateKey string `name:"translate-key" secret:"" help:"API key at the translation server."`

	TrustedProxies string `name:"trusted-proxies" placeholder:"CIDR,…" help:"Networks of the proxies whose X-Forwarded-For is believed."`

	LogLevel string `name:"log-level" default:"info" enum:"debug,info,warn,error" help:"Least important log lines to write."`
}

// prefix starts the names of the variables that configure Guildhall.
const prefix = "GUILDHALL_"

// Settings reads the TOML file (if path is not empty) and the environment, and
// returns what they set by name. It refuses names that no option has.
func Settings(path string, environ []string) (map[string]string, error) {
	k := koanf.New("\x00") // names are flat
	if path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if err := k.Load(rawbytes.Provider(text), toml.Parser()); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	for name := range k.All() {
		if !slices.Contains(names(), name) {
			return nil, fmt.Errorf("%s: unknown setting %q (guildhall config print shows all)", path, name)
		}
	}
	var unknown error
	err := k.Load(env.Provider("\x00", env.Opt{Prefix: prefix, EnvironFunc: func() []string { return environ },
		TransformFunc: func(key, value string) (string, any) {
			name := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(key, prefix)), "_", "-")
			if name == "config" {
				return "", nil // names the file; read by the command line
			}
			if !slices.Contains(names(), name) {
				unknown = fmt.Errorf("unknown variable %s (guildhall config print shows all settings)", key)
				return "", nil
			}
			return name, value
		}}), nil)
	if err != nil || unknown != nil {
		return nil, fmt.Errorf("environment: %w", cmp.Or(unknown, err))
	}
	out := map[string]string{}
	for name, value := range k.All() {
		out[name] = fmt.Sprint(value)
	}
	return out, nil
}

func names() []string {
	var out []string
	for f := range reflect.TypeFor[Config]().Fields() {
		out = append(out, f.Tag.Get("name"))
	}
	return out
}

// Check completes the configuration and says the first thing that is wrong
// with it.
func (c *Config) Check() error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("listen: %q is not an address like 127.0.0.1:8080", c.Listen)
	}
	if c.AdminListen != "off" {
		if _, _, err := net.SplitHostPort(c.AdminListen); err != nil {
			return fmt.Errorf("admin-listen: %q is neither an address nor off", c.AdminListen)
		}
	}
	if c.BaseURL == "" {
		if host == "" || host == "0.0.0.0" || host == "::" || host == "127.0.0.1" || host == "::1" {
			host = "localhost"
		}
		scheme := "http://"
		if c.TLS != "" {
			scheme = "https://"
		}
		c.BaseURL = scheme + net.JoinHostPort(host, port)
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || !plainHost.MatchString(u.Host) || strings.TrimSuffix(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil || u.Fragment != "" {
		return fmt.Errorf("base-url: %q is not like https://hall.example", c.BaseURL)
	}
	c.BaseURL = u.Scheme + "://" + strings.ToLower(u.Host)
	if err := c.checkTLS(u.Scheme); err != nil {
		return err
	}
	if c.MaxCharacters < 1 || c.MaxCharacters > 5000 {
		return fmt.Errorf("max-characters: %d is not between 1 and 5000", c.MaxCharacters)
	}
	if c.SMTPAddress != "" {
		if _, _, err := net.SplitHostPort(strings.TrimPrefix(c.SMTPAddress, "smtps://")); err != nil {
			return fmt.Errorf("smtp-address: %q is not like mail.example:587 or smtps://mail.example:465", c.SMTPAddress)
		}
	}
	if u, err := url.Parse(c.TranslateURL); c.TranslateURL != "" && (err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "") {
		return fmt.Errorf("translate-url: %q is not like https://translate.example", c.TranslateURL)
	}
	if c.DatabaseURL != "" && !strings.HasPrefix(c.DatabaseURL, "postgres://") && !strings.HasPrefix(c.DatabaseURL, "postgresql://") {
		return fmt.Errorf("database-url: not like postgres://user@host/database")
	}
	if _, err := mail.ParseAddress(c.MailFrom); err != nil {
		return fmt.Errorf("mail-from: %q is not like Guildhall <guildhall@hall.example>", c.MailFrom)
	}
	if a, err := mail.ParseAddress(c.Contact); c.Contact != "" && (err != nil || a.Address != c.Contact) {
		return fmt.Errorf("contact: %q is not like post@hall.example", c.Contact)
	}
	if _, err := networks("preview-networks", c.PreviewNetworks); err != nil {
		return err
	}
	_, err = c.proxies()
	return err
}

func (c *Config) checkTLS(scheme string) error {
	cert, key, two := strings.Cut(c.TLS, ",")
	if c.TLS != "" && c.TLS != selfSigned && (!two || cert == "" || key == "" || strings.Contains(key, ",")) {
		return fmt.Errorf("tls: %q is neither self-signed nor like cert.pem,key.pem", c.TLS)
	}
	if c.TLS != "" && scheme != "https" {
		return fmt.Errorf("base-url: %q does not begin with https, and tls is on", c.BaseURL)
	}
	return nil
}

// plainHost is a host, with its port if that is not the scheme's, as it may stand
// in addresses, mails and security policies.
var plainHost = regexp.MustCompile(`^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?$`)

func (c *Config) proxies() ([]netip.Prefix, error) {
	return networks("trusted-proxies", c.TrustedProxies)
}

// networks reads the value of a setting that lists networks.
func networks(setting, value string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is not a network like 10.0.0.0/8", setting, text)
		}
		out = append(out, p)
	}
	return out, nil
}

// Print returns the configuration as a TOML file, secrets blotted out.
func (c *Config) Print() string {
	var b strings.Builder
	v := reflect.ValueOf(*c)
	for f := range v.Type().Fields() {
		fmt.Fprintf(&b, "# %s\n", f.Tag.Get("help"))
		value := v.FieldByIndex(f.Index).Interface()
		if _, secret := f.Tag.Lookup("secret"); secret && value != "" {
			value = "(set)"
		}
		if text, ok := value.(string); ok {
			value = fmt.Sprintf("%q", text)
		}
		fmt.Fprintf(&b, "%s = %v\n\n", f.Tag.Get("name"), value)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// subject is how push services reach the operator.
func (c *Config) subject() string {
	if c.Contact != "" {
		return "mailto:" + c.Contact
	}
	return c.BaseURL
}

func (c *Config) identity() identity.Config {
	i := identity.DefaultConfig()
	i.Registrations = identity.Registrations(c.Registrations)
	i.BaseURL, i.Title, i.PasswordGrant = c.BaseURL, c.Title, c.PasswordGrant == "on"
	i.WeakPasswords = c.WeakPasswords == "on"
	return i
}

// translator returns what translates posts, nil if nothing does.
func (c *Config) translator() posts.Translator {
	if c.TranslateURL == "" {
		return nil
	}
	return translate.New(c.TranslateURL, c.TranslateKey)
}

func (c *Config) posts() posts.Config {
	p := posts.DefaultConfig()
	p.BaseURL, p.MaxChars, p.TrendsReview = c.BaseURL, c.MaxCharacters, c.TrendsReview == "on"
	return p
}

func (c *Config) instance() instance.Config {
	i := instance.DefaultConfig()
	i.BaseURL = c.BaseURL
	return i
}

// pages returns what reads the pages that posts link to, nil for nothing.
func (c *Config) pages() (posts.Pages, error) {
	if c.LinkPreviews != "on" {
		return nil, nil
	}
	inside, err := networks("preview-networks", c.PreviewNetworks)
	if err != nil {
		return nil, err
	}
	return fetch.New(fetch.Options{Guard: fetch.Guard{Allow: inside}, Agent: "Guildhall (link previews; +" + c.BaseURL + ")"}), nil
}

func (c *Config) profiles() profiles.Config {
	p := profiles.DefaultConfig()
	_, p.Domain, _ = strings.Cut(c.BaseURL, "://")
	return p
}
