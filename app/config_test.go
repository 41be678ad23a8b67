package app

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// What is printed is read back as it was, every setting of it.
func TestPrintedConfigurationIsRead(t *testing.T) {
	want := map[string]string{}
	c := Config{Title: "A \"hall\" \\ of\nönes", MaxCharacters: 900, BaseURL: "https://hall.example"}
	v := reflect.ValueOf(c)
	for f := range v.Type().Fields() {
		want[f.Tag.Get("name")] = fmt.Sprint(v.FieldByIndex(f.Index).Interface())
	}
	path := filepath.Join(t.TempDir(), "guildhall.toml")
	if err := os.WriteFile(path, []byte(c.Print()), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Settings(path, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.Print())
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestSettings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "guildhall.toml")
	if err := os.WriteFile(path, []byte("title = \"file\"\nmax-characters = 700\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, path string
		environ    []string
		want       map[string]string
		problem    string
	}{
		{"nothing", "", nil, map[string]string{}, ""},
		{"file", path, nil, map[string]string{"title": "file", "max-characters": "700"}, ""},
		{"variable over file", path, []string{"GUILDHALL_TITLE=variable"}, map[string]string{"title": "variable", "max-characters": "700"}, ""},
		{"others' variables", "", []string{"TITLE=x", "guildhall_title=x", "GUILDHALL=x"}, map[string]string{}, ""},
		{"the file's own variable", "", []string{"GUILDHALL_CONFIG=x"}, map[string]string{}, ""},
		{"unknown variable", "", []string{"GUILDHALL_TILE=x"}, nil, "unknown variable GUILDHALL_TILE"},
		{"no file", path + "x", nil, nil, "no such file"},
	} {
		got, err := Settings(tt.path, tt.environ)
		if tt.problem == "" && (err != nil || !maps.Equal(got, tt.want)) {
			t.Errorf("%s: %v, %v", tt.name, got, err)
		}
		if tt.problem != "" && (err == nil || !strings.Contains(err.Error(), tt.problem)) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestCheckCompletesTheBaseURL(t *testing.T) {
	for listen, want := range map[string]string{
		"127.0.0.1:80": "http://localhost:80", ":8080": "http://localhost:8080", "[::]:1": "http://localhost:1",
		"hall:8080": "http://hall:8080", "[fe80::1]:1": "http://[fe80::1]:1", "Hall:80": "http://hall:80",
	} {
		c := Config{Listen: listen, AdminListen: "off", MaxCharacters: 500, MailFrom: "a@hall.example"}
		if err := c.Check(); err != nil || c.BaseURL != want {
			t.Errorf("%s: %s, %v", listen, c.BaseURL, err)
		}
	}
}

func TestCheckWithTLS(t *testing.T) {
	c := Config{Listen: "127.0.0.1:8443", AdminListen: "off", MaxCharacters: 500, MailFrom: "a@hall.example", TLS: "self-signed"}
	if err := c.Check(); err != nil || c.BaseURL != "https://localhost:8443" {
		t.Errorf("%s, %v", c.BaseURL, err)
	}
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		name    string
		change  func(*Config)
		problem string // the setting at fault, empty: none
	}{
		{"as it is", func(*Config) {}, ""},
		{"an address of IPv6", func(c *Config) { c.BaseURL = "https://[2001:db8::1]:8443" }, ""},
		{"no host", func(c *Config) { c.BaseURL = "http://:8080" }, "base-url"},
		{"no name of a host", func(c *Config) { c.BaseURL = "https://hall.example;x" }, "base-url"},
		{"a path", func(c *Config) { c.BaseURL = "https://hall.example/x" }, "base-url"},
		{"a sender", func(c *Config) { c.MailFrom = "Hall <post@hall.example>" }, ""},
		{"no sender", func(c *Config) { c.MailFrom = "hall" }, "mail-from"},
		{"a contact", func(c *Config) { c.Contact = "post@hall.example" }, ""},
		{"no contact", func(c *Config) { c.Contact = "Ask me" }, "contact"},
		{"a mail server", func(c *Config) { c.SMTPAddress = "mail.example:587" }, ""},
		{"a mail server over TLS", func(c *Config) { c.SMTPAddress = "smtps://mail.example:465" }, ""},
		{"no port", func(c *Config) { c.SMTPAddress = "mail.example" }, "smtp-address"},
		{"TLS by itself", func(c *Config) { c.TLS = "self-signed" }, ""},
		{"TLS from files", func(c *Config) { c.TLS = "cert.pem,key.pem" }, ""},
		{"TLS from one file", func(c *Config) { c.TLS = "cert.pem" }, "tls"},
		{"TLS from three files", func(c *Config) { c.TLS = "a,b,c" }, "tls"},
		{"TLS without https", func(c *Config) { c.TLS, c.BaseURL = "self-signed", "http://hall.example" }, "base-url"},
		{"an intranet", func(c *Config) { c.PreviewNetworks = "10.0.0.0/8, fd00::/8" }, ""},
		{"no intranet", func(c *Config) { c.PreviewNetworks = "intra.example" }, "preview-networks"},
		{"no network", func(c *Config) { c.TrustedProxies = "10.0.0.1" }, "trusted-proxies"},
	} {
		c := Config{Listen: "127.0.0.1:80", AdminListen: "off", MaxCharacters: 500, MailFrom: "a@hall.example", BaseURL: "https://hall.example"}
		tt.change(&c)
		err := c.Check()
		if tt.problem == "" && err != nil || tt.problem != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.problem+":")) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
