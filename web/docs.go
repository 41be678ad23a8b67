package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// apiDocument is what the page shows of the API's OpenAPI document.
type apiDocument struct {
	Paths      map[string]map[string]apiOperation `json:"paths"`
	Components struct {
		Schemas map[string]apiSchema `json:"schemas"`
	} `json:"components"`
}

type apiOperation struct {
	ID         string                `json:"operationId"`
	Summary    string                `json:"summary"`
	Tags       []string              `json:"tags"`
	Audience   string                `json:"x-audience"`
	Limits     []apiLimit            `json:"x-rate-limits"`
	Security   []map[string][]string `json:"security"`
	Parameters []apiParameter        `json:"parameters"`
	Body       *apiContent           `json:"requestBody"`
	Responses  map[string]apiContent `json:"responses"`
}

type apiLimit struct {
	Requests int `json:"requests"`
	Seconds  int `json:"seconds"`
}

type apiParameter struct {
	Name   string    `json:"name"`
	In     string    `json:"in"`
	Schema apiSchema `json:"schema"`
}

type apiContent struct {
	Content map[string]struct {
		Schema apiSchema `json:"schema"`
	} `json:"content"`
}

type apiSchema struct {
	Ref        string               `json:"$ref"`
	Type       any                  `json:"type"` // text, or a list
	Format     string               `json:"format"`
	Enum       []any                `json:"enum"`
	Items      *apiSchema           `json:"items"`
	AnyOf      []apiSchema          `json:"anyOf"`
	Properties map[string]apiSchema `json:"properties"`
	Required   []string             `json:"required"`
	Additional json.RawMessage      `json:"additionalProperties"` // false, or a schema
}

// docsData is the page: operations by service, and the entities they know.
type docsData struct {
	Services []docsService
	Entities []docsEntity
}

type docsService struct {
	Name       string
	Operations []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, Audience, Scopes, Limit string
	Parameters                                         []docsField
	Answer                                             docsType
}

// terms says who may call it, and how often.
func (o docsOperation) terms() string {
	says := "For " + o.Audience
	if o.Scopes != "" {
		says += ", scope " + o.Scopes
	}
	if o.Limit != "" {
		says += ", at most " + o.Limit
	}
	return says
}

type docsField struct {
	Name string
	Type docsType
	Note string
}

// docsType is a type in words, and the entity that it leads to, if any.
type docsType struct{ Before, Entity, After string }

type docsEntity struct {
	Name   string
	Fields []docsField
}

// docs shows what the API is, as the program itself says it.
func (c *call) docs() error {
	if c.API == nil {
		return errNoPage()
	}
	body, err := c.API()
	if err != nil {
		return err
	}
	var doc apiDocument
	if err := json.Unmarshal(body, &doc); err != nil {
		return err
	}
	return c.show(http.StatusOK, docsPage(c.frame(c.words().Text("The API")), docsOf(&doc)))
}

func docsOf(doc *apiDocument) docsData {
	var d docsData
	services := map[string][]docsOperation{}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for method, op := range doc.Paths[path] {
			o := doc.operation(op)
			o.Method, o.Path = strings.ToUpper(method), path
			name := strings.Join(op.Tags, " ")
			services[name] = append(services[name], o)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(services)) {
		slices.SortFunc(services[name], func(a, b docsOperation) int {
			return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
		})
		d.Services = append(d.Services, docsService{name, services[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		if !isInput(name) {
			d.Entities = append(d.Entities, docsEntity{name, doc.fields(doc.Components.Schemas[name], true)})
		}
	}
	return d
}

// isInput tells whether a schema is of what is sent, which stands with the
// operation.
func isInput(name string) bool {
	return strings.HasSuffix(name, "Input") || strings.HasSuffix(name, "Upload")
}

func (doc *apiDocument) operation(op apiOperation) docsOperation {
	o := docsOperation{ID: op.ID, Summary: op.Summary, Audience: op.Audience}
	var scopes []string
	for _, way := range op.Security {
		scopes = append(scopes, way["oauth2"]...)
	}
	o.Scopes = strings.Join(scopes, " or ")
	for _, l := range op.Limits {
		o.Limit = fmt.Sprintf("%d requests in %d minutes", l.Requests, l.Seconds/60)
	}
	for _, p := range op.Parameters {
		o.Parameters = append(o.Parameters, docsField{p.Name, typeOf(p.Schema), p.In})
	}
	if op.Body != nil {
		sent := op.Body.Content["multipart/form-data"].Schema
		o.Parameters = append(o.Parameters, doc.fields(doc.resolve(sent), false)...)
	}
	for _, media := range op.Responses["200"].Content {
		o.Answer = typeOf(media.Schema)
	}
	return o
}

func (doc *apiDocument) resolve(s apiSchema) apiSchema {
	if name, ok := entityOf(s); ok {
		return doc.Components.Schemas[name]
	}
	return s
}

func (doc *apiDocument) fields(s apiSchema, answered bool) []docsField {
	all := make([]docsField, 0, len(s.Properties))
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		f := docsField{Name: name, Type: typeOf(s.Properties[name])}
		if answered && !slices.Contains(s.Required, name) {
			f.Note = "may be missing"
		}
		all = append(all, f)
	}
	return all
}

func entityOf(s apiSchema) (string, bool) { return strings.CutPrefix(s.Ref, "#/components/schemas/") }

// typeOf puts a schema into words.
func typeOf(s apiSchema) docsType {
	if name, ok := entityOf(s); ok {
		if isInput(name) {
			return docsType{Before: "object"}
		}
		return docsType{Entity: name}
	}
	if len(s.AnyOf) > 0 {
		t := typeOf(s.AnyOf[0])
		t.After += " or null"
		return t
	}
	if s.Items != nil {
		t := typeOf(*s.Items)
		t.Before = strings.TrimSpace("list of " + t.Before)
		if kinds, ok := s.Type.([]any); ok && slices.Contains(kinds, "null") {
			t.After += " or null"
		}
		return t
	}
	var inner apiSchema
	if len(s.Additional) > 0 && json.Unmarshal(s.Additional, &inner) == nil {
		t := typeOf(inner)
		t.Before = strings.TrimSpace("by name: " + t.Before)
		return t
	}
	return docsType{Before: plainType(s)}
}

// plainType says what a plain value is.
func plainType(s apiSchema) string {
	var kinds []string
	switch kind := s.Type.(type) {
	case string:
		kinds = []string{kind}
	case []any:
		for _, k := range kind {
			if name, ok := k.(string); ok {
				kinds = append(kinds, name)
			}
		}
	default:
		return "anything"
	}
	text := strings.Join(kinds, " or ")
	if s.Format == "binary" {
		text = "file"
	}
	if len(s.Enum) > 0 {
		var values []string
		for _, v := range s.Enum {
			if value, ok := v.(string); ok {
				values = append(values, value)
			}
		}
		text += ": " + strings.Join(values, ", ")
	}
	return text
}
