package mastodon

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
	jsonv2 "github.com/go-json-experiment/json"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/notifications"
)

const (
	pingEvery  = 30 * time.Second
	socketDead = 60 * time.Second // without an answer to a ping, or while one write takes
	commandMax = 4 << 10          // bytes of a message from the client
)

// socket is one WebSocket: a feed, what the client asks of it, and what it is
// sent.
type socket struct {
	*Call
	conn  *websocket.Conn
	feed  *notifications.Feed
	buf   []byte
	mocks map[ids.ID]*mockChannel
	heard chan mockHeard // what these carry
}

// streamParams name a stream: the first one of a socket, or that of a command.
type streamParams struct {
	Stream string `param:"stream" json:"stream"`
	Tag    string `param:"tag" json:"tag"`
	List   string `param:"list" json:"list"`
	Mock   string `param:"mock" json:"mock"`   // of the stream mock
	After  string `param:"after" json:"after"` // the event of it that the client has
}

func (p streamParams) channel() notifications.Channel {
	c := notifications.Channel{Name: p.Stream, Tag: p.Tag}
	if p.List == "" {
		return c
	}
	var ok bool
	if c.List, ok = ids.Parse(p.List); !ok {
		c.List = noSuchID
	}
	return c
}

// stream answers a WebSocket handshake, or explains that one is needed.
func (s *server) stream(c *Call) error {
	if !strings.EqualFold(c.R.Header.Get("Upgrade"), "websocket") {
		return errs.New(errs.Malformed, "This address speaks WebSocket; for server-sent events see /api/v1/streaming/user and its siblings")
	}
	feed, err := s.subscribe(c)
	if err != nil {
		return err
	}
	defer feed.Close()
	ctx, cancel := context.WithCancel(c.R.Context())
	defer cancel()
	sock := &socket{Call: c, feed: feed, mocks: map[ids.ID]*mockChannel{}, heard: make(chan mockHeard)}
	if name := c.Param("stream"); name != "" {
		if err := sock.subscribe(ctx, streamParams{name, c.Param("tag"), c.Param("list"), c.Param("mock"), c.Param("after")}); err != nil {
			return err
		}
	}
	// A token and no cookie says who asks, so any page may connect. Browsers
	// send the token as the protocol, and want it echoed.
	accept := websocket.AcceptOptions{InsecureSkipVerify: true}
	if protocol := c.R.Header.Get("Sec-WebSocket-Protocol"); protocol != "" {
		accept.Subprotocols = []string{protocol}
	}
	c.status = http.StatusSwitchingProtocols
	conn, err := websocket.Accept(c.W, c.R, &accept)
	if err != nil {
		return nil // Accept has answered
	}
	defer conn.CloseNow()
	conn.SetReadLimit(commandMax)
	sock.conn = conn
	commands := make(chan []byte)
	go func() {
		defer cancel()
		sock.read(ctx, commands)
	}()
	sock.write(ctx, commands)
	return nil
}

// read hands on what the client sends until the connection ends.
func (k *socket) read(ctx context.Context, commands chan<- []byte) {
	for {
		kind, text, err := k.conn.Read(ctx)
		if err != nil || kind != websocket.MessageText {
			return
		}
		select {
		case commands <- text:
		case <-ctx.Done():
			return
		}
	}
}

// write sends until the connection or the feed ends.
func (k *socket) write(ctx context.Context, commands <-chan []byte) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-ping.C:
			limited, cancel := context.WithTimeout(ctx, socketDead)
			err = k.conn.Ping(limited)
			cancel()
		case text := <-commands:
			err = k.obey(ctx, text)
		case d, open := <-k.feed.Messages():
			if !open {
				k.conn.Close(k.farewell())
				return
			}
			err = k.deliver(ctx, d)
		case h := <-k.heard:
			if k.mocks[h.by.id] != h.by {
				continue // unsubscribed
			}
			if h.ended {
				k.conn.Close(websocket.StatusTryAgainLater, string(notifications.EndedSlow))
				return
			}
			err = k.deliverMock(ctx, h)
		}
		if err != nil {
			return
		}
	}
}

// farewell says why the server ends the connection (RFC 6455 §7.4).
func (k *socket) farewell() (websocket.StatusCode, string) {
	switch reason := k.feed.Err(); {
	case errors.Is(reason, notifications.EndedShutdown):
		return websocket.StatusServiceRestart, string(notifications.EndedShutdown)
	case errors.Is(reason, notifications.EndedSlow):
		return websocket.StatusTryAgainLater, string(notifications.EndedSlow)
	case errors.Is(reason, notifications.EndedRevoked):
		return websocket.StatusPolicyViolation, string(notifications.EndedRevoked)
	}
	return websocket.StatusNormalClosure, ""
}

// frame is a message as a client reads it.
type frame struct {
	Stream  []string `json:"stream"`
	Event   string   `json:"event"`
	Payload string   `json:"payload,omitempty"`
}

// deliver sends one message. The payload is JSON inside of a JSON string; for
// a message that many get, that string is made once.
func (k *socket) deliver(ctx context.Context, d notifications.Delivery) error {
	text, err := k.frame(ctx, d)
	if err != nil {
		k.server.skipped(k.Call, err)
		return nil
	}
	return k.send(ctx, text)
}

func (k *socket) frame(ctx context.Context, d notifications.Delivery) ([]byte, error) {
	common, err := k.server.isCommon(ctx, k.Viewer(), d.Message)
	if err != nil {
		return nil, err
	}
	if common {
		tail, err := k.server.sharedTail(ctx, d.Message)
		if err != nil {
			return nil, err
		}
		streams, err := encode(d.Streams)
		if err != nil {
			return nil, err
		}
		k.buf = append(append(append(k.buf[:0], `{"stream":`...), streams...), tail...)
		return k.buf, nil
	}
	body, err := k.server.payload(ctx, k.Viewer(), d.Message)
	if err != nil {
		return nil, err
	}
	return encode(frame{d.Streams, d.Event, string(body)})
}

// isCommon tells whether a message's frame is the one that all readers share:
// that of a new post which none of the reader's filters matches.
func (s *server) isCommon(ctx context.Context, viewer ids.ID, m *notifications.Message) (bool, error) {
	if m.Event != notifications.EventUpdate || !shared(viewer, m) {
		return false, nil
	}
	filters, err := s.Posts.FilterSet(ctx, viewer)
	if err != nil {
		return false, err
	}
	return len(filters.Match(m.View, s.Now())) == 0, nil
}

// sharedTail returns a new post's frame after its streams.
func (s *server) sharedTail(ctx context.Context, m *notifications.Message) ([]byte, error) {
	var failed error
	tail := m.Encode(func() []byte {
		body, err := s.payload(ctx, anybody, m)
		if err != nil {
			failed = err
			return nil
		}
		quoted, err := encode(string(body))
		if err != nil {
			failed = err
			return nil
		}
		return append(append([]byte(`,"event":"update","payload":`), quoted...), '}')
	})
	if tail == nil && failed == nil {
		failed = errs.NotFoundRecord() // failed for the first who asked
	}
	return tail, failed
}

func (k *socket) send(ctx context.Context, text []byte) error {
	limited, cancel := context.WithTimeout(ctx, socketDead)
	defer cancel()
	return k.conn.Write(limited, websocket.MessageText, text)
}

// obey carries out what the client has sent. What is wrong with it is answered
// and does not end the connection.
func (k *socket) obey(ctx context.Context, text []byte) error {
	var command struct {
		Type string `json:"type"`
		streamParams
	}
	err := jsonv2.Unmarshal(text, &command)
	switch {
	case err != nil:
		err = errs.Wrap(errs.Malformed, "The message could not be read", err)
	case command.Type == "subscribe":
		err = k.subscribe(ctx, command.streamParams)
	case command.Type == "unsubscribe" && command.Stream == mockStream:
		k.unsubscribeMock(command.streamParams)
	case command.Type == "unsubscribe":
		err = k.feed.Remove(command.channel())
	default:
		err = errs.New(errs.Malformed, "Unknown type of message")
	}
	if err == nil || errors.As(err, new(notifications.Ended)) {
		return nil
	}
	var known *errs.Error
	if !errors.As(err, &known) {
		k.server.Log.Error("channel not opened", "request", k.ID(), "error", err)
		return err
	}
	answer, err := encode(struct {
		Error  string `json:"error"`
		Status int    `json:"status"`
	}{known.Text, statuses[known.Kind]})
	if err != nil {
		return err
	}
	return k.send(ctx, answer)
}
