package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/guildhall/guildhall/app"
)

// user is the group of commands about users. They work on the databases
// directly, also while the server runs.
type user struct {
	Create   userCreate   `cmd:"" help:"Create a user who can sign in at once."`
	List     userList     `cmd:"" help:"List the users."`
	Password userPassword `cmd:"" help:"Set a user's password, read from standard input or made up."`
	Role     userRole     `cmd:"" help:"Set a user's role."`
	Token    userToken    `cmd:"" help:"Issue an access token for a user."`
	Approve  userApprove  `cmd:"" help:"Let in a user who waits for approval."`
	Reject   userReject   `cmd:"" help:"Remove a user who waits for approval."`
	Disable  userDisable  `cmd:"" help:"Keep a user from signing in and using the API."`
	Enable   userEnable   `cmd:"" help:"Take disable back."`
	Invite   userInvite   `cmd:"" help:"Make an invitation code."`
}

type userCreate struct {
	Name  string `arg:"" help:"Username: letters, digits and underscores."`
	Email string `arg:"" help:"E-mail address."`
	Role  string `default:"user" enum:"user,moderator,admin,owner" help:"user, moderator, admin or owner."`
}

// Run creates the user and prints the password.
func (u userCreate) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error {
		return a.CreateUser(ctx, u.Name, u.Email, u.Role, os.Stdin, os.Stdout)
	})
}

type userList struct{}

// Run prints a line for each user.
func (userList) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.ListUsers(ctx, os.Stdout) })
}

type userPassword struct {
	Name string `arg:"" help:"Username."`
}

// Run sets the password; whoever was signed in is signed out.
func (u userPassword) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.SetPassword(ctx, u.Name, os.Stdin, os.Stdout) })
}

type userRole struct {
	Name string `arg:"" help:"Username."`
	Role string `arg:"" enum:"user,moderator,admin,owner" help:"user, moderator, admin or owner."`
}

// Run sets the role.
func (u userRole) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.SetRole(ctx, u.Name, u.Role) })
}

type userToken struct {
	Name   string `arg:"" help:"Username."`
	Scopes string `default:"read write follow push" help:"What the token may do."`
}

// Run prints the token; it is not stored in readable form anywhere.
func (u userToken) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error {
		token, err := a.IssueToken(ctx, u.Name, u.Scopes)
		if err == nil {
			fmt.Println(token)
		}
		return err
	})
}
