package observe

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// daySlots is how many points of a day are remembered, and perDaySlot of how
// many points each is the average.
const (
	daySlots   = 288
	perDaySlot = 30
)

// Point is how this process was in a stretch of time.
type Point struct {
	At         time.Time // its end
	CPU        float64   // processors in use
	Memory     float64   // bytes of it that are in the machine's memory
	Goroutines float64
	Requests   float64       // a second
	Failed     float64       // a second
	P95        time.Duration // that 95 % of the requests did not exceed
}

// History remembers how this process was: a point each ten seconds for an hour,
// and one each five minutes for a day. It begins anew with the process.
type History struct {
	traffic *Traffic
	now     func() time.Time
	process *prometheus.Registry
	mu      sync.Mutex
	hour    []Point
	day     []Point
	part    []Point // of the next point of the day
	cpu     float64 // seconds used up to the last point
	at      time.Time
	since   time.Time // of the first point
}

// NewHistory returns an empty history.
func NewHistory(t *Traffic, now func() time.Time) *History {
	h := &History{traffic: t, now: now, process: prometheus.NewRegistry()}
	h.process.MustRegister(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return h
}

// Run takes a point every ten seconds until ctx ends.
func (h *History) Run(ctx context.Context) {
	tick := time.NewTicker(slotTime)
	defer tick.Stop()
	for {
		h.Take()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Take takes a point now.
func (h *History) Take() {
	cpu, memory := h.usage()
	flow := h.traffic.last()
	p := Point{At: h.now(), Memory: memory, Goroutines: float64(runtime.NumGoroutine()),
		Requests: float64(flow.Requests) / slotTime.Seconds(), Failed: float64(flow.Failed) / slotTime.Seconds(), P95: flow.P95}
	h.mu.Lock()
	defer h.mu.Unlock()
	if took := p.At.Sub(h.at).Seconds(); !h.at.IsZero() && took > 0 {
		p.CPU = max(0, (cpu-h.cpu)/took)
	}
	if h.since.IsZero() {
		h.since = p.At
	}
	h.cpu, h.at = cpu, p.At
	h.hour = keepLast(h.hour, p, hourSlots)
	if h.part = append(h.part, p); len(h.part) == perDaySlot {
		h.day, h.part = keepLast(h.day, average(h.part), daySlots), h.part[:0]
	}
}

// usage returns the processor's seconds that this process has used, and its
// bytes in memory; zeros where the system does not tell.
func (h *History) usage() (cpu, memory float64) {
	families, err := h.process.Gather()
	if err != nil {
		return 0, 0
	}
	for _, f := range families {
		switch f.GetName() {
		case "process_cpu_seconds_total":
			cpu = f.GetMetric()[0].GetCounter().GetValue()
		case "process_resident_memory_bytes":
			memory = f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	return cpu, memory
}

func keepLast(list []Point, p Point, most int) []Point {
	if len(list) == most {
		copy(list, list[1:])
		list = list[:most-1]
	}
	return append(list, p)
}

// average returns the average of points, but the slowest of their requests.
func average(list []Point) Point {
	out := Point{At: list[len(list)-1].At}
	for _, p := range list {
		out.CPU += p.CPU
		out.Memory += p.Memory
		out.Goroutines += p.Goroutines
		out.Requests += p.Requests
		out.Failed += p.Failed
		out.P95 = max(out.P95, p.P95)
	}
	for _, sum := range []*float64{&out.CPU, &out.Memory, &out.Goroutines, &out.Requests, &out.Failed} {
		*sum /= float64(len(list))
	}
	return out
}

// Since is when the history began; zero if it has not.
func (h *History) Since() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.since
}

// Hour returns the points of the last hour, the oldest first.
func (h *History) Hour() []Point {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Point(nil), h.hour...)
}

// Day returns the points of the last day, the oldest first.
func (h *History) Day() []Point {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Point(nil), h.day...)
}
