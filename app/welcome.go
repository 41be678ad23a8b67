package app

import (
	"context"
	"fmt"
	"io"

	"github.com/guildhall/guildhall/identity"
)

// Welcome tells whoever started the server where it is and what to do first.
func (a *App) Welcome(ctx context.Context, out io.Writer) error {
	fmt.Fprintf(out, "Guildhall %s is at %s\n", Version, a.config.BaseURL)
	if a.config.TLS == selfSigned {
		own, err := ownCertificate(a.config.certificateFile(), certificateNames(a.config.BaseURL), a.now(), nil)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "Browsers and apps must be told to trust its certificate, %s\n(SHA-256 %s)\n", a.config.certificateFile(), fingerprint(own))
	}
	n, err := a.Profiles.Count(ctx)
	if err != nil || n > 0 {
		return err
	}
	data := ""
	if a.config.Data != "./guildhall-data" {
		data = " --data " + a.config.Data
	}
	fmt.Fprintf(out, "\nNobody has an account yet. Make the first one, who owns this server:\n\n"+
		"  guildhall user create NAME EMAIL --role owner%s\n", data)
	if r := a.config.identity().Registrations; r != identity.Open && r != identity.ByApproval {
		return nil // nobody can sign up without an invitation
	}
	fmt.Fprintf(out, "\nor sign up at %s/auth/sign_up", a.config.BaseURL)
	if a.config.SMTPAddress == "" {
		fmt.Fprintf(out, " (mails are written to %s/mail)", a.config.Data)
	}
	_, err = fmt.Fprintln(out)
	return err
}
