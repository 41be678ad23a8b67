package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/httpx"
	"github.com/guildhall/guildhall/internal/observe"
	"github.com/guildhall/guildhall/mastodon"
	"github.com/guildhall/guildhall/web"
)

// drain is how long requests that are under way may take to finish at the end.
const drain = 10 * time.Second

// farewell is how long requests are still taken at the end, each the last of its
// connection: a connection that is closed between two requests loses the one
// that is on its way.
const farewell = 200 * time.Millisecond

// answerTime is how long a request may take in all, the sending of images over
// a slow line included. Streams have deadlines of their own.
const answerTime = 10 * time.Minute

// queueWait is how long a request waits for one of those that run at once.
const queueWait = 2 * time.Second

// edges returns the handler of all requests: the API's, and the pages for every
// path that the API does not own.
func (a *App) edges() (http.Handler, error) {
	proxies, err := a.config.proxies()
	if err != nil {
		return nil, err
	}
	m := mastodon.DefaultConfig()
	m.BaseURL, m.Title, m.Description, m.Version = a.config.BaseURL, a.config.Title, a.config.Description, Version
	m.Registrations, m.PasswordGrant = a.config.identity().Registrations, a.config.PasswordGrant == "on"
	m.Posts, m.TrustedProxies = a.config.posts(), proxies
	m.ShowDomainBlocks = a.config.ShowDomainBlocks == "on"
	m.ContactEmail, m.ContactAccount = a.config.Contact, a.config.ContactAccount
	slots := 8 * runtime.GOMAXPROCS(0)
	gate := httpx.NewGate(slots, 4*slots, queueWait)
	api := mastodon.New(mastodon.Deps{Identity: a.Identity, Profiles: a.Profiles, Posts: a.Posts,
		Instance: a.Instance, Moderation: a.Moderation, Notifications: a.Notifications, Practice: a.Practice,
		Blobs: a.blobs, Pictures: a.faces, Limit: a.limits, Gate: gate, Metrics: a.metrics, Traffic: a.traffic, Caches: a.caches, Ready: a.ready, Storage: a.storage, Now: a.now, Log: a.log}, m)
	pages := web.New(web.Deps{Identity: a.Identity, Profiles: a.Profiles, Posts: a.Posts, Instance: a.Instance, Moderation: a.Moderation, Notifications: a.Notifications, Practice: a.Practice,
		Archive: a.Archive,
		Limit:   a.limits, Gate: gate, Machine: a.machine(), Log: a.log, Now: a.now,
		API: func() ([]byte, error) { return mastodon.Document(m) }},
		web.Config{BaseURL: a.config.BaseURL, Title: a.config.Title, Description: a.config.Description,
			Contact: a.config.Contact, Registrations: m.Registrations, Posts: m.Posts, Limits: m.Limits, TrustedProxies: proxies})
	return strict(a.config.BaseURL, httpx.Compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if mastodon.Owns(r.URL.Path) {
			api.ServeHTTP(w, r)
		} else {
			pages.ServeHTTP(w, r)
		}
	}))), nil
}

func (a *App) ready() error {
	if a.draining.Load() {
		return errs.New(errs.Unavailable, "Shutting down")
	}
	if !a.bus.Healthy() {
		return errs.New(errs.Unavailable, "The event bus cannot be reached")
	}
	return nil
}

// Serve starts the services and answers requests until ctx ends; then it says
// that it is not ready, lets requests finish, and closes the live streams. up
// is called when the services run, before the first request is answered.
func (a *App) Serve(ctx context.Context, up func(context.Context) error) error {
	secure, err := a.tlsConfig()
	if err != nil {
		return err
	}
	public, err := listen("listen", a.config.Listen)
	if err != nil {
		return err
	}
	admin := observe.Server(a.config.AdminListen, a.metrics)
	failed := make(chan error, 2)
	if a.config.AdminListen != "off" {
		l, err := listen("admin-listen", a.config.AdminListen)
		if err != nil {
			return errors.Join(err, public.Close())
		}
		go func() { failed <- admin.Serve(l) }()
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	if err := a.Start(running); err != nil {
		return errors.Join(err, public.Close(), admin.Close())
	}
	if err := up(ctx); err != nil {
		if ctx.Err() != nil {
			err = nil // told to end before it was up
		}
		return errors.Join(err, public.Close(), admin.Close())
	}
	var active sync.WaitGroup
	server := &http.Server{Handler: a.counted(&active), ReadHeaderTimeout: 10 * time.Second, WriteTimeout: answerTime,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, TLSConfig: secure,
		ErrorLog: log.New(serverLog{a.log}, "", 0)}
	go func() {
		if secure != nil {
			failed <- server.ServeTLS(public, "", "")
		} else {
			failed <- server.Serve(public)
		}
	}()
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	a.draining.Store(true)
	return errors.Join(err, a.finish(ctx, server, &active), admin.Close())
}

// counted answers requests and keeps count of those under way, streams among
// them: the HTTP server knows nothing of a connection that has become a
// WebSocket.
func (a *App) counted(active *sync.WaitGroup) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		active.Add(1)
		defer active.Done()
		if a.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		a.handler.ServeHTTP(w, r)
	})
}

// finish closes the streams and lets requests finish, for as long as drain
// allows; what takes longer is cut off.
func (a *App) finish(ctx context.Context, server *http.Server, active *sync.WaitGroup) error {
	a.Notifications.CloseFeeds()
	a.Practice.CloseMocks()
	time.Sleep(farewell)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err := server.Shutdown(ending)
	if errors.Is(err, context.DeadlineExceeded) {
		a.log.Warn("requests are cut off: they take too long")
		return server.Close()
	}
	gone := make(chan struct{})
	go func() {
		active.Wait()
		close(gone)
	}()
	select {
	case <-gone:
	case <-ending.Done():
		a.log.Warn("streams are cut off: their readers do not answer")
	}
	return err
}

// serverLog takes what net/http has to say. Clients that do not trust the
// certificate, or speak no TLS, are many and no matter.
type serverLog struct{ log *slog.Logger }

// Write implements io.Writer.
func (l serverLog) Write(line []byte) (int, error) {
	level := slog.LevelWarn
	if bytes.Contains(line, []byte("TLS handshake error")) {
		level = slog.LevelDebug
	}
	l.log.Log(context.Background(), level, "http server", "message", string(bytes.TrimSpace(line)))
	return len(line), nil
}

func listen(option, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another program; choose another address with --%s", addr, option)
	}
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", option, err)
	}
	return l, nil
}
