package app

import (
	"net/netip"
	"strings"

	"github.com/guildhall/guildhall/web"
)

// machine is where the administrators' page of the machine looks.
func (a *App) machine() *web.Machine {
	m := &web.Machine{History: a.history, Traffic: a.traffic, Caches: a.caches, Watch: a.watch, Queues: a.bus.State}
	for _, d := range databases {
		m.Databases = append(m.Databases, a.dbs[d.name])
	}
	return m
}

// addressIn returns the address or network in the key of a limit, empty if it is
// an account's. What else is in the key was typed by somebody.
func addressIn(key string) string {
	first, _, _ := strings.Cut(key, " ")
	_, noAddress := netip.ParseAddr(first)
	_, noNetwork := netip.ParsePrefix(first)
	if noAddress != nil && noNetwork != nil {
		return ""
	}
	return first
}
