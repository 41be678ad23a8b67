package mastodon

import (
	"net/http"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/guildhall/guildhall/identity"
)

// The document of what this server serves is made from the table of routes and
// the Go types that these read and answer with, when it is asked for first.

// openAPIEntity is the document itself, as far as it says what it is.
type openAPIEntity struct {
	OpenAPI string `json:"openapi"`
}

func (s *server) openAPI(c *Call) error {
	body, err := s.description()
	if err != nil {
		return err
	}
	c.W.Header().Set("Cache-Control", "public, max-age=300")
	return c.Bytes(http.StatusOK, body)
}

// Document returns the OpenAPI 3.1 document of the API as JSON.
func Document(config Config) ([]byte, error) { return encode(describe(config, Routes())) }

// describer makes the document.
type describer struct {
	config     Config
	components object
	out        *schemas // what is answered
	in         *schemas // what is sent as JSON or a form
	upload     *schemas // what is sent with files
}

func describe(config Config, routes []Route) object {
	components, types := object{}, map[string]reflect.Type{}
	d := &describer{config: config, components: components,
		out:    &schemas{tag: "json", components: components, types: types},
		in:     &schemas{tag: "param", components: components, types: map[string]reflect.Type{}, suffix: "Input"},
		upload: &schemas{tag: "param", components: components, types: map[string]reflect.Type{}, suffix: "Upload", files: true}}
	paths := object{}
	for _, r := range routes {
		path := pathOf(r.Pattern)
		item, ok := paths[path].(object)
		if !ok {
			item = object{}
			paths[path] = item
		}
		item[strings.ToLower(r.Method)] = d.operation(r, path)
	}
	schema := d.out.of(reflect.TypeFor[errorBody]())
	return object{
		"openapi": "3.1.0",
		"info": object{"title": config.Title, "version": config.Version,
			"description": "What this server serves: the Mastodon client API, and what is its own under /api/guildhall/v1/. Made from the program itself.",
			"license":     object{"name": "Apache-2.0", "identifier": "Apache-2.0"}},
		"servers":       []object{{"url": config.BaseURL}},
		"tags":          serviceTags(routes),
		"paths":         paths,
		"x-rate-limits": d.limits(perToken, perAccount, perAddress),
		"components": object{
			"schemas":         components,
			"securitySchemes": object{"oauth2": d.security()},
			"responses":       object{"Failure": object{"description": "Refused or failed; the text says why.", "content": object{"application/json": object{"schema": schema}}}},
			"headers":         answerHeaders(),
		},
	}
}

func answerHeaders() object {
	header := func(text, kind string) object {
		return object{"description": text, "schema": object{"type": kind}}
	}
	return object{
		"Link":                  header("Where the parts of the list before and after this one are: rel=\"next\" is older, rel=\"prev\" newer.", "string"),
		"X-RateLimit-Limit":     header("How many requests the nearest limit allows in its window.", "integer"),
		"X-RateLimit-Remaining": header("How many are left.", "integer"),
		"X-RateLimit-Reset":     header("When the window ends.", "string"),
		"Retry-After":           header("Seconds to wait.", "integer"),
		"Deprecation":           header("The operation is deprecated, since this day (RFC 9745).", "string"),
	}
}

func serviceTags(routes []Route) []object {
	var names []string
	for _, r := range routes {
		if !slices.Contains(names, string(r.Service)) {
			names = append(names, string(r.Service))
		}
	}
	tags := make([]object, len(names))
	for i, name := range names {
		tags[i] = object{"name": name}
	}
	return tags
}

// security describes OAuth as it is here.
func (d *describer) security() object {
	scopes := object{}
	for _, scope := range identity.AllScopes() {
		scopes[scope] = "See https://docs.joinmastodon.org/api/oauth-scopes/"
	}
	token := d.config.BaseURL + "/oauth/token"
	flows := object{
		"authorizationCode": object{"authorizationUrl": d.config.BaseURL + "/oauth/authorize", "tokenUrl": token, "scopes": scopes},
		"clientCredentials": object{"tokenUrl": token, "scopes": scopes},
	}
	if d.config.PasswordGrant {
		flows["password"] = object{"tokenUrl": token, "scopes": scopes}
	}
	return object{"type": "oauth2", "flows": flows}
}

// audiences say in words who may call.
var audiences = map[Audience]string{
	Public: "everybody", Anyone: "everybody; a token says who the viewer is", App: "apps and users",
	User: "users", Moderators: "moderators, admins and owners", Admins: "admins and owners",
}

func (d *describer) operation(r Route, path string) object {
	op := object{
		"operationId": operationID(r.Method, path), "tags": []string{string(r.Service)},
		"x-audience": audiences[r.Audience], "security": requirements(r), "responses": d.responses(r, path),
	}
	if summary := summaryOf(r); summary != "" {
		op["summary"] = summary
	}
	if r.Flags&Deprecated != 0 {
		op["deprecated"] = true
	}
	if limits := d.limits(r.Limit); len(limits) > 0 {
		op["x-rate-limits"] = limits
	}
	parameters := pathParameters(path)
	if r.In != nil {
		if byQuery(r) {
			parameters = append(parameters, d.query(r)...)
		} else {
			op["requestBody"] = d.body(r)
		}
	}
	if r.Flags&QueryToken != 0 {
		parameters = append(parameters, object{"name": "access_token", "in": "query", "schema": object{"type": "string"}})
	}
	if len(parameters) > 0 {
		op["parameters"] = parameters
	}
	return op
}

// byQuery tells whether a route's parameters are in its address.
func byQuery(r Route) bool { return r.Method == http.MethodGet || r.Method == http.MethodDelete }

// requirements lists the tokens that open a route: any one of these.
func requirements(r Route) []object {
	all := []object{}
	if r.Audience == Anyone {
		all = append(all, object{})
	}
	scopes := strings.Fields(r.Scope)
	for _, scope := range scopes {
		all = append(all, object{"oauth2": []string{scope}})
	}
	if len(scopes) == 0 && r.Audience != Public {
		all = append(all, object{"oauth2": []string{}})
	}
	return all
}

func (d *describer) limits(names ...string) []object {
	all := []object{}
	for _, name := range names {
		if rule, ok := d.config.Limits[name]; ok && rule.Limit > 0 {
			all = append(all, object{"name": name, "requests": rule.Limit, "seconds": int(rule.Window.Seconds())})
		}
	}
	return all
}

func (d *describer) query(r Route) []object {
	var all []object
	for _, f := range fieldsOf(reflect.TypeOf(r.In), "param") {
		schema := annotate(d.in.of(f.Type), f.Tag)
		p := object{"name": f.Tag.Get("param"), "in": "query", "schema": schema}
		if schema["type"] == "array" {
			p["name"] = f.Tag.Get("param") + "[]"
			p["style"], p["explode"] = "form", true
		} else if schema["$ref"] != nil || schema["type"] == "object" {
			p["style"], p["explode"] = "deepObject", true
		}
		all = append(all, p)
	}
	return all
}

func (d *describer) body(r Route) object {
	t := reflect.TypeOf(r.In)
	plain, files := d.in.of(t), d.upload
	if !hasFile(t) {
		files = d.in
	}
	return object{"content": object{
		"application/json":                  object{"schema": plain},
		"application/x-www-form-urlencoded": object{"schema": plain},
		"multipart/form-data":               object{"schema": files.of(t)},
	}}
}

func hasFile(t reflect.Type) bool {
	return slices.ContainsFunc(fieldsOf(t, "param"), func(f reflect.StructField) bool { return f.Type == fileType })
}

func (d *describer) responses(r Route, path string) object {
	media := object{"*/*": object{}}
	if r.Flags&Raw == 0 {
		answered := reflect.TypeFor[struct{}]()
		if r.Out != nil {
			answered = reflect.TypeOf(r.Out)
		}
		media = object{"application/json": object{"schema": d.out.of(answered)}}
		if strings.HasPrefix(path, "/.well-known/webfinger") {
			media = object{"application/jrd+json": media["application/json"]}
		}
	}
	headers := object{}
	if r.In != nil && pages(reflect.TypeOf(r.In)) {
		headers["Link"] = object{"$ref": "#/components/headers/Link"}
	}
	if r.Flags&Raw == 0 || r.Limit != "" {
		for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
			headers[name] = object{"$ref": "#/components/headers/" + name}
		}
	}
	success := object{"description": "What was asked for.", "content": media}
	if len(headers) > 0 {
		success["headers"] = headers
	}
	out := object{"200": success}
	if r.Pattern == laterPattern {
		out["202"] = success
	}
	for _, status := range failures(r, path) {
		out[strconv.Itoa(status)] = object{"$ref": "#/components/responses/Failure"}
	}
	out["default"] = object{"$ref": "#/components/responses/Failure"}
	if t := refusal(r); t != nil {
		out["422"] = object{"description": "Refused; the details say why.", "content": object{"application/json": object{"schema": d.out.of(t)}}}
	}
	return out
}

// refusal is what a route answers with to what it does not accept, nil if that
// is what all do.
func refusal(r Route) reflect.Type {
	if r.nests() {
		return reflect.TypeFor[nestedFailure]()
	}
	if _, ok := r.In.(statusParams); ok {
		return reflect.TypeFor[unexpectedBody]()
	}
	return nil
}

// laterPattern is the route that answers 202 too: what it makes takes a while.
const laterPattern = "/api/v1/annual_reports/{year}/generate"

// pages tells whether parameters choose a part of a list.
func pages(t reflect.Type) bool {
	return slices.ContainsFunc(fieldsOf(t, "param"), func(f reflect.StructField) bool { return f.Tag.Get("param") == "max_id" })
}

// failures lists the statuses that a route refuses with.
func failures(r Route, path string) []int {
	var all []int
	if r.Audience != Public {
		all = append(all, http.StatusUnauthorized, http.StatusForbidden)
	}
	if strings.Contains(path, "{") {
		all = append(all, http.StatusNotFound)
	}
	if r.In != nil && !byQuery(r) {
		all = append(all, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if r.In != nil || r.Audience >= User {
		all = append(all, http.StatusUnprocessableEntity)
	}
	if r.Flags&Raw == 0 || r.Limit != "" {
		all = append(all, http.StatusTooManyRequests)
	}
	if r.Flags&Unshed == 0 {
		all = append(all, http.StatusServiceUnavailable)
	}
	return all
}

// pathOf turns a pattern of ServeMux into a path of the document.
func pathOf(pattern string) string {
	return strings.NewReplacer("{$}", "", "...}", "}").Replace(pattern)
}

var pathParameter = regexp.MustCompile(`\{([^}]+)\}`)

func pathParameters(path string) []object {
	var all []object
	for _, name := range pathParameter.FindAllStringSubmatch(path, -1) {
		all = append(all, object{"name": name[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	return all
}

// operationID names an operation by its method and path, which stay.
func operationID(method, path string) string {
	if strings.HasSuffix(path, "/") {
		path += "index"
	}
	words := strings.FieldsFunc(strings.NewReplacer("{", "by_", "}", "").Replace(path), func(r rune) bool {
		return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.ToLower(method) + "_" + strings.Join(words, "_")
}

// summaryOf returns the words of the handler's name; a handler that was made by
// a function has none.
func summaryOf(r Route) string {
	name := runtime.FuncForPC(reflect.ValueOf(r.Handle).Pointer()).Name()
	name = name[strings.LastIndexByte(name, '.')+1:]
	if name == "" || strings.HasPrefix(name, "func") {
		return ""
	}
	var b strings.Builder
	for i, r := range strings.TrimSuffix(name, "-fm") {
		switch {
		case i == 0:
			b.WriteRune(unicode.ToUpper(r))
		case unicode.IsUpper(r):
			b.WriteByte(' ')
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
