package lab

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// releaseSlack is how many minutes later than a good plan one may be.
const releaseSlack = 3

var releaseName = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,59}$`)

// releaseAnswer is an answer as it was read.
type releaseAnswer struct {
	plan                              []string
	variable, harm, possible, prevent string
	line                              int
}

func gradeRelease(ctx context.Context, seed uint64, a Answer) (report *Report, err error) {
	c := newReleaseCase(seed)
	f := readForm(c.fields(), a)
	x := releaseAnswer{plan: f.steps("plan", releaseSteps), line: f.whole("line", 1, releaseLog), harm: f.choice("harm"), possible: f.choice("possible"), prevent: f.choice("prevent")}
	name, field, ok := f.value("variable")
	if x.variable = name; ok && !releaseName.MatchString(name) {
		f.no(field, "must be like DATABASE_URL")
	}
	if r := f.unread(100); r != nil {
		return r, nil
	}
	s, err := openSite(ctx, c)
	defer func() { err = errors.Join(err, s.close()) }()
	if err != nil {
		return nil, err
	}
	at := slices.Clone(s.log) // when the alert came, which is what the member was shown
	p := &play{site: s, plan: x.plan, variable: x.variable}
	if err := p.run(); err != nil {
		return nil, err
	}
	r := &Report{Parts: []Part{p.looks(), p.tells(), p.restored(), p.calm(), p.runs(), p.tried(), p.verified(), c.gradeLine(x.line, at), c.gradeVariable(x.variable)}}
	r.Parts = append(r.Parts, c.gradeAfterwards(x)...)
	points, _ := r.Points()
	r.Passed = points >= 85
	for _, i := range []int{2, 3, 4, 7, 8} { // what no other part makes up for
		r.Passed = r.Passed && r.Parts[i].Points == r.Parts[i].Max
	}
	r.Charts = []Chart{s.chart()}
	r.Log = strings.Join(p.said, "\n")
	return r, nil
}

// chart draws how many requests failed.
func (s *site) chart() Chart {
	return Chart{Kind: Histogram, Title: "Requests that fail, of " + strconv.Itoa(releaseRequests) + " a minute", X: "minutes since the alert", Y: "requests that fail",
		Series: []Series{{Name: "failed", Points: s.failed}}}
}

// first is the place of the first step of a plan for which is holds, or -1.
func (p *play) first(is func(action) bool) int {
	actions := releaseActions(p.releaseCase)
	return slices.IndexFunc(p.plan, func(name string) bool {
		return is(actions[slices.IndexFunc(actions, func(a action) bool { return a.name == name })])
	})
}

func changes(a action) bool { return !a.looks && a.name != stepTell }

func (p *play) looks() Part {
	look, change := p.first(func(a action) bool { return a.looks }), p.first(changes)
	if look < 0 || change >= 0 && change < look {
		return part("Looks first", 8, false, "The first thing that you do changes the system. One look at the error rate and the servers takes a minute, and says what kind of failure it is.")
	}
	return part("Looks first", 8, true, "You look before you change something.")
}

func (p *play) tells() Part {
	const name, most = "Tells people", 6
	minutes, actions := 0, releaseActions(p.releaseCase)
	for _, step := range p.plan {
		if step == stepTell {
			why := "That is soon enough."
			if minutes > 4 {
				why = "Until then they ask, one by one, and nobody knows who leads."
			}
			return part(name, most, minutes <= 4, "Users and colleagues hear of it %s after the alert. %s", minutesOf(minutes+1), why)
		}
		minutes += actions[slices.IndexFunc(actions, func(a action) bool { return a.name == step })].minutes
	}
	return part(name, most, false, "Nobody is told: not the users, not the team.")
}

func minutesOf(n int) string {
	if n == 1 {
		return "1 minute"
	}
	return strconv.Itoa(n) + " minutes"
}

// quickest is after how many minutes a good plan has the service back.
func (c *releaseCase) quickest() (minutes int, how string) {
	switch c.mend {
	case mendRollback:
		return 2 + c.replaced, "the old version is put back"
	case mendForward:
		return 16, "the missing variable is set and the new version started with it, as the old one cannot read the changed database any more"
	case mendFlag:
		return 3, "the flag is switched off, as the old version cannot read the changed database any more"
	}
	return 3, "the flag is switched off"
}

// back is the first minute in which no request fails, or -1.
func (s *site) back() int {
	for _, m := range s.failed {
		if m[0] >= 0 && m[1] == 0 {
			return int(m[0])
		}
	}
	return -1
}

func (p *play) restored() Part {
	const name = "Service is back soon"
	quickest, how := p.quickest()
	good := fmt.Sprintf("In a good plan %s, which takes %s.", how, minutesOf(quickest))
	back, lost := p.back(), 0.0
	for _, m := range p.failed {
		lost += m[1]
	}
	x := Part{Name: name, Max: 20}
	switch {
	case back < 0:
		x.Text = fmt.Sprintf("Requests fail to the end: %.0f in all. %s", lost, good)
	case back <= quickest+releaseSlack:
		x.Points, x.Text = x.Max, fmt.Sprintf("From %s after the alert no request fails; %.0f failed in all.", minutesOf(back), lost)
	case back <= quickest+3*releaseSlack:
		x.Points, x.Text = 10, fmt.Sprintf("It takes %s until no request fails; %.0f failed in all. %s What does not bring the service back can wait.", minutesOf(back), lost, good)
	default:
		x.Points, x.Text = 4, fmt.Sprintf("It takes %s until no request fails; %.0f failed in all. %s Searching for the cause can wait.", minutesOf(back), lost, good)
	}
	return x
}

// calm looks at whether the plan did harm of its own.
func (p *play) calm() Part {
	const name, most = "No second incident", 12
	back, before := p.back(), 0.0
	for _, m := range p.failed {
		if m[0] == -1 {
			before = m[1]
		}
		if m[0] < 0 || m[1] == 0 {
			continue
		}
		if m[1] > before {
			return part(name, most, false, "At %s more requests fail than when the alert came: %.0f of %d, then %.0f. %s", p.time(int(m[0])), m[1], releaseRequests, before, p.whyWorse())
		}
		if back >= 0 && int(m[0]) > back {
			return part(name, most, false, "At %s, when the service was back, requests fail again: what is put back into use must have been mended first, and tried.", p.time(int(m[0])))
		}
	}
	if back < 0 {
		return part(name, most, false, "The first one has not ended.")
	}
	return part(name, most, true, "Nothing in the plan makes it worse, and the service stays up.")
}

func (p *play) whyWorse() string {
	if p.closed && slices.Contains(p.plan, stepBack) {
		return "The migration dropped a column that version " + p.older + " reads: the way back was closed."
	}
	return "A step spread the fault."
}

// runs looks at what is there in the end.
func (p *play) runs() Part {
	const name, most = "The release is out", 16
	for _, n := range p.servers {
		switch {
		case !n.newer:
			return part(name, most, false, "In the end server %d runs version %s: the release is still to be done.", n.number, p.older)
		case n.at == "":
			return part(name, most, false, "In the end version %s does not come up on server %d.", p.newer, n.number)
		}
	}
	if p.failed[len(p.failed)-1][1] > 0 {
		return part(name, most, false, "In the end version %s runs on all servers, and requests fail.", p.newer)
	}
	if !isThere(p.folder, flagFile) {
		return part(name, most, false, "In the end the flag “%s” is off: what the release was made for is not there.", p.flag)
	}
	return part(name, most, true, "In the end version %s runs on all servers, with the flag “%s” on, and no request fails.", p.newer, p.flag)
}

// tried looks at whether the mended version ran without users first.
func (p *play) tried() Part {
	const name, most = "Tried without users", 4
	set := slices.Index(p.plan, stepSet)
	if set < 0 {
		return part(name, most, false, "The variable is never set, so there is nothing to try.")
	}
	try := slices.Index(p.plan[set:], stepTry)
	use := slices.IndexFunc(p.plan[set:], func(s string) bool { return s == stepDeploy || s == stepRestart || s == stepScale })
	if try < 0 || use >= 0 && use < try {
		return part(name, most, false, "After setting the variable, try the new version beside the servers before users get it: two minutes, against a second incident.")
	}
	return part(name, most, true, "With the variable set, the new version ran beside the servers before users got it.")
}

func (p *play) verified() Part {
	last, verify := -1, -1
	actions := releaseActions(p.releaseCase)
	for i, step := range p.plan {
		if a := actions[slices.IndexFunc(actions, func(a action) bool { return a.name == step })]; changes(a) {
			last = i
		}
		if step == stepVerify {
			verify = i
		}
	}
	if verify < last || verify < 0 {
		return part("Looks in the end", 4, false, "After the last change somebody must look whether all is well, as users see it.")
	}
	return part("Looks in the end", 4, true, "After the last change you look whether all is well.")
}

func (c *releaseCase) gradeLine(line int, log []logLine) Part {
	const name, most = "Root cause", 10
	var right []string
	for i, l := range log {
		if l.text != c.cause() {
			continue
		}
		if right = append(right, strconv.Itoa(i+1)); i+1 == line {
			return part(name, most, true, "Line %d: “%s”. A variable that the new version needs is empty; all that is louder follows from it, or has nothing to do with it.", line, l.text)
		}
	}
	why := "there is no such line"
	if line <= len(log) {
		why = "it says “" + log[line-1].text + "”"
		switch l := log[line-1].text; {
		case strings.Contains(l, c.optional):
			why += ", which the old version said too: nobody needs that variable"
		case strings.HasPrefix(l, "ERROR"), strings.HasPrefix(l, "FATAL"), strings.Contains(l, " is not up, try "):
			why += ", which is what came of it"
		}
	}
	return part(name, most, false, "Not line %d: %s. It is line %s: “%s”.", line, why, strings.Join(right, " or "), c.cause())
}

func (c *releaseCase) gradeVariable(name string) Part {
	const part4, most = "Missing variable", 8
	switch name {
	case c.variable:
		return part(part4, most, true, "%s: staging had it, production had not, and version %s needs it.", name, c.newer)
	case c.former:
		return part(part4, most, false, "%s is what version %s read, and it is set. Version %s reads another one: %s.", name, c.older, c.newer, c.variable)
	case c.optional:
		return part(part4, most, false, "%s is not set in staging either, where all is well. Version %s needs %s.", name, c.newer, c.variable)
	}
	return part(part4, most, false, "Not %s: version %s needs %s, which staging has and production has not.", name, c.newer, c.variable)
}

// gradeAfterwards looks at the post-mortem.
func (c *releaseCase) gradeAfterwards(x releaseAnswer) []Part {
	harm, possible, prevent := harms(c)[0], c.possible()[0], c.prevent()[0]
	return []Part{
		part("Post-mortem: effect", 4, x.harm == harm.Value, "What failed: %s.", harm.Label),
		part("Post-mortem: why it was possible", 4, x.possible == possible.Value, "%s. That somebody forgets a variable will happen again; that it reaches users need not.", possible.Label),
		part("Post-mortem: what to do", 4, x.prevent == prevent.Value, "%s. Asking people to take more care changes nothing.", prevent.Label),
	}
}
