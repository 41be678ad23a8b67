// Package bus carries events between the rooms and, in a cluster, between the
// nodes. It has two queues: point to point (durable JetStream consumers that
// share work, see consume.go) and publish/subscribe (core NATS subjects that
// every node hears, see follow.go). Outbox (outbox.go) gets a domain's changes
// onto it without losing one. What an event means belongs to the domains.
package bus

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/guildhall/guildhall/internal/ids"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
)

// Config says where the bus is.
type Config struct {
	URL     string // an outside NATS; empty: a server inside this process
	Dir     string // folder of the inside server's streams
	Log     *slog.Logger
	Metrics prometheus.Registerer // nil: not measured
}

// keep is how long events stay in the stream and in the outbox tables.
const keep = 72 * time.Hour

// Bus is a connection to the queues.
type Bus struct {
	log       *slog.Logger
	name      string // of this process
	server    *server.Server
	nc        *nats.Conn
	js        jetstream.JetStream
	stream    jetstream.Stream
	mu        sync.Mutex
	consumers []*consumer
	followers []*Follower
	outboxes  []*Outbox
	sub       *nats.Subscription
	metrics   metrics
	delay     time.Duration // before a failed event comes again, doubled each time
	rest      time.Duration // before parked events are tried again
	patience  time.Duration // see the constant; tests shorten it
}

type metrics struct {
	published, handled, failed, parked *prometheus.CounterVec
}

// Event is what a domain tells the others: a fact that is durable already.
type Event struct {
	ID     ids.ID // the outbox row; unique, and names the event for idempotency
	Domain string
	Kind   string
	Data   []byte // JSON of the domain's type for this kind
	// Own says that this process has made the change, and so knows of it. It is
	// told to followers only.
	Own bool
}

// At returns when the event was recorded.
func (e Event) At() time.Time { return e.ID.Time() }

// Decode reads an event's data as the type that the domain has for its kind.
func Decode[T any](e Event) (T, error) {
	var v T
	if err := json.Unmarshal(e.Data, &v); err != nil {
		return v, fmt.Errorf("event %s.%s %d: %w", e.Domain, e.Kind, e.ID, err)
	}
	return v, nil
}

// Open connects, starting the inside server if no URL is given.
func Open(ctx context.Context, c Config) (*Bus, error) {
	b := &Bus{log: c.Log, name: rand.Text(), metrics: newMetrics(c.Metrics), delay: time.Second, rest: 5 * time.Minute, patience: patience}
	if err := b.connect(c); err != nil {
		b.Close()
		return nil, fmt.Errorf("bus: %w", err)
	}
	var err error
	if b.js, err = jetstream.New(b.nc, jetstream.WithPublishAsyncMaxPending(8192)); err == nil {
		err = b.streams(ctx)
	}
	if err != nil {
		b.Close()
		return nil, fmt.Errorf("bus: %w", err)
	}
	return b, nil
}

func (b *Bus) connect(c Config) error {
	opts := []nats.Option{nats.Name("guildhall"), nats.MaxReconnects(-1), nats.ErrorHandler(b.onError),
		nats.ReconnectHandler(func(*nats.Conn) { b.lost(errors.New("the connection was interrupted")) })}
	url := c.URL
	if url == "" {
		var err error
		b.server, err = server.NewServer(&server.Options{DontListen: true, JetStream: true, StoreDir: c.Dir,
			NoSigs: true, NoLog: true, JetStreamMaxMemory: 16 << 20, JetStreamMaxStore: 4 << 30})
		if err != nil {
			return err
		}
		b.server.Start()
		if !b.server.ReadyForConnections(10 * time.Second) {
			return errors.New("the inside NATS server does not start; is its folder used by another process?")
		}
		opts = append(opts, nats.InProcessServer(b.server))
	}
	var err error
	b.nc, err = nats.Connect(url, opts...)
	return err
}

func (b *Bus) streams(ctx context.Context) error {
	var err error
	b.stream, err = b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: "EVENTS", Subjects: []string{"ev.>"}, MaxAge: keep, MaxBytes: 1 << 30,
		Discard: jetstream.DiscardOld, Duplicates: 2 * time.Minute,
	})
	if err != nil {
		return err
	}
	_, err = b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: "PARKED", Subjects: []string{"parked.>"}, MaxAge: 30 * 24 * time.Hour, MaxBytes: 256 << 20, Discard: jetstream.DiscardOld,
	})
	return err
}

// Close stops the consumers and the inside server. It may be called more than once.
func (b *Bus) Close() {
	b.mu.Lock()
	consumers := b.consumers
	b.consumers = nil
	b.mu.Unlock()
	for _, c := range consumers {
		c.stop()
	}
	if b.nc != nil {
		b.nc.Close()
	}
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
	}
}

// Healthy tells whether the bus can be reached.
func (b *Bus) Healthy() bool { return b.nc.IsConnected() }

// Parked returns how many events a consumer has put aside, or -1 if that cannot
// be told.
func (b *Bus) Parked(ctx context.Context, consumer string) int {
	stream, err := b.js.Stream(ctx, "PARKED")
	if err != nil {
		return -1
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter("parked."+consumer))
	if err != nil {
		return -1
	}
	return int(info.State.Subjects["parked."+consumer])
}

func subject(domain, kind string) string { return "ev." + domain + "." + kind }

// makerHeader names the process that has made a change.
const makerHeader = "Guildhall-Maker"

func (b *Bus) message(e Event) *nats.Msg {
	m := nats.NewMsg(subject(e.Domain, e.Kind))
	if e.Own {
		m.Header.Set(makerHeader, b.name)
	}
	m.Header.Set(nats.MsgIdHdr, e.Domain+"-"+e.ID.String())
	m.Data = e.Data
	return m
}

func event(subject string, header nats.Header, data []byte) (Event, error) {
	rest, ok := strings.CutPrefix(subject, "ev.")
	domain, kind, ok2 := strings.Cut(rest, ".")
	_, number, ok3 := strings.Cut(header.Get(nats.MsgIdHdr), "-")
	id, ok4 := ids.Parse(number)
	if !ok || !ok2 || !ok3 || !ok4 {
		return Event{}, fmt.Errorf("not an event: subject %q, id %q", subject, header.Get(nats.MsgIdHdr))
	}
	return Event{ID: id, Domain: domain, Kind: kind, Data: data}, nil
}

func newMetrics(r prometheus.Registerer) metrics {
	vec := func(name, help, label string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "guildhall_bus_" + name + "_total", Help: help}, []string{label})
		if r != nil {
			r.MustRegister(v)
		}
		return v
	}
	return metrics{
		published: vec("published", "Events handed to the stream.", "domain"),
		handled:   vec("handled", "Events that a consumer has dealt with.", "consumer"),
		failed:    vec("failed", "Attempts of a consumer that failed.", "consumer"),
		parked:    vec("parked", "Events put aside after too many failed attempts.", "consumer"),
	}
}
