package lab

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// releaseSteps is how many steps a plan may have.
const releaseSteps = 16

// The steps of a plan.
const (
	stepTell, stepHealth, stepLogs, stepConfig, stepTrace = "announce", "health", "logs", "config", "trace"
	stepBack, stepOff, stepOn, stepRestart, stepScale     = "rollback", "flag-off", "flag-on", "restart", "scale"
	stepSet, stepTry, stepDeploy, stepVerify              = "set", "try", "redeploy", "verify"
)

// action is one step that a plan may have.
type action struct {
	name    string
	text    string
	minutes int
	looks   bool // it only looks
	do      func(p *play) error
}

// releaseActions are the steps that there are.
func releaseActions(c *releaseCase) []action {
	return []action{
		{stepTell, "Declare the incident, name who leads, write on the status page.", 1, false, (*play).wait},
		{stepHealth, "Look at the error rate and ask each server how it is.", 1, true, (*play).health},
		{stepLogs, "Read the servers' log.", 3, true, (*play).wait},
		{stepConfig, "Compare the settings of staging and production.", 3, true, (*play).wait},
		{stepTrace, "Follow single requests through the program with a debugger.", 8, true, (*play).wait},
		{stepBack, "Put version " + c.older + " on all servers, one after the other.", 2, false, func(p *play) error { return p.roll(false) }},
		{stepOff, "Switch the flag “" + c.flag + "” off.", 1, false, func(p *play) error { return p.flip(false) }},
		{stepOn, "Switch the flag “" + c.flag + "” on.", 1, false, func(p *play) error { return p.flip(true) }},
		{stepRestart, "Start the program of each server again, one after the other.", 2, false, (*play).restart},
		{stepScale, "Add a server with version " + c.newer + ".", 3, false, (*play).scale},
		{stepSet, "Set the variable that you name below, in production. Programs read it when they start.", 2, false, (*play).set},
		{stepTry, "Start version " + c.newer + " beside the servers with production's settings, without users, and ask it for each page.", 2, true, (*play).try},
		{stepDeploy, "Put version " + c.newer + " on all servers, one after the other.", 4, false, func(p *play) error { return p.roll(true) }},
		{stepVerify, "Ask each server for each page, and look at the error rate.", 2, true, (*play).verify},
	}
}

// play is a plan as it is carried out.
type play struct {
	*site
	plan     []string
	variable string
	said     []string
}

func (p *play) note(format string, args ...any) {
	p.said = append(p.said, p.time(p.minute)+"  "+fmt.Sprintf(format, args...))
}

// run carries the plan out and lets some minutes pass.
func (p *play) run() error {
	actions := releaseActions(p.releaseCase)
	for _, name := range p.plan {
		a := actions[slices.IndexFunc(actions, func(a action) bool { return a.name == name })]
		p.note("%s", name)
		from := p.minute
		if err := a.do(p); err != nil {
			return err
		}
		if err := p.pass(a.minutes - (p.minute - from)); err != nil {
			return err
		}
		p.note("  %s", p.count(p.failed[len(p.failed)-a.minutes:]))
	}
	p.note("the plan is at its end")
	if err := p.pass(releaseAfter); err != nil {
		return err
	}
	p.note("  %s", p.count(p.failed[len(p.failed)-releaseAfter:]))
	return nil
}

// count says how many requests failed in some minutes.
func (p *play) count(minutes [][2]float64) string {
	sum := 0.0
	for _, m := range minutes {
		sum += m[1]
	}
	return fmt.Sprintf("%.0f of %d requests failed meanwhile", sum, releaseRequests*len(minutes))
}

func (p *play) wait() error { return nil }

func (p *play) version(newer bool) string {
	if newer {
		return p.newer
	}
	return p.older
}

func (p *play) health() error {
	for _, n := range p.servers {
		code, err := p.ask(n, healthPath)
		if err != nil {
			return err
		}
		p.note("  server %d, version %s: %s answers %d", n.number, p.version(n.newer), healthPath, code)
	}
	return nil
}

// started notes how a start went.
func (p *play) started(n *node) {
	how := "listens"
	if n.at == "" {
		how = "does not come up"
	}
	p.note("  server %d: version %s %s", n.number, p.version(n.newer), how)
}

// roll puts a version on all servers, each in a minute; to build or to fetch it
// takes what is left of the step, and comes first.
func (p *play) roll(newer bool) error {
	if newer {
		if err := p.pass(4 - releaseServers); err != nil {
			return err
		}
	}
	for i := range p.servers {
		if i < releaseServers { // one that was added changes with the last
			if err := p.pass(1); err != nil {
				return err
			}
		}
		if err := p.replace(i, newer); err != nil {
			return err
		}
		p.started(p.servers[i])
	}
	return nil
}

func (p *play) flip(on bool) error {
	if err := p.pass(1); err != nil {
		return err
	}
	return p.put(flagFile, on)
}

func (p *play) restart() error {
	for i, n := range p.servers {
		if i < releaseServers {
			if err := p.pass(1); err != nil {
				return err
			}
		}
		if err := p.replace(i, n.newer); err != nil {
			return err
		}
		p.started(p.servers[i])
	}
	return nil
}

func (p *play) scale() error {
	if len(p.servers) > releaseServers {
		p.note("  there is no room for a further server")
		return nil
	}
	if err := p.pass(3); err != nil {
		return err
	}
	n, err := p.start(len(p.servers)+1, true)
	if err != nil {
		return err
	}
	p.servers = append(p.servers, n)
	p.started(n)
	return nil
}

func (p *play) set() error {
	if err := p.pass(2); err != nil {
		return err
	}
	value := "2c8d41e09b7f"
	for _, x := range p.releaseCase.settings() {
		if x.name == p.variable && x.staging != "" {
			value = x.staging
		}
	}
	p.site.settings[p.variable] = value
	p.note("  %s is set", p.variable)
	return nil
}

// try starts the new version where no user is.
func (p *play) try() error {
	n, err := p.start(9, true)
	if err != nil {
		return err
	}
	defer n.end()
	return p.look(n)
}

func (p *play) verify() error {
	for _, n := range p.servers {
		if err := p.look(n); err != nil {
			return err
		}
	}
	return nil
}

// look asks a server for each page.
func (p *play) look(n *node) error {
	var wrong []string
	for _, route := range p.routes {
		code, err := p.ask(n, route)
		if err != nil {
			return err
		}
		if code != http.StatusOK {
			wrong = append(wrong, fmt.Sprintf("%s answers %d", route, code))
		}
	}
	if len(wrong) == 0 {
		wrong = []string{"all pages are right"}
	}
	p.note("  server %d, version %s: %s", n.number, p.version(n.newer), strings.Join(wrong, ", "))
	return nil
}
