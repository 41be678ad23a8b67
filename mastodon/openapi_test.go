package mastodon_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// descriptionFile is the description of Mastodon's API, beside the repository.
const descriptionFile = "../../shared/api/mastodon-openapi.json"

// description reads the file once. Without it answers are not checked.
var description = sync.OnceValues(func() (*openapi3.T, error) {
	data, err := os.ReadFile(filepath.FromSlash(descriptionFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, err
	}
	// The file contradicts itself here: its words, both of the operation and of its
	// answer, say "List of [V1::Filter]", its schema says one of them. Mastodon's
	// source and documentation have the list, and so have we: the one schema that
	// is read as the words beside it, unless the file has been mended.
	answer := doc.Paths.Value("/api/v1/filters").Get.Responses.Status(http.StatusOK).Value.Content.Get("application/json")
	if answer.Schema.Ref == "#/components/schemas/V1Filter" {
		list := openapi3.NewArraySchema()
		list.Items = answer.Schema
		answer.Schema = list.NewRef()
	}
	// A group has the type of its notifications; its list ends before collections.
	group := doc.Components.Schemas["NotificationGroup"].Value.Properties["type"].Value
	group.Enum = doc.Components.Schemas["NotificationTypeEnum"].Value.Enum
	return doc, nil
})

// seen has the answers that were held against the description already, with all
// digits the same: checking costs far more than answering.
var (
	seen  sync.Map
	digit = regexp.MustCompile(`[0-9]`)
)

// find returns the described route of a request, or nil. A name in one of our
// patterns is no parameter of a described route.
func find(doc *openapi3.T, r *http.Request) *routers.Route {
	have := strings.Split(r.URL.Path, "/")
	ours, known := routeOf(r)
	pattern := strings.Split(ours.Pattern, "/")
	for _, path := range doc.Paths.InMatchingOrder() {
		item := doc.Paths.Value(path)
		want := strings.Split(path, "/")
		same := len(have) == len(want)
		for i := 0; same && i < len(want); i++ {
			named := known && len(pattern) == len(have) && pattern[i] == have[i]
			same = want[i] == have[i] || strings.HasPrefix(want[i], "{") && have[i] != "" && !named
		}
		if operation := item.GetOperation(r.Method); same && operation != nil {
			return &routers.Route{Spec: doc, Path: path, PathItem: item, Method: r.Method, Operation: operation}
		}
	}
	return nil
}

// described holds an answer against the description, with no exceptions: what
// it says of this route and status, and for all others of failures that they
// are an object with an error.
func described(t *testing.T, r *http.Request, a *answer) {
	t.Helper()
	if !strings.HasPrefix(r.URL.Path, "/api/") && !strings.HasPrefix(r.URL.Path, "/oauth/") &&
		r.URL.Path != "/.well-known/oauth-authorization-server" || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return
	}
	if a.status >= 400 {
		var failure struct {
			Error *string `json:"error"`
		}
		var nested struct { // as collections have it
			Error struct {
				Error *string `json:"error"`
			} `json:"error"`
		}
		if json.Unmarshal(a.body, &nested) == nil {
			failure.Error = nested.Error.Error
		} else if err := json.Unmarshal(a.body, &failure); err != nil || failure.Error == nil || *failure.Error == "" {
			t.Errorf("%s: a failure without a text: %d %s", a.call, a.status, a.body)
		}
	}
	doc, err := description()
	if err != nil {
		t.Fatal(err)
	}
	if doc == nil {
		return
	}
	route := find(doc, r)
	if route == nil {
		return // not among what Mastodon describes
	}
	shape := strconv.Itoa(a.status) + digit.ReplaceAllString(r.Method+route.Path+a.header.Get("Content-Type")+string(a.body), "0")
	if _, known := seen.LoadOrStore(shape, true); known {
		return
	}
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: route},
		Status:                 a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)),
	})
	if err != nil {
		t.Errorf("%s does not answer %d as it is described: %v\n%s", a.call, a.status, err, a.body)
	}
}
