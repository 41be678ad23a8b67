package testkit

import (
	"testing"
	"time"

	"github.com/guildhall/guildhall/internal/bus"
	"github.com/nats-io/nats-server/v2/server"
)

// NATS starts a server that several nodes can share, and returns its URL.
func NATS(t *testing.T) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("NATS does not start")
	}
	return s.ClientURL()
}

// Connect returns a bus as a node of its own has it.
func (k *Kit) Connect(url string) *bus.Bus {
	k.Helper()
	b, err := bus.Open(k.Ctx, bus.Config{URL: url, Log: k.Log})
	if err != nil {
		k.Fatal(err)
	}
	k.Cleanup(b.Close)
	return b
}
