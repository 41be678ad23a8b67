package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/guildhall/guildhall/app"
)

// receipt is the group of commands about receipts of what members have passed.
type receipt struct {
	Verify    receiptVerify    `cmd:"" help:"Tell what a receipt proves, or why it proves nothing. Needs no server of yours."`
	RotateKey receiptRotateKey `cmd:"" help:"Sign receipts with a new key from now on. Older receipts stay valid."`
}

type receiptVerify struct {
	File string `arg:"" help:"The receipt as it was downloaded; - reads it from standard input."`
	Keys string `placeholder:"FILE|URL" help:"The issuer's key set; default: what the issuer publishes, by https. The address is yours: it may lead to a machine of your own network."`
}

// Run tells what the receipt proves. It fails if it proves nothing.
func (r receiptVerify) Run(ctx context.Context) error {
	return app.VerifyReceipt(ctx, app.ReceiptCheck{File: r.File, Keys: r.Keys, In: os.Stdin, Out: os.Stdout})
}

type receiptRotateKey struct{}

// Run makes the key; running servers sign with it at once.
func (receiptRotateKey) Run(ctx context.Context, c *app.Config, log *slog.Logger) error {
	return app.Offline(ctx, *c, log, func(a *app.App) error { return a.RotateReceiptKey(ctx, os.Stdout) })
}
