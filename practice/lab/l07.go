package lab

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"
)

// highCPU is L07: a server at full CPU, with a real profile of a real program.
func highCPU() Lab {
	return Lab{
		ID: "L07", Version: 1, Title: "One server at full CPU",
		Summary: "Read a real CPU profile of a running program, name the function that has to change and why, and choose the fix; the program then runs with it.",
		Topic:   "performance", Minutes: 20,
		Prepare: prepareCPU, Grade: gradeCPU, Serve: serveCPU,
	}
}

// programText is the program that is measured, as members read it.
//
//go:embed l07_program.go
var programText string

const l07Text = `## Situation

Since this morning one of your servers has all its CPU in use, and answers are slow. Its traffic is that of the other servers, and it has their version. What
differs are the requests of one customer, who now asks for lists of **%[1]d orders** at a time, from a catalogue of %[2]d products.

You have taken the server out of the balancer, kept it running, sent it that customer's request over and over, and taken a **CPU profile**: %[3]d samples, each
for %[4]d ms of CPU. The profile below is a real one, taken a moment ago for you.

- *flat* is the time in a function itself, *cum* with all that it calls;
- in the flame graph each box is a function on the one that called it, as wide as its part of the CPU. Boxes beside each other are in the order of the
  alphabet, not of time.

app.serve calls app.handle for each request, which calls one after the other: parse, unique, lookup, screen, rank, render, pack, sign.

## The code

%[5]s

## What to decide

1. **Which function has to change.** Much of the time may be in functions of Go's library and runtime; somebody calls them.
2. **Which part of the CPU** it takes, with all that it calls (within %[6]d percentage points).
3. **Why** it takes so much, and **how that grows** with the rows of a request.
4. **What to change.**

## How it is graded

The program runs again, as it is and with your change, and the CPU time of a request is measured: it must fall to **a fifth or less**. Other work on the machine
does not count. If a run is too noisy to tell, nothing is graded and you can send the answer again.
`

const (
	prepareBudget = 1200 * time.Millisecond // of CPU
	l07Share      = 12                      // percentage points that an estimate may be off
)

func prepareCPU(ctx context.Context, seed uint64) (*Task, error) {
	c := newCPUCase(seed)
	run, err := c.measure(ctx, cpuArgs{Budget: prepareBudget, Profile: true})
	if err != nil {
		return nil, err
	}
	p := newCPUProfile(run.Stacks)
	if p.samples < leastSample { // a system without a clock for profiles: no task is better than one that misleads
		return nil, fmt.Errorf("a profile of %d samples", p.samples)
	}
	return &Task{
		Text:   fmt.Sprintf(l07Text, c.rows, c.products, p.samples, sampleTime, c.code(), l07Share),
		Fields: c.fields(), Tables: p.tables(), Charts: []Chart{p.flame("Flame graph of the CPU profile")},
	}, nil
}

// code is the program's text as it runs, as Markdown.
func (c *cpuCase) code() string {
	var b strings.Builder
	b.WriteString("```go\n")
	for i, name := range cpuFunctions()[2:] { // what only calls is told in words
		variant := name + "2"
		if name == c.broken {
			variant = name + "1"
		}
		text, found := functionText(variant)
		if !found {
			text, _ = functionText(name)
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.Replace(text, variant+"(", name+"(", 1))
	}
	b.WriteString("```")
	return b.String()
}

// functionText cuts a method out of the program's text.
func functionText(name string) (string, bool) {
	_, rest, found := strings.Cut(programText, "\nfunc (p *program) "+name+"(")
	if !found {
		return "", false
	}
	body, _, _ := strings.Cut(rest, "\n}\n")
	return "func (p *program) " + name + "(" + body + "\n}\n", true
}
