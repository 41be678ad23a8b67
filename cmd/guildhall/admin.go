package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/guildhall/guildhall/app"
)

type config struct {
	Print configPrint `cmd:"" help:"Print the configuration in force as a TOML file, without secrets."`
	Check configCheck `cmd:"" help:"Say whether the configuration is sound."`
}

type configPrint struct{}

// Run prints the configuration.
func (configPrint) Run(c *app.Config) error {
	_, err := fmt.Print(c.Print())
	return err
}

type configCheck struct{}

// Run has nothing to find: a wrong configuration stops every command.
func (configCheck) Run() error {
	_, err := fmt.Println("The configuration is sound.")
	return err
}

type migrate struct {
	Up     migrateUp     `cmd:"" help:"Bring the schema up to this version (serve does so by itself)."`
	Down   migrateDown   `cmd:"" help:"Take the last step of one database back, before an older version is installed."`
	Status migrateStatus `cmd:"" help:"List the steps and when they were taken."`
}

type migrateUp struct{}

// Run migrates all databases up.
func (migrateUp) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.MigrateUp(ctx, *c, log, os.Stdout)
}

type migrateDown struct {
	Database string `arg:"" enum:"identity,profiles,posts,search,instance,moderation,notifications,practice" help:"identity, profiles, posts, search, instance, moderation, notifications or practice."`
}

// Run takes one step back.
func (m migrateDown) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.MigrateDown(ctx, *c, log, m.Database, os.Stdout)
}

type migrateStatus struct{}

// Run lists the steps.
func (migrateStatus) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.MigrateStatus(ctx, *c, log, os.Stdout)
}
