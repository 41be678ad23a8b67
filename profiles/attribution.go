package profiles

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// maxAttributions bounds how many websites may name an account as an author.
const maxAttributions = 100

// Attributes tells whether pages of a host may name the account as an author:
// its domain, or one above it, is on the account's list.
func (a *Account) Attributes(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return slices.ContainsFunc(a.Attributions, func(domain string) bool {
		return host == domain || strings.HasSuffix(host, "."+domain)
	})
}

// attributions returns the domains as they are kept, each once.
func attributions(given []string, p problems) []string {
	if len(given) > maxAttributions {
		p.add("attribution_domains", "ERR_TOO_MANY", fmt.Sprintf("are too many (maximum is %d)", maxAttributions))
		return nil
	}
	var list []string
	for _, typed := range given {
		if strings.TrimSpace(typed) == "" {
			continue
		}
		domain, ok := normalDomain(strings.TrimPrefix(strings.TrimSpace(typed), "*."))
		if !ok {
			p.add("attribution_domains", "ERR_INVALID", "have one that is not a valid domain name")
		} else if !slices.Contains(list, domain) {
			list = append(list, domain)
		}
	}
	return list
}

func setAttributions(ctx context.Context, tx *db.Tx, id ids.ID, domains []string) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM profiles_attribution_domains WHERE account_id = $1", id); err != nil {
		return err
	}
	for i, domain := range domains {
		if _, err := db.Exec(ctx, tx, "INSERT INTO profiles_attribution_domains (account_id, position, domain) VALUES ($1, $2, $3)", id, i, domain); err != nil {
			return err
		}
	}
	return nil
}
