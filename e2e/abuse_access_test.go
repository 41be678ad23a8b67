package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// authz: what is another's, or for others.
var authz = []attack{
	{"AZ-01", "authz", func(l *lab) error {
		word := canary()
		id, err := l.ann.says(word, "visibility", "private")
		one, two := l.ben.get("/api/v1/statuses/"+id), l.none.get("/api/v1/statuses/"+id)
		return first(err, one.hidden(), two.hidden(), l.ann.get("/api/v1/statuses/"+id).is(200))
	}},
	{"AZ-02", "authz", func(l *lab) error {
		id, err := l.ann.says(canary(), "visibility", "private", "poll[options][]", "a", "poll[options][]", "b", "poll[expires_in]", "3600")
		if err != nil {
			return err
		}
		poll := l.ann.get("/api/v1/statuses/" + id).text("poll.id")
		for _, part := range []string{"", "/context", "/history", "/source", "/reblogged_by", "/favourited_by", "/quotes"} {
			if err := l.ben.get("/api/v1/statuses/" + id + part).hidden(); err != nil {
				return err
			}
		}
		for _, part := range []string{"favourite", "unfavourite", "reblog", "unreblog", "bookmark", "unbookmark", "pin", "unpin", "mute", "unmute", "translate"} {
			if err := l.ben.post("/api/v1/statuses/"+id+"/"+part, "").hidden(); err != nil {
				return err
			}
		}
		return first(l.ben.get("/api/v1/polls/"+poll).hidden(), l.ben.post("/api/v1/polls/"+poll+"/votes", `{"choices": [0]}`).hidden())
	}},
	{"AZ-03", "authz", func(l *lab) error {
		id, err := l.ann.says("mine")
		path := "/api/v1/statuses/" + id
		if err = first(err, l.ben.do("PUT", path, "status=stolen").is(403, 404), l.ben.do("DELETE", path, "").is(403, 404)); err != nil {
			return err
		}
		if r := l.ann.get(path); r.text("content") != "<p>mine</p>" || r.value("edited_at") != nil {
			return fmt.Errorf("changed: %s", r.body)
		}
		return nil
	}},
	{"AZ-04", "authz", func(l *lab) error {
		id := l.ann.upload("a.png", pngImage(8, 8)).text("id")
		return first(l.ben.post("/api/v1/statuses", "status=x&media_ids[]="+id).is(422), l.ann.post("/api/v1/statuses", "status=x&media_ids[]="+id).is(200))
	}},
	{"AZ-09", "authz", func(l *lab) error {
		l.ann.post("/api/v1/notifications/clear", "")
		if _, err := l.cleo.says("@" + l.ann.name + " hello"); err != nil {
			return err
		}
		var id string
		if err := soonTrue("the notification", func() bool {
			id = l.ann.get("/api/v1/notifications").text("0.id")
			return id != "<nil>"
		}); err != nil {
			return err
		}
		return first(l.ben.get("/api/v1/notifications/"+id).is(404), l.ben.post("/api/v1/notifications/"+id+"/dismiss", "").is(404),
			l.ben.post("/api/v1/notifications/clear", "").is(200), l.ann.get("/api/v1/notifications/"+id).is(200))
	}},
	{"AZ-12", "authz", func(l *lab) error {
		err := l.ann.post("/api/v1/follow_requests/"+l.cleo.id+"/authorize", "").is(404)
		if r := l.ann.get("/api/v1/accounts/relationships?id[]=" + l.cleo.id); r.value("0.followed_by") != false {
			return fmt.Errorf("%s", r.body)
		}
		return err
	}},
	{"AZ-17", "authz", func(l *lab) error {
		for _, call := range []string{"GET /api/v1/admin/accounts", "GET /api/v2/admin/accounts", "GET /api/v1/admin/reports", "POST /api/v1/admin/accounts/" + l.ann.id + "/action",
			"GET /api/v1/admin/ip_blocks", "POST /api/v1/admin/measures", "GET /api/v1/admin/domain_blocks"} {
			method, path, _ := strings.Cut(call, " ")
			r := l.ben.do(method, path, "")
			if err := first(r.is(403, 404), r.lacks("@example.org", "127.0.0.1")); err != nil {
				return err
			}
		}
		return nil
	}},
	{"AZ-18", "authz", func(l *lab) error {
		body := strings.Repeat("keys[]=active_users&", 20) + "frequency=day&start_at=0001-01-01&end_at=9999-12-31"
		paths := []string{"/api/v1/admin/measures", "/api/v1/admin/dimensions", "/api/v1/admin/retention"}
		results := make([]error, 50)
		together(len(results), func(i int) {
			path := paths[i%len(paths)]
			if i%2 == 0 {
				results[i] = l.none.post(path, body).is(401)
			} else {
				results[i] = l.ben.post(path, body).is(403)
			}
			began := time.Now()
			if err := l.none.get("/api/v1/instance").is(200); err != nil {
				results[i] = err
			} else if took := time.Since(began); took > time.Second {
				results[i] = fmt.Errorf("the instance took %v meanwhile", took)
			}
		})
		return first(results...)
	}},
	{"AZ-20", "authz", func(l *lab) error {
		before := l.ben.get("/api/v1/accounts/verify_credentials")
		r := l.ben.do("PATCH", "/api/v1/accounts/update_credentials", `{"role": "owner", "role_id": 3, "admin": true, "is_admin": true, "confirmed": true, "id": "1", "username": "root",
			"followers_count": 99, "created_at": "2001-01-01", "user": {"admin": 1}, "account": {"role": "owner"}}`)
		for _, name := range []string{"id", "username", "role.id", "role.permissions", "followers_count", "created_at"} {
			if after := l.ben.get("/api/v1/accounts/verify_credentials"); before.text(name) != after.text(name) {
				return fmt.Errorf("%s was %s and is %s", name, before.text(name), after.text(name))
			}
		}
		return first(r.is(200, 422), l.ben.get("/api/v1/admin/accounts").is(403))
	}},
	{"AZ-21", "authz", func(l *lab) error {
		r := l.ben.post("/api/v1/statuses", `{"status": "x", "account_id": "`+l.ann.id+`", "created_at": "2001-01-01T00:00:00Z", "id": "1", "reblogs_count": 99, "uri": "https://evil.test/1"}`)
		if r.text("account.id") != l.ben.id || r.text("id") == "1" || r.text("reblogs_count") != "0" || strings.HasPrefix(r.text("created_at"), "2001") {
			return fmt.Errorf("%s", r.body)
		}
		return r.lacks("evil.test")
	}},
	{"AZ-25", "authz", func(l *lab) error {
		id, err := l.ann.says(canary(), "visibility", "private")
		if err != nil {
			return err
		}
		for _, name := range []string{"in_reply_to_id", "quoted_status_id"} {
			secret, nothing := l.ben.post("/api/v1/statuses", "status=x&"+name+"="+id), l.ben.post("/api/v1/statuses", "status=x&"+name+"=1")
			if secret.status != nothing.status || secret.body != nothing.body || secret.status != 404 && secret.status != 422 {
				return fmt.Errorf("%s: %d %s, and of nothing %d %s", name, secret.status, secret.body, nothing.status, nothing.body)
			}
		}
		return nil
	}},
	{"AZ-26", "authz", func(l *lab) error {
		word := canary()
		id, err := l.ann.says(word, "quote_approval_policy", "nobody")
		if err != nil {
			return err
		}
		boost := l.ben.post("/api/v1/statuses/"+id+"/reblog", "")
		for _, target := range []string{boost.text("id"), id} {
			r := l.ben.post("/api/v1/statuses", "status=look&quoted_status_id="+target)
			if err := first(boost.is(200), r.is(200, 403, 404, 422), l.cleo.get("/api/v1/statuses/"+r.text("id")).lacks(word)); err != nil {
				return err
			}
		}
		return l.cleo.get("/api/v1/accounts/" + l.ben.id + "/statuses?exclude_reblogs=true").lacks(word)
	}},
	{"AZ-35", "authz", everyOperation},
}

// everyOperation calls all that the server says it has, without a token and
// with one that is none.
func everyOperation(l *lab) error {
	var doc struct {
		Paths map[string]map[string]struct {
			Audience string `json:"x-audience"`
		}
	}
	if err := json.Unmarshal([]byte(l.none.get("/api/guildhall/v1/openapi.json").body), &doc); err != nil {
		return err
	}
	if len(doc.Paths) < 100 {
		return fmt.Errorf("only %d paths", len(doc.Paths))
	}
	garbage := visitor{l: l, token: "garbage"}
	for pattern, item := range doc.Paths {
		path := pattern
		for strings.Contains(path, "{") {
			before, rest, _ := strings.Cut(path, "{")
			_, after, _ := strings.Cut(rest, "}")
			path = before + "123" + after
		}
		for method, op := range item {
			if op.Audience != "everybody" {
				if err := garbage.do(strings.ToUpper(method), path, "").is(401); err != nil {
					return err
				}
			}
			if strings.HasPrefix(path, "/api/v1/streaming") {
				continue // whom these let in, they keep
			}
			open := strings.HasPrefix(op.Audience, "everybody")
			r := l.none.do(strings.ToUpper(method), path, "")
			if r.status >= 500 && r.status != 501 || !open && r.status != 401 {
				return fmt.Errorf("%s for %s: %d %s", r.call, op.Audience, r.status, r.body)
			}
		}
	}
	return nil
}

// oauthAttacks: apps and tokens.
var oauthAttacks = []attack{
	{"OA-02", "oauth", func(l *lab) error {
		register := func(uri string) reply {
			return l.none.post("/api/v1/apps", url.Values{"client_name": {"x"}, "redirect_uris": {uri}}.Encode())
		}
		for _, uri := range []string{"javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///x", "//evil", "relative", "https://a/" + strings.Repeat("x", 3000)} {
			if err := register(uri).is(422); err != nil {
				return fmt.Errorf("%.40s: %w", uri, err)
			}
		}
		return first(register("https://a.test/cb").is(200), register("http://127.0.0.1:9/cb").is(200), register("app.scheme://cb").is(200), register("urn:ietf:wg:oauth:2.0:oob").is(200))
	}},
	{"OA-16", "oauth", func(l *lab) error {
		app := l.none.post("/api/v1/apps", "client_name=x&redirect_uris=urn:ietf:wg:oauth:2.0:oob")
		token := l.none.post("/oauth/token", "grant_type=client_credentials&client_id="+app.text("client_id")+"&client_secret="+app.text("client_secret"))
		who := visitor{l: l, token: token.text("access_token")}
		r := who.get("/api/v1/apps/verify_credentials")
		return first(r.is(200), r.lacks(app.text("client_secret")))
	}},
	{"OA-17", "oauth", func(l *lab) error {
		app := l.none.post("/api/v1/apps", "client_name=x&redirect_uris=urn:ietf:wg:oauth:2.0:oob")
		other := l.none.post("/api/v1/apps", "client_name=y&redirect_uris=urn:ietf:wg:oauth:2.0:oob")
		for _, secret := range []string{"wrong", "", other.text("client_secret")} {
			r := l.none.post("/oauth/token", "grant_type=client_credentials&client_id="+app.text("client_id")+"&client_secret="+secret)
			if err := first(r.is(401), r.lacks("access_token")); err != nil || r.text("error") != "invalid_client" {
				return fmt.Errorf("%v %s", err, r.body)
			}
		}
		for _, grant := range []string{"password", "implicit"} {
			r := l.none.post("/oauth/token", "grant_type="+grant+"&client_id="+app.text("client_id")+"&client_secret="+app.text("client_secret"))
			if r.status != 400 || r.text("error") != "unsupported_grant_type" {
				return fmt.Errorf("%s: %d %s", grant, r.status, r.body)
			}
		}
		return nil
	}},
	{"OA-18", "oauth", func(l *lab) error {
		app := l.none.post("/api/v1/apps", "client_name=x&redirect_uris=urn:ietf:wg:oauth:2.0:oob")
		for _, secret := range []string{app.text("client_secret"), "wrong"} {
			r := l.none.post("/oauth/token", "grant_type=client_credentials&client_id="+app.text("client_id")+"&client_secret="+secret)
			if !strings.Contains(r.header.Get("Cache-Control"), "no-store") || r.header.Get("Location") != "" {
				return fmt.Errorf("%d %v", r.status, r.header)
			}
		}
		return nil
	}},
	{"OA-20", "oauth", func(l *lab) error {
		r := l.none.get("/oauth/authorize?response_type=code&client_id=x&redirect_uri=https%3A%2F%2Fevil.test")
		if r.header.Get("Location") != "" && !strings.HasPrefix(r.header.Get("Location"), "/") {
			return fmt.Errorf("leads to %s", r.header.Get("Location"))
		}
		return r.is(400, 401, 404, 422)
	}},
}

// leaks: what nobody else is to know.
var leaks = []attack{
	{"LK-01", "leak", func(l *lab) error {
		word := canary()
		_, err1 := l.ann.says(word+" #t"+word, "visibility", "private")
		_, err2 := l.ann.says("@"+l.cleo.name+" "+word, "visibility", "direct")
		if err := first(err1, err2); err != nil {
			return err
		}
		for _, path := range []string{"/api/v2/search?q=" + word, "/api/v1/timelines/public", "/api/v1/timelines/public?local=true", "/api/v1/timelines/tag/t" + word, "/api/v1/trends/statuses",
			"/api/v1/trends/tags", "/api/v1/accounts/" + l.ann.id + "/statuses", "/api/v1/accounts/" + l.ann.id + "/statuses?exclude_replies=true", "/api/v1/accounts/" + l.ann.id + "/statuses?tagged=t" + word} {
			for _, v := range []visitor{l.ben, l.none} {
				r := v.get(path)
				r.body = strings.ReplaceAll(r.body, "t"+word, "") // the tag that was asked for
				if err := r.lacks(word); err != nil {
					return err
				}
			}
		}
		return nil
	}},
	{"LK-03", "leak", streamLeak},
	{"LK-06", "leak", func(l *lab) error {
		if _, err := l.ann.says("hello"); err != nil {
			return err
		}
		for _, path := range []string{"/api/v1/accounts/" + l.ann.id, "/api/v1/accounts/lookup?acct=" + l.ann.name, "/api/v1/accounts/" + l.ann.id + "/statuses", "/api/v1/directory",
			"/api/v2/search?q=" + l.ann.name, "/api/v1/timelines/public"} {
			for _, v := range []visitor{l.ben, l.none} {
				if err := v.get(path).lacks(`"email"`, `"ip"`, `sign_in`, `"locale"`, `confirmation`, `"source"`, `"permissions"`, `"otp`, "@example.org"); err != nil {
					return err
				}
			}
		}
		return nil
	}},
	{"LK-07", "leak", func(l *lab) error {
		defer l.ann.do("PATCH", "/api/v1/accounts/update_credentials", "hide_collections=false")
		l.cleo.post("/api/v1/accounts/"+l.ann.id+"/follow", "")
		l.ann.post("/api/v1/accounts/"+l.cleo.id+"/follow", "")
		defer l.cleo.post("/api/v1/accounts/"+l.ann.id+"/unfollow", "")
		defer l.ann.post("/api/v1/accounts/"+l.cleo.id+"/unfollow", "")
		if err := l.ann.do("PATCH", "/api/v1/accounts/update_credentials", "hide_collections=true").is(200); err != nil {
			return err
		}
		for _, name := range []string{"followers", "following"} {
			path := "/api/v1/accounts/" + l.ann.id + "/" + name
			if others, own := l.ben.get(path), l.ann.get(path); others.list() != 0 || l.none.get(path).list() != 0 || own.list() != 1 {
				return fmt.Errorf("%s: others %s, own %s", name, others.body, own.body)
			}
		}
		return nil
	}},
	{"LK-09", "leak", func(l *lab) error {
		id, err := l.ann.says("which?", "poll[options][]", "a", "poll[options][]", "b", "poll[expires_in]", "3600")
		poll := "/api/v1/polls/" + l.ann.get("/api/v1/statuses/"+id).text("poll.id")
		if err = first(err, l.cleo.post(poll+"/votes", `{"choices": [1]}`).is(200)); err != nil {
			return err
		}
		r := l.ben.get(poll)
		if r.value("voted") != false || r.text("own_votes") != "[]" {
			return fmt.Errorf("%s", r.body)
		}
		return r.lacks(l.cleo.id, l.cleo.name)
	}},
	{"LK-11", "leak", func(l *lab) error {
		for _, r := range []reply{l.ben.do("POST", "/api/v1/statuses", `{"status": `), l.ben.get("/api/v1/nothing"), l.ben.get("/api/v1/statuses/%00"), l.ben.post("/api/v1/statuses", "status=%ff"),
			l.ben.get("/api/v1/accounts/999999999999999999999")} {
			if err := first(r.is(400, 404, 422), r.lacks("goroutine", "SELECT", ".go:", "/home/", "sqlite", "pgx", "panic")); err != nil {
				return err
			}
		}
		return nil
	}},
	{"LK-12", "leak", func(l *lab) error {
		for _, path := range []string{"/debug/pprof/", "/debug/vars", "/metrics", "/.env", "/.git/config", "/config", "/nats", "/varz", "/connz", "/jsz", "/healthz?verbose=1", "/admin"} {
			if err := l.none.get(path).is(401, 403, 404); err != nil {
				return err
			}
		}
		r := l.none.get("/health")
		return first(r.is(200), r.lacks("version", "sqlite", "nats", "/"))
	}},
	{"LK-18", "leak", func(l *lab) error {
		for _, path := range []string{"/api/v1/instance", "/api/v1/timelines/public", "/auth/sign_in", "/oauth/authorize", "/about"} {
			for _, method := range []string{"GET", "OPTIONS"} {
				r := l.none.do(method, path, "", "Origin", "https://evil.test")
				if r.header.Get("Access-Control-Allow-Credentials") != "" || !strings.HasPrefix(path, "/api/") && r.header.Get("Access-Control-Allow-Origin") != "" {
					return fmt.Errorf("%s: %v", r.call, r.header)
				}
			}
		}
		return nil
	}},
	{"LK-20", "leak", func(l *lab) error {
		app := l.none.post("/api/v1/apps", "client_name=x&redirect_uris=urn:ietf:wg:oauth:2.0:oob&scopes=write+push")
		for _, scope := range []string{"write", "push"} {
			narrow := visitor{l: l, token: l.none.post("/oauth/token", "grant_type=client_credentials&scope="+scope+"&client_id="+app.text("client_id")+"&client_secret="+app.text("client_secret")).text("access_token")}
			for _, stream := range []string{"public", "public:local", "hashtag&tag=go", "user", "user:notification"} {
				conn, res, err := websocket.Dial(l.Context(), l.base+"/api/v1/streaming?access_token="+narrow.token+"&stream="+stream, nil)
				if err == nil {
					conn.CloseNow()
					return fmt.Errorf("%s opens the stream %s", scope, stream)
				}
				if res == nil || res.StatusCode != 401 && res.StatusCode != 403 {
					return fmt.Errorf("%s, %s: %w", scope, stream, err)
				}
				path := "/api/v1/streaming/" + strings.ReplaceAll(strings.Replace(stream, "&", "?", 1), ":", "/")
				if err := narrow.get(path).is(401, 403, 422); err != nil { // 422: an app alone is no user
					return err
				}
			}
		}
		return nil
	}},
	{"LK-22", "leak", func(l *lab) error {
		to, err := l.ben.says("a post")
		if err != nil {
			return err
		}
		id, err := l.ann.says("@"+l.ben.name+" "+canary(), "visibility", "private", "in_reply_to_id", to)
		path := "/api/v1/statuses/" + id
		return first(err, l.ben.get(path).is(200), l.none.get(path).hidden(), l.cleo.get(path).hidden())
	}},
}
