package lab

import (
	"cmp"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// This file is the program of L07, which a member finds the fault of. What is
// dear stands here twice: 1 is how it is with the fault, 2 without. Members are
// shown the text of this file, with the number taken off. Nothing is inlined,
// so that a profile shows each function.

// program answers requests for lists of orders.
type program struct {
	broken   string // the function with the fault
	fix      string
	products []item
	byName   map[string]item
	blocked  string // pattern of texts that are not shown
	pattern  *regexp.Regexp
	body     string // of each request
	packer   *flate.Writer
	packing  sync.Mutex
}

type item struct {
	name  string
	price int
}

type row struct {
	id, product, text string
	price             int
}

// newProgram makes the program of a case, with a load of so many rows a
// request.
func newProgram(c *cpuCase, fix string, rows int) (*program, error) {
	r := rand.New(rand.NewPCG(c.seed, 0x1007))
	p := &program{broken: c.broken, fix: fix, byName: map[string]item{}, blocked: `^(?:refund|return|broken)(?:[ -][a-z]{2,12}){1,6} [0-9]{2,6}$`}
	for i := range c.products {
		x := item{fmt.Sprintf("product-%05d", i), 1 + r.IntN(90000)}
		p.products = append(p.products, x)
		p.byName[x.name] = x
	}
	p.pattern = regexp.MustCompile(p.blocked)
	var b strings.Builder
	for i := range rows {
		if i > 0 && r.IntN(20) == 0 {
			i-- // sent again
		}
		fmt.Fprintf(&b, "order-%07d;%s;%d times, please\n", i, p.products[r.IntN(len(p.products))].name, 1+r.IntN(99))
	}
	p.body = b.String()
	var err error
	p.packer, err = flate.NewWriter(io.Discard, flate.BestSpeed)
	return p, err
}

// mended says whether a function is as it should be.
func (p *program) mended(name, by string) bool { return p.broken != name || p.fix == by }

//go:noinline
func (p *program) handle() string {
	rows := p.parse(p.body)
	if p.mended("unique", fixSet) {
		rows = p.unique2(rows)
	} else {
		rows = p.unique1(rows)
	}
	if p.mended("lookup", fixIndex) {
		p.lookup2(rows)
	} else {
		p.lookup1(rows)
	}
	if p.mended("screen", fixOnce) {
		rows = p.screen2(rows)
	} else {
		rows = p.screen1(rows)
	}
	if p.mended("rank", fixSort) {
		rows = p.rank2(rows)
	} else {
		rows = p.rank1(rows)
	}
	var page string
	if p.mended("render", fixBuilder) {
		page = p.render2(rows)
	} else {
		page = p.render1(rows)
	}
	p.pack(page)
	return p.sign(page)
}

//go:noinline
func (p *program) parse(body string) []row {
	var rows []row
	for line := range strings.Lines(body) {
		parts := strings.Split(strings.TrimSpace(line), ";")
		rows = append(rows, row{id: parts[0], product: parts[1], text: parts[2]})
	}
	return rows
}

//go:noinline
func (p *program) unique1(rows []row) []row {
	var kept []row
	for _, r := range rows {
		if !slices.ContainsFunc(kept, func(k row) bool { return k.id == r.id }) {
			kept = append(kept, r)
		}
	}
	return kept
}

//go:noinline
func (p *program) unique2(rows []row) []row {
	kept, seen := rows[:0:0], make(map[string]bool, len(rows))
	for _, r := range rows {
		if !seen[r.id] {
			seen[r.id] = true
			kept = append(kept, r)
		}
	}
	return kept
}

//go:noinline
func (p *program) lookup1(rows []row) {
	for i := range rows {
		for _, x := range p.products {
			if x.name == rows[i].product {
				rows[i].price = x.price
			}
		}
	}
}

//go:noinline
func (p *program) lookup2(rows []row) {
	for i := range rows {
		rows[i].price = p.byName[rows[i].product].price
	}
}

//go:noinline
func (p *program) screen1(rows []row) []row {
	var shown []row
	for _, r := range rows {
		blocked := regexp.MustCompile(p.blocked)
		if !blocked.MatchString(r.text) {
			shown = append(shown, r)
		}
	}
	return shown
}

//go:noinline
func (p *program) screen2(rows []row) []row {
	var shown []row
	for _, r := range rows {
		if !p.pattern.MatchString(r.text) {
			shown = append(shown, r)
		}
	}
	return shown
}

//go:noinline
func (p *program) rank1(rows []row) []row {
	var ranked []row
	for _, r := range rows {
		ranked = append(ranked, r)
		slices.SortFunc(ranked, dearest)
	}
	return ranked
}

//go:noinline
func (p *program) rank2(rows []row) []row {
	slices.SortFunc(rows, dearest)
	return rows
}

func dearest(a, b row) int {
	return cmp.Or(b.price-a.price, strings.Compare(a.id, b.id))
}

//go:noinline
func (p *program) render1(rows []row) string {
	page := ""
	for _, r := range rows {
		page += r.id + " " + r.product + " " + strconv.Itoa(r.price) + " " + r.text + "\n"
	}
	return page
}

//go:noinline
func (p *program) render2(rows []row) string {
	var page strings.Builder
	for _, r := range rows {
		page.WriteString(r.id + " " + r.product + " " + strconv.Itoa(r.price) + " " + r.text + "\n")
	}
	return page.String()
}

//go:noinline
func (p *program) pack(page string) {
	p.packing.Lock()
	defer p.packing.Unlock()
	p.packer.Reset(io.Discard)
	_, _ = io.WriteString(p.packer, page[:min(len(page), 8<<10)]) // to nowhere: it cannot fail
	_ = p.packer.Flush()
}

//go:noinline
func (p *program) sign(page string) string {
	sum := sha256.Sum256([]byte(page))
	return hex.EncodeToString(sum[:])
}
