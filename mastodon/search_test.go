package mastodon_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/guildhall/guildhall/internal/testkit"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	w := open(t)
	ann, bob := w.person("annika"), w.person("bob")
	id := w.says(ann, "Gophers dig tunnels #Burrow #Größe")
	w.says(bob, "gophers again", "visibility", "private")
	const path = "/api/v2/search?q="
	testkit.Eventually(t, func() bool {
		return w.do("GET", path+"gophers&type=statuses", bob.token, nil).is(200).text("statuses.length") == "2"
	})
	w.soon("/api/v1/tags/burrow", "", `"uses":"1"`)
	status, account, tag := `[{"id": "`+id+`"}]`, `[{"username": "annika"}]`, `[{"name": "burrow", "url": "https://guild.test/tags/burrow"}]`
	q := url.QueryEscape
	w.run([]test{
		{"a word", "GET", path + "tunnels", bob.token, nil, 200, `{"accounts": [], "statuses": ` + status + `, "hashtags": []}`},
		{"another's private post", "GET", path + "gophers&type=statuses", ann.token, nil, 200, `{"statuses": ` + status + `}`},
		{"statuses are for members", "GET", path + "tunnels", "", nil, 200, `{"accounts": [], "statuses": [], "hashtags": []}`},
		{"an account", "GET", path + "annika&limit=5", "", nil, 200, `{"accounts": ` + account + `}`},
		{"an account by its address", "GET", path + q("@annika@guild.test") + "&resolve=true", bob.token, nil, 200, `{"accounts": ` + account + `}`},
		{"a hashtag", "GET", path + "burr", "", nil, 200, `{"hashtags": ` + tag + `}`},
		{"a hashtag with its sign", "GET", path + q("#burrow"), bob.token, nil, 200, `{"hashtags": ` + tag + `}`},
		{"only accounts", "GET", path + "annika&type=accounts", bob.token, nil, 200, `{"accounts": ` + account + `, "statuses": [], "hashtags": []}`},
		{"only hashtags", "GET", path + "burrow&type=hashtags", bob.token, nil, 200, `{"accounts": [], "statuses": [], "hashtags": ` + tag + `}`},
		{"of an account", "GET", path + "gophers&type=statuses&account_id=" + ann.id.String(), bob.token, nil, 200, `{"statuses": ` + status + `}`},
		{"of nobody", "GET", path + "gophers&type=statuses&account_id=1", bob.token, nil, 200, `{"statuses": []}`},
		{"limited", "GET", path + "gophers&type=statuses&limit=1", bob.token, nil, 200, `{"statuses": [{}]}`},
		{"further", "GET", path + "gophers&type=statuses&limit=1&offset=1", bob.token, nil, 200, `{"statuses": ` + status + `}`},
		{"before", "GET", path + "gophers&type=statuses&max_id=" + id, bob.token, nil, 200, `{"statuses": []}`},
		{"people I follow", "GET", path + "annika&following=true", bob.token, nil, 200, `{"accounts": []}`},

		// Addresses of this server.
		{"a status", "GET", path + q("https://guild.test/@annika/"+id) + "&resolve=true&type=statuses&limit=1", bob.token, nil, 200, `{"accounts": [], "statuses": ` + status + `, "hashtags": []}`},
		{"a status by its URI", "GET", path + q("https://guild.test/users/annika/statuses/"+id), bob.token, nil, 200, `{"statuses": ` + status + `}`},
		{"a status, anonymous", "GET", path + q("https://guild.test/@annika/"+id+"?x=y#z"), "", nil, 200, `{"statuses": ` + status + `}`},
		{"a profile", "GET", path + q("https://guild.test/@annika"), bob.token, nil, 200, `{"accounts": ` + account + `, "statuses": []}`},
		{"a profile by its URI", "GET", path + q("https://guild.test/users/annika/"), bob.token, nil, 200, `{"accounts": ` + account + `, "statuses": []}`},
		{"a hashtag's page", "GET", path + q("https://guild.test/tags/gr%C3%B6%C3%9Fe"), bob.token, nil, 200, `{"hashtags": [{"name": "größe", "url": "https://guild.test/tags/gr%C3%B6%C3%9Fe"}]}`},
		{"another type", "GET", path + q("https://guild.test/@annika/"+id) + "&type=accounts", bob.token, nil, 200, `{"accounts": [], "statuses": []}`},
		{"nothing there", "GET", path + q("https://guild.test/@annika/1"), bob.token, nil, 200, `{"accounts": [], "statuses": [], "hashtags": []}`},
		{"no page", "GET", path + q("https://guild.test/@nobody"), bob.token, nil, 200, `{"accounts": []}`},
		{"odd addresses", "GET", path + q("https://guild.test/@/%ff%00/%zz///"), bob.token, nil, 200, `{"accounts": [], "statuses": []}`},
		{"the front page", "GET", path + q("https://guild.test/"), bob.token, nil, 200, `{"accounts": [], "statuses": []}`},

		{"nothing", "GET", "/api/v2/search", bob.token, nil, 422, `{"details": {"q": [{"error": "ERR_INVALID"}]}}`},
		{"blank", "GET", path + "+", bob.token, nil, 422, ""},
		{"too long", "GET", path + strings.Repeat("x", 1001), bob.token, nil, 422, ""},
		{"unknown type", "GET", path + "x&type=everything", bob.token, nil, 400, ""},
		{"pages are for members", "GET", path + "x&offset=1", "", nil, 401, ""},
		{"so is resolving", "GET", path + "x&resolve=true", "", nil, 401, ""},

		{"tag", "GET", "/api/v1/tags/Burrow", "", nil, 200, `{"name": "burrow", "url": "https://guild.test/tags/burrow", "history": [{"uses": "1", "accounts": "1"}, {"uses": "0"}, {}, {}, {}, {}, {}]}`},
		{"unused tag", "GET", "/api/v1/tags/unheard", bob.token, nil, 200, `{"name": "unheard", "history": [{"uses": "0"}, {}, {}, {}, {}, {}, {}]}`},
	})
	secret := w.says(ann, "nobody's", "visibility", "private")
	w.do("GET", path+q("https://guild.test/@annika/"+secret), bob.token, nil).is(200).has(`{"statuses": []}`)
	w.do("GET", path+q("https://guild.test/@annika/"+secret), ann.token, nil).is(200).has(`{"statuses": [{}]}`)
	for _, odd := range []string{`"`, `""`, `'`, `*`, `from:`, `from:nobody x`, `AND OR NOT`, `NEAR(a b)`, `a*`, `(`, `-x`, `\`, `%`, `_`, "\U000E0001", "#", "@", "@@", `x" OR "y`, `marks : all`, "\ufffd"} {
		w.do("GET", path+q(odd), bob.token, nil).is(200)
	}
}
