package lab

import (
	"context"
	"fmt"
	"strconv"
)

func gradeCapacity(_ context.Context, seed uint64, a Answer) (*Report, error) {
	f := readForm(capacityFields(), a)
	rate, queries, bandwidth := f.number("rate", 0, 1e12), f.number("queries", 0, 1e12), f.number("bandwidth", 0, 1e12)
	s := size{web: f.whole("web", 1, 1000), db: f.whole("db", 1, 1000)}
	s.cache, _ = strconv.Atoi(f.choice("cache")) // an option is a number; none is noted
	if r := f.unread(13); r != nil {
		return r, nil
	}
	c := newCapacityCase(seed)
	c.aim()
	best, err := c.least()
	if err != nil {
		return nil, err
	}
	g := capacityGrade{capacityCase: c, size: s, whole: c.run(s, 1), lostWeb: c.lost(s, 1, 0), lostDB: c.lost(s, 0, 1)}
	parts := append(c.gradeEstimates(s, rate, queries, bandwidth), g.latency(), g.busyness(), g.loss())
	held := true
	for _, p := range parts[3:] {
		held = held && p.Points == p.Max
	}
	report := reportOf(append(parts, g.price(best, held))...)
	report.Charts = g.charts()
	report.Tables = []Table{g.table(best)}
	return report, nil
}

// capacityGrade is a member's plant and its runs.
type capacityGrade struct {
	*capacityCase
	size                   size
	whole, lostWeb, lostDB *flow
}

// lost runs a plant without some of its servers; nil if none is left.
func (c *capacityCase) lost(s size, web, db int) *flow {
	if s.web -= web; s.web == 0 {
		return nil
	}
	if s.db -= db; s.db == 0 {
		return nil
	}
	return c.run(s, 1)
}

func (c *capacityCase) gradeEstimates(s size, rate, queries, bandwidth float64) []Part {
	r := c.rate()
	q, b := r*c.miss(s.cache), r*c.kilobytes*8/1e6
	writes := ""
	if near(queries, r*(1-c.hits(s.cache)), 0.02) {
		writes = " Writes do not ask the cache."
	}
	return []Part{
		part("Requests a second", 1, near(rate, r, l03Rate), "%d million × %s × %d requests ÷ 86,400 s × %s = %s a second; you say %s.",
			c.members, percent(c.daily), c.actions, figure(c.peak), figure(r), figure(rate)),
		part("Database requests", 1, near(queries, q, l03Rate), "%s a second × (%s writes + %s reads × %s that the cache has not) = %s a second; you say %s.%s",
			figure(r), percent(c.writes), percent(1-c.writes), percent(1-c.hits(s.cache)), figure(q), figure(queries), writes),
		part("Bandwidth", 1, near(bandwidth, b, l03Rate), "%s a second × %s kB × 8 bits = %s Gbit/s; you say %s. A byte has 8 bits, and a Gbit is 10⁹.",
			figure(r), figure(c.kilobytes), figure(b), figure(bandwidth)),
	}
}

func (g *capacityGrade) latency() Part {
	if g.whole.overload {
		web, db := g.busy(g.size)
		return part("p99", 3, false, "The plant is overloaded: a queue grows without end. The web servers are given work for %s of their time, the database for %s.", percent(web), percent(db))
	}
	p := g.whole.p(.99)
	return part("p99", 3, p <= g.target, "p99 is %s ms, the target %s ms; a request waits %s ms in queues on average. What waits little and is still too slow needs fewer trips to the database, not more servers.",
		figure(p), figure(g.target), figure(mean(g.whole.waits)))
}

func (g *capacityGrade) busyness() Part {
	web, db := g.busy(g.size)
	return part("Busy shares", 2, max(web, db) <= l03Busy, "The web servers are busy for %s of their time, the database servers for %s; the bound is %s.", percent(web), percent(db), percent(l03Busy))
}

func (g *capacityGrade) loss() Part {
	for _, l := range []struct {
		name string
		flow *flow
		left size
	}{{"web server", g.lostWeb, size{g.size.web - 1, g.size.db, g.size.cache}}, {"database server", g.lostDB, size{g.size.web, g.size.db - 1, g.size.cache}}} {
		if l.flow == nil {
			return part("Loss of a server", 2, false, "Without one %s none is left: there is only one, and the service stands and falls with it.", l.name)
		}
		web, db := g.busy(l.left)
		if l.flow.overload || max(web, db) > l03LostBusy {
			return part("Loss of a server", 2, false, "Without one %s, those left are given work for %s (web) and %s (database) of their time; the bound is %s.", l.name, percent(web), percent(db), percent(l03LostBusy))
		}
		if p := l.flow.p(.99); p > l03LostP99*g.target {
			return part("Loss of a server", 2, false, "Without one %s p99 is %s ms; the bound is %s ms.", l.name, figure(p), figure(l03LostP99*g.target))
		}
	}
	return part("Loss of a server", 2, true, "p99 is %s ms without one web server and %s ms without one database server.", figure(g.lostWeb.p(.99)), figure(g.lostDB.p(.99)))
}

func (g *capacityGrade) price(best size, held bool) Part {
	cost, least := g.cost(g.size), g.cost(best)
	if !held {
		return part("Cost", 3, false, "%s € a month. A plant that does not hold cannot be cheap: it is compared once the parts above hold.", figure(cost))
	}
	return part("Cost", 3, cost <= l03Cost*least, "%s € a month; the cheapest plant that was found costs %s €, with %d web servers, %d database servers and %d GB of cache.",
		figure(cost), figure(least), best.web, best.db, best.cache)
}

// charts draws the times of the plant, and how p99 grows with the load.
func (g *capacityGrade) charts() []Chart {
	times := Chart{Kind: Lines, Title: "Answer times in the busiest hour", X: "answer time, ms", Y: "slower, % of requests", LogX: true, LogY: true, Limit: 1}
	for _, x := range []struct {
		name string
		flow *flow
	}{{"all servers", g.whole}, {"one web server lost", g.lostWeb}, {"one database server lost", g.lostDB}} {
		if x.flow != nil && x.flow.p(.99) > 0 { // p sorts
			times.Series = append(times.Series, slower(x.name, x.flow.times))
		}
	}
	load := Chart{Kind: Lines, Title: "p99 as the load grows", X: "load, % of the busiest hour", Y: "p99, ms", LogY: true, Limit: g.target}
	grows := Series{Name: "your plant"}
	for _, share := range []float64{.4, .7, 1, 1.2, 1.4, 1.6} {
		if f := g.run(g.size, share); len(f.times) > 0 {
			grows.Points = append(grows.Points, [2]float64{100 * share, f.p(.99)})
		}
	}
	load.Series = []Series{grows}
	return []Chart{times, load}
}

func (g *capacityGrade) table(best size) Table {
	t := Table{Title: "Your plant and the cheapest that was found", Head: []string{"", "web servers", "database servers", "cache, GB", "web busy", "database busy", "€ a month"}}
	for _, x := range []struct {
		name string
		size size
	}{{"yours", g.size}, {"cheapest", best}} {
		web, db := g.busy(x.size)
		t.Rows = append(t.Rows, []string{x.name, strconv.Itoa(x.size.web), strconv.Itoa(x.size.db), strconv.Itoa(x.size.cache), percent(web), percent(db), fmt.Sprint(figure(g.cost(x.size)))})
	}
	return t
}
