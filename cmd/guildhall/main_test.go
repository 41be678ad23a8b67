package main

import (
	"errors"
	"testing"
)

func TestConfigFile(t *testing.T) {
	env := []string{"HOME=/", "GUILDHALL_CONFIG=env.toml"}
	for _, tt := range []struct {
		args, environ []string
		want          string
	}{
		{nil, nil, ""},
		{nil, env, "env.toml"},
		{[]string{"serve", "--config", "flag.toml"}, env, "flag.toml"},
		{[]string{"--config=flag.toml", "serve"}, env, "flag.toml"},
		{[]string{"serve", "--config"}, nil, ""},
	} {
		if got := configFile(tt.args, tt.environ); got != tt.want {
			t.Errorf("%q, %q: %q", tt.args, tt.environ, got)
		}
	}
}

func TestOneLine(t *testing.T) {
	err := errors.Join(errors.New("no database:\n\t10.0.0.1: refused\n\t10.0.0.1: refused"), errors.New("and more\n"))
	if got, want := oneLine(err), "no database: 10.0.0.1: refused; and more"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
