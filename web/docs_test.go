package web_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// apiSample has one of each thing that the API's document may have, and what no
// page may believe.
const apiSample = `{"paths": {
	"/api/v1/things/{id}": {"get": {"operationId": "get_thing", "summary": "Get <b>thing</b>", "tags": ["posts"], "x-audience": "users", "security": [{"oauth2": ["read:things"]}],
		"x-rate-limits": [{"name": "x", "requests": 300, "seconds": 900}],
		"parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}, {"name": "kinds[]", "in": "query", "schema": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}}],
		"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}}},
	"/api/v1/things": {"post": {"operationId": "post_thing", "tags": ["posts"], "x-audience": "users", "security": [{}],
		"requestBody": {"content": {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/ThingParamsUpload"}}}},
		"responses": {"200": {"content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}}}}}}},
	"components": {"schemas": {
		"Thing": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "owner": {"anyOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]},
			"count": {"type": ["integer", "null"]}, "names": {"type": "object", "additionalProperties": {"type": "string"}}}},
		"ThingParamsUpload": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}}}}`

// The page says of every operation who may call it, what it takes and what it
// answers with, and leads to the entities.
func TestDocs(t *testing.T) {
	w := open(t)
	page := w.browser().get("/api/docs").is(200)
	text := strings.Join(strings.Fields(textOf(page.doc)), " ")
	for _, want := range []string{"GET /api/v1/things/{id}", "Get <b>thing</b>.", "For users, scope read:things, at most 300 requests in 15 minutes", "kinds[] list of string: a, b ( query)",
		"POST /api/v1/things", "file file", "Answers: list of Thing", "owner Thing or null ( may be missing)", "count integer or null", "names by name: string"} {
		if !strings.Contains(strings.ReplaceAll(text, "(", "( "), want) && !strings.Contains(text, want) {
			t.Errorf("%q is missing in %s", want, text)
		}
	}
	for _, want := range []string{`href="#entity-Thing"`, `id="entity-Thing"`, `href="/api/guildhall/v1/openapi.json"`, `id="get_thing"`} {
		if !strings.Contains(page.body, want) {
			t.Errorf("no %s", want)
		}
	}
	if about := w.browser().get("/about").is(200); !strings.Contains(about.body, `href="/api/docs"`) {
		t.Error("nothing leads there")
	}
}

// textOf returns what a reader sees.
func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		b.WriteString(textOf(child) + " ")
	}
	return b.String()
}
