package lab

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// failedRelease is L04: a release fails in production, with real processes that
// a plan starts and stops.
func failedRelease() Lab {
	return Lab{
		ID: "L04", Version: 1, Title: "The release has just failed",
		Summary: "A new version fails on real servers. Plan what you do, in which order: bring the service back, find the cause, get the release out, and write the post-mortem.",
		Topic:   "delivery", Minutes: 25,
		Prepare: prepareRelease, Grade: gradeRelease, Serve: serveRelease,
	}
}

const l04Text = `## Situation

It is **%[1]s**. Two minutes ago, version **%[2]s** of a %[3]s went out, after weeks on version %[4]s. Now the alert for failed requests is there, and you
are on call. The product runs on **two servers** behind a balancer, which gives each the same number of requests, whatever state it is in. When the alert
came, the roll-out was stopped: **%[5]s**.

From the release notes of %[2]s:

- %[6]s
- The flag **“%[7]s”** is on. %[8]s
- Settings have been tidied up; some have new names.

The chart shows how many requests failed. The log is that of both servers, for the last minutes. And there are the settings of staging, where %[2]s has run
without fault for a week, and of production. (Secrets are not shown.)

## What to do

Write a **plan**: steps in their order, each with its time. While they go on, users ask for pages: %[9]d requests a minute, of %[10]s. The plan is carried
out as it stands, on real processes: what you put on a server is really started, with the settings that there are then, and really gets those requests. In
the end **version %[2]s must run on all servers, with the flag on, and without failures**. But first the service must come back.

Then name the **variable**, the **line of the log** that shows the cause, and the conclusions for the **post-mortem**.

## How it is graded

By what happens: after how many minutes no request fails any more, whether one fails again later, and what runs in the end (48 points); by the order of your
steps (22); the cause (18); the post-mortem (12). It is passed with 85 points, if the service is back soon, stays so, the release is out, and the cause is right.
`

func prepareRelease(ctx context.Context, seed uint64) (task *Task, err error) {
	c := newReleaseCase(seed)
	s, err := openSite(ctx, c)
	defer func() { err = errors.Join(err, s.close()) }()
	if err != nil {
		return nil, err
	}
	return &Task{Text: c.text(), Fields: c.fields(), Charts: []Chart{s.chart()}, Tables: []Table{s.logTable(), c.settingTable()}}, nil
}

func (c *releaseCase) text() string {
	replaced := "both servers run the new version"
	if c.replaced < releaseServers {
		replaced = "server 1 runs the new version, server 2 still the old one"
	}
	migration := "Migration: adds the column `price_cents`, which may be empty. Version " + c.older + " does not look at it."
	if c.closed {
		migration = "Migration: moves what stood in `price_text` to `price_cents`, and drops `price_text`, which version " + c.older + " read."
	}
	guards := "It has nothing to do with “" + c.part + "”."
	if c.guards {
		guards = "With it, requests for " + c.routes[c.route] + " go through the new “" + c.part + "”; without it, they take the old way, which is still there."
	}
	return fmt.Sprintf(l04Text, c.time(0), c.newer, c.product, c.older, replaced, migration, c.flag, guards, releaseRequests, strings.Join(c.routes, ", "))
}

func (s *site) logTable() Table {
	t := Table{Title: "Log", Head: []string{"line", "time", "server", "text"}}
	for i, l := range s.log {
		text := l.text
		if l.times > 1 {
			text += fmt.Sprintf(" (%d times)", l.times)
		}
		t.Rows = append(t.Rows, []string{strconv.Itoa(i + 1), s.time(l.minute), strconv.Itoa(l.server), text})
	}
	return t
}

func (c *releaseCase) settingTable() Table {
	t := Table{Title: "Settings", Head: []string{"variable", "staging", "production"}}
	show := func(value string, secret bool) string {
		switch {
		case value == "":
			return "not set"
		case secret:
			return "set"
		}
		return value
	}
	for _, x := range c.settings() {
		t.Rows = append(t.Rows, []string{x.name, show(x.staging, x.secret), show(x.production, x.secret)})
	}
	return t
}
