package lab

import (
	"fmt"
	"slices"
	"strings"
)

// graded is the three databases that an answer is judged by.
type graded struct{ before, answer, right trial }

// report judges. The parts make 100 points.
func (g *graded) report(s *scenario, query string) *Report {
	result, plan, work, cost := g.result(), g.plan(s, query), g.work(), g.cost()
	return &Report{
		Passed: result.Points == result.Max && plan.Points >= 15 && work.Points >= 20,
		Parts:  []Part{result, plan, work, cost},
		Charts: []Chart{
			bars("Pages that the query looks at", "pages", true, g.before.pages, g.answer.pages, g.right.pages),
			bars("Pages that an INSERT looks at, for 1,000 rows", "pages", false, g.before.writes*1000/newRows, g.answer.writes*1000/newRows, g.right.writes*1000/newRows),
			bars("Size of the file", "KiB", false, int(g.before.size>>10), int(g.answer.size>>10), int(g.right.size>>10)),
		},
		Tables: []Table{g.table()},
		Log:    "Plan before:\n" + strings.Join(g.before.measured.plan, "\n") + "\n\nYour plan:\n" + strings.Join(g.answer.measured.plan, "\n"),
	}
}

func bars(title, unit string, log bool, values ...int) Chart {
	c := Chart{Kind: Bars, Title: title, Y: unit, LogY: log, Labels: []string{"before", "yours", "a good answer"}, Series: []Series{{Name: unit}}}
	for i, v := range values {
		c.Series[0].Points = append(c.Series[0].Points, [2]float64{float64(i), float64(v)})
	}
	return c
}

func (g *graded) table() Table {
	row := func(name string, f func(t *trial) string) []string {
		return []string{name, f(&g.before), f(&g.answer), f(&g.right)}
	}
	return Table{Title: "Before and after (times are of this run and this machine; points go by pages)",
		Head: []string{"", "before", "yours", "a good answer"},
		Rows: [][]string{
			row("pages of the query", func(t *trial) string { return fmt.Sprint(t.pages) }),
			row("median time of the query", func(t *trial) string { return milliseconds(t.took) }),
			row(fmt.Sprintf("pages of %d inserts", newRows), func(t *trial) string { return fmt.Sprint(t.writes) }),
			row(fmt.Sprintf("time of %d inserts", newRows), func(t *trial) string { return milliseconds(t.insert) }),
			row("times the inserts' work without indexes", func(t *trial) string {
				return fmt.Sprintf("%.1f", float64(t.writes)/float64(max(g.before.writes, 1)))
			}),
			row("size of the file", func(t *trial) string { return fmt.Sprintf("%d KiB", t.size>>10) }),
			row("indexes", func(t *trial) string { return fmt.Sprint(len(t.names)) }),
		}}
}

// result looks at the rows, before and after new ones came.
func (g *graded) result() Part {
	p := Part{Name: "Same result", Max: 25}
	for _, c := range []struct {
		want, got *result
		when      string
	}{{g.before.result, g.answer.result, ""}, {g.before.later, g.answer.later, " after new rows came in: it must hold for any data, not only for today's"}} {
		switch {
		case c.want.order == c.got.order:
		case c.want.set == c.got.set:
			p.Text = "Your query returns the right rows in another order" + c.when + "."
			return p
		default:
			p.Text = fmt.Sprintf("Your query returns other rows than the slow one%s. %s", c.when, difference(c.want.rows, c.got.rows))
			return p
		}
	}
	p.Points, p.Text = p.Max, fmt.Sprintf("The same %d rows in the same order, also after %d new rows came in.", len(g.answer.rows), newRows)
	return p
}

// difference tells of the first row that is not the same.
func difference(want, got []string) string {
	for i := range max(len(want), len(got)) {
		w, h := "no row", "no row"
		if i < len(want) {
			w = clip(want[i])
		}
		if i < len(got) {
			h = clip(got[i])
		}
		if w != h {
			return fmt.Sprintf("Row %d is %s and should be %s.", i+1, h, w)
		}
	}
	return ""
}

func clip(s string) string {
	s = strings.TrimSuffix(s, "|")
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}

// plan looks at how SQLite means to run the query.
func (g *graded) plan(s *scenario, query string) Part {
	p := Part{Name: "Plan", Max: 25}
	scans, sorts := steps(g.answer.measured.plan, s, query)
	_, needed := steps(g.right.measured.plan, s, s.right()["query"])
	var why []string
	if len(scans) == 0 {
		p.Points += 15
		why = append(why, "It searches with an index: "+strings.Join(searches(g.answer.measured.plan), "; ")+".")
	} else {
		why = append(why, fmt.Sprintf("It still reads all of %s: %s. An index helps only when its first columns are those that the query compares, "+
			"bare and not inside a function: columns compared with = first, then the one with a range or the order.", s.big, strings.Join(scans, "; ")))
	}
	if len(scans) == 0 && len(sorts) <= len(needed) {
		p.Points += 10
	}
	if len(sorts) > len(needed) {
		why = append(why, "It sorts in a temporary B-tree ("+strings.Join(sorts, "; ")+") although an index can give the rows in this order: "+
			"put the column of ORDER BY after those compared with =.")
	}
	p.Text = strings.Join(why, " ")
	return p
}

// steps returns the plan's steps that read all of the big table, and those that sort.
func steps(plan []string, s *scenario, query string) (scans, sorts []string) {
	names := aliases(query, s.big)
	for _, line := range plan {
		line = strings.TrimSpace(line)
		f := strings.Fields(line)
		switch {
		case len(f) > 1 && f[0] == "SCAN" && slices.Contains(names, strings.ToLower(f[1])), strings.Contains(line, "AUTOMATIC"):
			scans = append(scans, line)
		case strings.HasPrefix(line, "USE TEMP B-TREE"):
			sorts = append(sorts, line)
		}
	}
	return scans, sorts
}

func searches(plan []string) (out []string) {
	for _, line := range plan {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "SEARCH") {
			out = append(out, line)
		}
	}
	return out
}

// aliases returns the names that a table has in a query: its own and those that
// follow it.
func aliases(query, table string) []string {
	out := []string{table}
	all, err := statements(query)
	if err != nil || len(all) == 0 {
		return out // cannot be: it has run
	}
	s := all[0]
	for i, t := range s {
		if t.name() != table {
			continue
		}
		if i+1 < len(s) && s[i+1].is("as") {
			i++
		}
		if i+1 < len(s) && s[i+1].name() != "" {
			out = append(out, s[i+1].name())
		}
	}
	return out
}

// work looks at how many pages the query looks at.
func (g *graded) work() Part {
	p := Part{Name: "Work", Max: 30}
	before, got, right := g.before.pages, g.answer.pages, g.right.pages
	switch {
	case got <= max(2*right, right+20):
		p.Points, p.Text = 30, "As little work as in a good answer"
	case got <= before/10:
		p.Points, p.Text = 20, "Much less work, but some of what is read is thrown away again: let the index hold every column that is compared"
	case got <= before/3:
		p.Points, p.Text = 10, "Less work, but most of what is read is thrown away again: which condition leaves the fewest rows, and does the index know it?"
	default:
		p.Text = "The query reads about as much as before"
	}
	p.Text += fmt.Sprintf(": %d pages, %d before, %d in a good answer.", got, before, right)
	return p
}

// cost looks at what the indexes cost at each INSERT and on disk, beyond what a
// good answer does.
func (g *graded) cost() Part {
	p := Part{Name: "Cost of the indexes", Max: 20}
	writes := float64(g.answer.writes) / float64(g.right.writes)
	size := float64(g.answer.size-g.before.size) / float64(g.right.size-g.before.size)
	excess := max(writes/1.3, size/1.7, 1) - 1
	p.Points = max(0, p.Max-int(excess*12+0.5))
	times := func(t *trial) float64 { return float64(t.writes) / float64(g.before.writes) }
	p.Text = fmt.Sprintf("Inserts look at %.1f times as many pages as without indexes (a good answer: %.1f), and the file grows by %d KiB (a good answer: %d).",
		times(&g.answer), times(&g.right), (g.answer.size-g.before.size)>>10, (g.right.size-g.before.size)>>10)
	if unused := g.unused(); len(unused) > 0 {
		p.Points = max(0, p.Points-4*len(unused))
		p.Text += fmt.Sprintf(" The query does not use %s: every INSERT pays for it and nothing gains.", strings.Join(unused, ", "))
	} else if p.Points < p.Max {
		p.Text += " Fewer columns in an index, or fewer indexes, would do."
	}
	return p
}

// unused returns the member's indexes that the plan does not name.
func (g *graded) unused() (out []string) {
	plan := strings.Join(g.answer.measured.plan, "\n") + "\n"
	for _, n := range g.answer.names {
		if !strings.Contains(plan, "INDEX "+n+" ") && !strings.Contains(plan, "INDEX "+n+"\n") {
			out = append(out, n)
		}
	}
	return out
}
