package mastodon_test

import (
	"testing"
)

func TestAccounts(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("Ann"), w.person("bob")
	w.run([]test{
		{"by id", "GET", "/api/v1/accounts/" + ann.id.String(), "", nil, 200,
			`{"username": "Ann", "acct": "Ann", "url": "https://guild.test/@Ann", "uri": "https://guild.test/users/Ann",
			"avatar": "https://guild.test/avatars/default.png", "followers_count": 0, "statuses_count": 0, "last_status_at": null, "fields": []}`},
		{"with a token", "GET", "/api/v1/accounts/" + ann.id.String(), bob.token, nil, 200, `{"username": "Ann"}`},
		{"nobody", "GET", "/api/v1/accounts/1", "", nil, 404, `{"error": "Record not found"}`},
		{"no number", "GET", "/api/v1/accounts/abc", "", nil, 404, `{"error": "Record not found"}`},
		{"lookup", "GET", "/api/v1/accounts/lookup?acct=ANN", "", nil, 200, `{"username": "Ann"}`},
		{"lookup with domain", "GET", "/api/v1/accounts/lookup?acct=ann@guild.test", "", nil, 200, `{"username": "Ann"}`},
		{"lookup elsewhere", "GET", "/api/v1/accounts/lookup?acct=ann@elsewhere.test", "", nil, 404, ""},
		{"lookup of nothing", "GET", "/api/v1/accounts/lookup", "", nil, 404, ""},
		{"many", "GET", "/api/v1/accounts?id[]=" + bob.id.String() + "&id[]=1&id[]=x&id[]=" + ann.id.String() + "&id[]=" + bob.id.String(), "", nil, 200,
			`[{"username": "bob"}, {"username": "Ann"}]`},
		{"none", "GET", "/api/v1/accounts", "", nil, 200, `[]`},
		{"search", "GET", "/api/v1/accounts/search?q=an&resolve=true", bob.token, nil, 200, `[{"username": "Ann"}]`},
		{"search for nothing", "GET", "/api/v1/accounts/search", bob.token, nil, 200, `[]`},
		{"search without token", "GET", "/api/v1/accounts/search?q=an", "", nil, 401, `{"error": "The access token is invalid"}`},
		{"own", "GET", "/api/v1/accounts/verify_credentials", ann.token, nil, 200,
			`{"username": "Ann", "source": {"privacy": "public", "sensitive": false, "language": null, "note": "", "fields": [], "follow_requests_count": 0},
			"role": {"id": "-99", "name": "", "permissions": "0"}}`},
		{"preferences", "GET", "/api/v1/preferences", ann.token, nil, 200,
			`{"posting:default:visibility": "public", "posting:default:sensitive": false, "reading:expand:media": "default"}`},
	})
}
