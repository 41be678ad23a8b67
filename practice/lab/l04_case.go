package lab

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
)

// How the new version behaves without the variable that it needs.
const (
	breaksAtStart = "dies"  // it ends while it starts
	breaksWaiting = "hangs" // it never comes to listen
	breaksOnUse   = "fails" // it runs, and fails the requests that need it
)

// What brings the service back quickest.
const (
	mendRollback = "rollback"
	mendFlag     = "flag"    // the way back is closed, the flag guards the fault
	mendForward  = "forward" // the way back is closed, and no flag helps
	mendEither   = "either"  // way back and flag are both open
)

// releaseCase is one attempt's situation.
type releaseCase struct {
	seed     uint64
	product  string
	routes   []string
	part     string // of the program, that needs the variable
	variable string // that the new version needs
	former   string // that the old version reads, and that is set
	optional string // that neither needs, and that a warning is about
	older    string // version
	newer    string
	breaks   string
	mend     string
	flag     string
	guards   bool // the flag guards what is broken
	closed   bool // the migration has taken away what the old version reads
	replaced int  // servers that the new version runs on when the alert comes
	route    int  // that needs the part
	alert    int  // minutes of the day
	noise    []string
	order    []int // of the lines that a start writes
}

// releaseServers is how many servers run the product.
const releaseServers = 2

type releaseProduct struct {
	name   string
	routes []string
}

func releaseProducts() []releaseProduct {
	return []releaseProduct{
		{"ticket shop", []string{"/plays", "/seats", "/orders"}}, {"library", []string{"/search", "/loans", "/reservations"}},
		{"clinic's calendar", []string{"/doctors", "/slots", "/bookings"}}, {"school portal", []string{"/courses", "/marks", "/certificates"}},
		{"parcel tracker", []string{"/parcels", "/routes", "/labels"}}, {"recipe box", []string{"/recipes", "/lists", "/deliveries"}},
	}
}

// releasePart is a part of a program that needs a setting, and what it was
// called before.
type releasePart struct{ name, variable, former string }

func releaseParts() []releasePart {
	return []releasePart{
		{"payments", "PAYMENT_SIGNING_KEY", "PAYMENT_KEY"}, {"mailer", "MAIL_API_TOKEN", "SMTP_PASSWORD"}, {"storage", "BLOB_BUCKET_URL", "STORAGE_DIR"},
		{"signatures", "SIGNING_SEED", "SIGNING_FILE"}, {"prices", "RATES_FEED_URL", "RATES_FILE"}, {"printing", "PRINT_QUEUE_URL", "PRINTER_ADDRESS"},
	}
}

// newReleaseCase makes up the situation of a seed.
func newReleaseCase(seed uint64) *releaseCase {
	r := dice(seed, 4)
	product, part := pick(r, releaseProducts()), pick(r, releaseParts())
	major, minor := 1+r.IntN(6), 1+r.IntN(18)
	c := &releaseCase{seed: seed, product: product.name, routes: product.routes, part: part.name, variable: part.variable, former: part.former,
		optional: pick(r, []string{"TRACE_URL", "METRICS_PUSH_URL", "ERROR_REPORT_DSN"}), older: fmt.Sprintf("%d.%d", major, minor), newer: fmt.Sprintf("%d.%d", major, minor+1),
		breaks: pick(r, []string{breaksAtStart, breaksWaiting, breaksOnUse}), mend: pick(r, []string{mendRollback, mendRollback, mendForward, mendForward, mendFlag, mendEither}),
		replaced: 1 + r.IntN(releaseServers), route: r.IntN(len(product.routes)), alert: 9*60 + r.IntN(9*60)}
	c.guards = c.mend == mendFlag || c.mend == mendEither
	c.closed = c.mend == mendFlag || c.mend == mendForward
	if c.guards {
		c.breaks, c.flag = breaksOnUse, "new-"+c.part
	} else {
		c.flag = pick(r, []string{"dark-mode", "short-links", "quick-search"})
	}
	if c.closed { // the old version could not go on beside it
		c.replaced = releaseServers
	}
	c.noise = []string{
		fmt.Sprintf("WARN  %s is not set: nothing is sent there", c.optional),
		fmt.Sprintf("WARN  certificate expires in %d days", 9+r.IntN(20)),
		fmt.Sprintf("INFO  cache: %d MiB, empty", 32<<r.IntN(4)),
		fmt.Sprintf("WARN  clock is %d ms behind the time server", 3+r.IntN(40)),
	}
	c.order = r.Perm(len(c.noise) + 1)
	return c
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// cause is the line of the log that shows the cause.
func (c *releaseCase) cause() string {
	return fmt.Sprintf("INFO  %s: %s has 0 bytes", c.part, c.variable)
}

// startLines are what the new version writes while it starts; the old one says
// of its part that it has what it needs.
func (c *releaseCase) startLines(newer bool) []string {
	lines := make([]string, len(c.order))
	for i, n := range c.order {
		switch {
		case n < len(c.noise):
			lines[i] = c.noise[n]
		case newer:
			lines[i] = fmt.Sprintf("INFO  %s: %s has %%d bytes", c.part, c.variable)
		default:
			lines[i] = fmt.Sprintf("INFO  %s: %s has %%d bytes", c.part, c.former)
		}
	}
	return lines
}

// needs says whether a request needs the part that is broken.
func (c *releaseCase) needs(route string) bool { return route == c.routes[c.route] }

// setting is a variable of the configuration. Values that are secret are not
// shown.
type setting struct {
	name, staging, production string
	secret                    bool
}

// settings are the configuration when the alert comes.
func (c *releaseCase) settings() []setting {
	list := []setting{
		{c.variable, "3f9c0b7a51d24e68", "", true}, {c.former, "a77e10c2", "5be2f1d9", true}, {c.optional, "", "", false},
		{"LOG_LEVEL", "debug", "info", false}, {"DATABASE_URL", "postgres://staging", "postgres://production", true}, {"WORKERS", "2", "8", false}, {"REGION", "test", "eu-1", false},
	}
	slices.SortFunc(list, func(a, b setting) int { return compareText(a.name, b.name) })
	return list
}

func compareText(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

// time writes a minute since the alert as a time of the day.
func (c *releaseCase) time(minute int) string {
	m := c.alert + minute
	return fmt.Sprintf("%02d:%02d", m/60%24, m%60)
}

// harms are the answers to what fails, the right one first.
func harms(c *releaseCase) []Option {
	route := c.routes[c.route]
	all := []Option{{"all", "all requests"}, {"half", "every second request, whatever is asked for"}, {"route", "all requests for " + route + ", no others"},
		{"halfroute", "every second request for " + route + ", no others"}, {"slow", "none; all are slow"}}
	right := 0
	if c.breaks == breaksOnUse {
		right = 2
	}
	if c.replaced < releaseServers {
		right++
	}
	all[0], all[right] = all[right], all[0]
	return all
}

// possible and prevent are the answers to why it could happen, and what would
// have kept it from users, the right one first.
func (c *releaseCase) possible() []Option {
	blame := Option{"person", "Whoever released did not read the release notes with care"}
	few := Option{"few", "Two servers are too few for this product"}
	loud := Option{"noise", "The log has warnings that nobody reads"}
	if c.breaks == breaksOnUse {
		return []Option{{"lazy", "The program starts, and calls itself healthy, without a setting that it needs"}, blame, few, loud}
	}
	return []Option{{"gate", "The roll-out gives requests to a server that is not ready, and goes on to the next"}, blame, few, loud}
}

func (c *releaseCase) prevent() []Option {
	wrong := []Option{{"approve", "A second person approves every release"}, {"careful", "Whoever releases compares the settings by hand, and signs a list"}, {"servers", "A third server"}}
	if c.breaks == breaksOnUse {
		return append([]Option{{"check", "The program reads all its settings when it starts and refuses to start without one; the pipeline tries that with production's settings first"}}, wrong...)
	}
	return append([]Option{{"ready", "A server gets requests only once it says that it is ready, and a roll-out stops at the first that does not"}}, wrong...)
}

// shuffled returns options in an order of the seed.
func (c *releaseCase) shuffled(list []Option, use uint64) []Option {
	list = slices.Clone(list)
	dice(c.seed, 40+use).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// fields are what is asked for.
func (c *releaseCase) fields() []Field {
	var steps []Option
	for _, a := range releaseActions(c) {
		steps = append(steps, Option{a.name, a.text + " " + strconv.Itoa(a.minutes) + " min."})
	}
	return []Field{
		{Name: "plan", Label: "Your plan", Kind: Steps, Max: 1000, Options: steps, Help: fmt.Sprintf("One step a line, in order, at most %d; a step may be there more than once.", releaseSteps)},
		{Name: "variable", Label: "Variable that the step “set” sets", Kind: Line, Max: 60, Help: "Its name, in capitals. Its value comes from the store of secrets."},
		{Name: "line", Label: "Line of the log that shows the cause", Kind: Number, Max: 6, Help: "Its number. Not the loudest line: the first that tells what is wrong."},
		{Name: "harm", Label: "Post-mortem: what failed when the alert came", Kind: Choice, Max: 20, Options: c.shuffled(harms(c), 1)},
		{Name: "possible", Label: "Post-mortem: why a missing setting could do harm", Kind: Choice, Max: 20, Options: c.shuffled(c.possible(), 2)},
		{Name: "prevent", Label: "Post-mortem: what keeps it from users the next time", Kind: Choice, Max: 20, Options: c.shuffled(c.prevent(), 3)},
	}
}
