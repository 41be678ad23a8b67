package mastodon_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/guildhall/guildhall/mastodon"
)

// suite is what the whole run has seen of each route, by method and pattern.
var suite struct {
	sync.Mutex
	succeeded map[string]bool            // a 2xx
	read      map[string]map[string]bool // parameters
}

// tables find the route of a request as the server does, the second one what
// the first one does not know.
var tables = sync.OnceValue(func() [2]*http.ServeMux {
	muxes := [2]*http.ServeMux{http.NewServeMux(), http.NewServeMux()}
	for _, r := range mastodon.Routes() {
		i := 0
		if r.Flags&mastodon.Behind != 0 {
			i = 1
		}
		muxes[i].Handle(r.Method+" "+r.Pattern, tableRoute{r})
	}
	return muxes
})

type tableRoute struct{ mastodon.Route }

func (tableRoute) ServeHTTP(http.ResponseWriter, *http.Request) {}

func routeOf(r *http.Request) (mastodon.Route, bool) {
	for _, mux := range tables() {
		h, _ := mux.Handler(r)
		if found, ok := h.(tableRoute); ok {
			return found.Route, true
		}
	}
	return mastodon.Route{}, false
}

// our is the document that this server gives of itself.
var our = sync.OnceValues(func() (*openapi3.T, error) {
	body, err := mastodon.Document(mastodon.DefaultConfig())
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(body)
})

// reached notes that a route has answered.
func reached(r *http.Request, status int) (mastodon.Route, bool) {
	route, ok := routeOf(r)
	if ok && (status/100 == 2 || status == http.StatusSwitchingProtocols) {
		suite.Lock()
		defer suite.Unlock()
		if suite.succeeded == nil {
			suite.succeeded = map[string]bool{}
		}
		suite.succeeded[route.Method+" "+route.Pattern] = true
	}
	return route, ok
}

// describedByUs holds an answer against our own document.
func describedByUs(t *testing.T, r *http.Request, a *answer) {
	t.Helper()
	route, ok := reached(r, a.status)
	if !ok || a.status == http.StatusNotModified || r.Method == http.MethodHead || route.Flags&mastodon.Raw != 0 {
		return
	}
	doc, err := our()
	if err != nil {
		t.Fatal(err)
	}
	shape := "our" + fmt.Sprint(a.status) + digit.ReplaceAllString(route.Method+route.Pattern+a.header.Get("Content-Type")+string(a.body), "0")
	if _, known := seen.LoadOrStore(shape, true); known {
		return
	}
	path := mastodon.PathOf(route.Pattern)
	item := doc.Paths.Value(path)
	if item == nil || item.GetOperation(route.Method) == nil {
		t.Errorf("%s %s is not in our document", route.Method, path)
		return
	}
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: &routers.Route{Spec: doc, Path: path, PathItem: item,
			Method: route.Method, Operation: item.GetOperation(route.Method)}},
		Status: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)),
	})
	if err != nil {
		t.Errorf("%s does not answer %d as our document says (In and Out of the route): %.2000v\n%s", a.call, a.status, err, a.body)
	}
}

// declared fails the test if a handler reads what its route's In does not say.
func declared(t *testing.T) func(r mastodon.Route, name string, into reflect.Type) {
	return func(r mastodon.Route, name string, into reflect.Type) {
		where := r.Method + " " + r.Pattern
		var names []string
		var parts []reflect.Type
		if r.In != nil {
			names, parts = mastodon.Params(reflect.TypeOf(r.In))
		}
		read := []string{name}
		switch {
		case into != nil:
			read, _ = mastodon.Params(into)
			if !slices.Contains(parts, into) {
				t.Errorf("%s decodes %v, and its In is %T", where, into, r.In)
			}
		case !slices.Contains(names, name):
			t.Errorf("%s reads the parameter %s, which its In %T does not have", where, name, r.In)
		case r.Method != http.MethodGet && r.Method != http.MethodDelete:
			t.Errorf("%s reads the parameter %s from the address alone; use Decode", where, name)
		}
		suite.Lock()
		defer suite.Unlock()
		if suite.read == nil {
			suite.read = map[string]map[string]bool{}
		}
		if suite.read[where] == nil {
			suite.read[where] = map[string]bool{}
		}
		for _, name := range read {
			suite.read[where][name] = true
		}
	}
}

// whole tells whether all tests of the package were to run.
func whole() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.bench"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return !testing.Short()
}

// neverDone are routes of what nobody can have here: all get the same 404.
var neverDone = []string{"POST /api/v1/accounts/{id}/email_subscriptions"}

// untested lists what a whole run has not shown of the table: a 2xx of each
// route, and that it reads what it says.
func untested() []string {
	suite.Lock()
	defer suite.Unlock()
	var all []string
	for _, r := range mastodon.Routes() {
		name := r.Method + " " + r.Pattern
		if suite.succeeded[name] == slices.Contains(neverDone, name) {
			all = append(all, name+" has no test that gets a 2xx, or has one and should not")
		}
		if r.In == nil {
			continue
		}
		params, _ := mastodon.Params(reflect.TypeOf(r.In))
		for _, param := range params {
			if !suite.read[name][param] {
				all = append(all, name+" has the parameter "+param+" in its In, and nothing has read it")
			}
		}
	}
	return all
}

// afterAll fails the run if there is anything untested.
func afterAll(code int) int {
	if code != 0 || !whole() {
		return code
	}
	list := untested()
	if len(list) == 0 {
		return code
	}
	fmt.Fprintf(os.Stderr, "the table of routes:\n%s\n", strings.Join(list, "\n"))
	return 1
}

// removed are what Mastodon's description has no more, so that it cannot say that
// they are deprecated.
var removed = []string{"GET /api/v1/search", "GET /api/v1/statuses/{id}/card"}

// What Mastodon deprecates says so in its answers and in our document.
func TestDeprecated(t *testing.T) {
	t.Parallel()
	w := open(t)
	theirs, err := description()
	w.must(err)
	ours, err := our()
	w.must(err)
	for _, r := range mastodon.Routes() {
		name, path := r.Method+" "+r.Pattern, mastodon.PathOf(r.Pattern)
		deprecated := r.Flags&mastodon.Deprecated != 0
		if ours.Paths.Value(path).GetOperation(r.Method).Deprecated != deprecated {
			t.Errorf("%s is marked wrongly in our document", name)
		}
		if theirs != nil && !isStream(r) {
			request, err := http.NewRequest(r.Method, base+concrete(r.Pattern), nil)
			w.must(err)
			if found := find(theirs, request); found != nil && found.Operation.Deprecated && !deprecated || slices.Contains(removed, name) && !deprecated {
				t.Errorf("%s is not marked as deprecated", name)
			}
		}
		if isStream(r) {
			continue
		}
		a := w.do(r.Method, concrete(r.Pattern), "", nil)
		if got := a.header.Get("Deprecation"); (got != "") != deprecated || deprecated && !regexp.MustCompile(`^@[0-9]{10}$`).MatchString(got) {
			t.Errorf("%s: Deprecation: %s", name, got)
		}
	}
}

// The document is OpenAPI 3.1, has every route, and says who may call.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	w := open(t)
	a := w.do("GET", "/api/guildhall/v1/openapi.json", "", nil).is(200).has(`{"openapi": "3.1.0", "servers": [{"url": "` + base + `"}]}`)
	doc, err := openapi3.NewLoader().LoadFromData(a.body)
	w.must(err)
	w.must(doc.Validate(t.Context()))
	routes := mastodon.Routes()
	ids := map[string]bool{}
	for _, r := range routes {
		item := doc.Paths.Value(mastodon.PathOf(r.Pattern))
		if item == nil || item.GetOperation(r.Method) == nil {
			t.Errorf("%s %s is missing", r.Method, r.Pattern)
			continue
		}
		op := item.GetOperation(r.Method)
		if op.OperationID == "" || ids[op.OperationID] {
			t.Errorf("%s %s has the operationId %q", r.Method, r.Pattern, op.OperationID)
		}
		ids[op.OperationID] = true
		if open := len(*op.Security) == 0; open != (r.Audience == mastodon.Public) {
			t.Errorf("%s %s: security %v, for audience %d", r.Method, r.Pattern, *op.Security, r.Audience)
		}
	}
	count := 0
	for _, item := range doc.Paths.Map() {
		count += len(item.Operations())
	}
	if count != len(routes) {
		t.Errorf("%d operations, %d routes", count, len(routes))
	}
	a.has(`{"paths": {
		"/api/v1/statuses/{id}": {"get": {"operationId": "get_api_v1_statuses_by_id", "summary": "Get status", "tags": ["posts"],
			"security": [{}, {"oauth2": ["read:statuses"]}], "parameters": [{"name": "id", "in": "path", "required": true}],
			"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Status"}}}}, "404": {"$ref": "#/components/responses/Failure"}}}},
		"/api/v1/statuses": {"post": {"x-rate-limits": [{"name": "statuses", "requests": 300, "seconds": 10800}], "security": [{"oauth2": ["write:statuses"]}],
			"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/StatusParamsInput"}}, "multipart/form-data": {}, "application/x-www-form-urlencoded": {}}}}},
		"/api/v1/accounts/{id}/followers": {"get": {"responses": {"200": {"headers": {"Link": {}}}}}},
		"/api/v1/media": {"post": {"requestBody": {"content": {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/UploadParamsUpload"}}}}}}},
		"components": {"schemas": {
			"UploadParamsUpload": {"properties": {"file": {"type": "string", "format": "binary"}}},
			"Account": {"additionalProperties": false, "properties": {"id": {"type": "string"}, "last_status_at": {"type": ["string", "null"]}}},
			"StatusParamsInput": {"properties": {"visibility": {"enum": ["public", "unlisted", "private", "direct"]}}}}}}`)
	var size struct {
		Components struct{ Schemas map[string]json.RawMessage }
	}
	w.must(json.Unmarshal(a.body, &size))
	if _, leaks := size.Components.Schemas["UploadParamsInput"]; !leaks {
		t.Errorf("no schema of an upload without its file")
	}
}

// A document that does not fit an answer is found out.
func TestDescribedByUsCanFail(t *testing.T) {
	t.Parallel()
	r, err := http.NewRequest("GET", base+"/api/v1/preferences", nil)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := our()
	if err != nil {
		t.Fatal(err)
	}
	schema := doc.Components.Schemas["Preferences"].Value
	good := `{"posting:default:visibility": "public", "posting:default:sensitive": false, "posting:default:language": null, "posting:default:quote_policy": "public", "reading:expand:media": "default", "reading:expand:spoilers": false}`
	for body, fits := range map[string]bool{good: true, strings.Replace(good, "null", "1", 1): false, strings.Replace(good, "{", `{"more": 1, `, 1): false,
		strings.Replace(good, `"reading:expand:spoilers"`, `"x"`, 1): false} {
		var v any
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			t.Fatal(err)
		}
		if err := schema.VisitJSON(v); (err == nil) != fits {
			t.Errorf("%s: %v", body, err)
		}
	}
	if route, ok := routeOf(r); !ok || route.Pattern != "/api/v1/preferences" {
		t.Errorf("%v", route)
	}
}
