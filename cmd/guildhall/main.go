// Command guildhall is the whole of Guildhall in one program: the server, the
// demo, and what an administrator needs. This package parses the command line
// and calls app; what the commands do is there.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/guildhall/guildhall/app"
	"github.com/guildhall/guildhall/internal/observe"
)

// commands is the command line. The options of app.Config go with every command.
type commands struct {
	File       string `name:"config" placeholder:"FILE" help:"TOML file with any of the settings below; also GUILDHALL_CONFIG."`
	app.Config `embed:""`

	Serve    serve    `cmd:"" help:"Run the server."`
	Demo     demo     `cmd:"" help:"Run a server with a made-up community, to look at or to measure."`
	User     user     `cmd:"" help:"Create, list and change users."`
	Export   export   `cmd:"" help:"Write all that is held about a member into an archive."`
	Emoji    emoji    `cmd:"" help:"Add, list and remove custom emoji."`
	Deck     deck     `cmd:"" help:"Check, take and list decks of interview questions."`
	Practice practice `cmd:"" help:"Prepare for an interview on this terminal, without a server."`
	Receipt  receipt  `cmd:"" help:"Verify receipts of what members have passed."`
	Config_  config   `cmd:"" name:"config" help:"Print or check the configuration."`
	Migrate  migrate  `cmd:"" help:"Move the databases' schema up or down."`
	Version  version  `cmd:"" help:"Print the version."`
}

// garbage is how much larger than what is in use the heap may grow before it is
// collected, in percent, unless GOGC says otherwise. Go's own 100 spends more of
// a loaded server's time on collecting than on answering; docs/performance.md
// has the figures.
const garbage = 300

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	if len(os.Args) == 2 && os.Args[1] == app.LabCommand { // before settings are read: a lab has none
		os.Exit(app.LabChild(context.Background(), os.Stdin, os.Stdout))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Environ()); err != nil {
		fmt.Fprintln(os.Stderr, "guildhall:", oneLine(err))
		os.Exit(1)
	}
}

// oneLine returns what an error says without line breaks: drivers write lists.
func oneLine(err error) string {
	var parts []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(parts, line) {
			parts = append(parts, line)
		}
	}
	return strings.ReplaceAll(strings.Join(parts, "; "), ":; ", ": ")
}

func run(ctx context.Context, args, environ []string) error {
	settings, err := app.Settings(configFile(args, environ), environ)
	if err != nil {
		return err
	}
	var c commands
	parser, err := kong.New(&c, kong.Name("guildhall"),
		kong.Description("An open professional network that a community hosts itself."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Resolvers(kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
			if value, ok := settings[flag.Name]; ok {
				return value, nil
			}
			return nil, nil
		})))
	if err != nil {
		return err
	}
	if len(args) == 0 || args[0] == "help" {
		args = append(args[min(1, len(args)):], "--help")
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return err
	}
	if err := c.Check(); err != nil {
		return err
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return err
	}
	return parsed.Run(&c.Config, observe.Logger(os.Stderr, level))
}

// configFile finds the TOML file's name before the command line can be parsed:
// what the file says are defaults of the other options.
func configFile(args, environ []string) string {
	for i, a := range args {
		if a == "--config" && i+1 < len(args) {
			return args[i+1]
		}
		if name, ok := strings.CutPrefix(a, "--config="); ok {
			return name
		}
	}
	for _, v := range environ {
		if name, ok := strings.CutPrefix(v, "GUILDHALL_CONFIG="); ok {
			return name
		}
	}
	return ""
}
