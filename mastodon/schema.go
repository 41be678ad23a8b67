package mastodon

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/guildhall/guildhall/internal/ids"
)

// encoded is JSON of a T that is encoded already; nil is null. An entity that
// holds another one as bytes says by it what these are.
type encoded[T any] json.RawMessage

// MarshalJSON implements json.Marshaler.
func (e encoded[T]) MarshalJSON() ([]byte, error) { return json.RawMessage(e).MarshalJSON() }

func (encoded[T]) of() reflect.Type { return reflect.TypeFor[T]() }

// object is a part of a document that describes others.
type object = map[string]any

// schemas makes JSON Schemas of Go types. A struct with a name becomes a
// component, so that types may contain themselves. Fields may say more with
// tags: enum:"a,b" lists all values, schema:"nullable" is for a slice or map
// that can be null.
type schemas struct {
	tag        string // "json" for what is answered, "param" for what is sent
	files      bool   // fields that are files count
	suffix     string // of the components' names
	components object
	types      map[string]reflect.Type // by component: two of one name are a mistake
}

func (s *schemas) of(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[ids.ID]():
		return object{"type": "string", "pattern": "^-?[0-9]*$"}
	case reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case reflect.TypeFor[*multipart.FileHeader]():
		return object{"type": "string", "format": "binary"}
	}
	if e, ok := reflect.Zero(t).Interface().(interface{ of() reflect.Type }); ok {
		return s.of(e.of())
	}
	if e, ok := reflect.Zero(t).Interface().(interface{ anyOf() []reflect.Type }); ok {
		all := []object{}
		for _, one := range e.anyOf() {
			all = append(all, s.of(one))
		}
		return object{"anyOf": all}
	}
	switch t.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Pointer:
		if s.tag == "param" { // the pointer tells whether the parameter was sent
			return s.of(t.Elem())
		}
		return nullable(s.of(t.Elem()))
	case reflect.Slice, reflect.Array:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		return s.structure(t)
	}
	panic(fmt.Sprintf("mastodon: %s does not say what it is on the wire", t))
}

// structure returns the schema of a struct, or the way to it.
func (s *schemas) structure(t reflect.Type) object {
	if t.Name() == "" {
		return s.properties(t)
	}
	name := componentName(t.Name()) + s.suffix
	if known, ok := s.types[name]; !ok {
		s.types[name] = t
		s.components[name] = s.properties(t)
	} else if known != t {
		panic(fmt.Sprintf("mastodon: %s and %s have one name in the document", known, t))
	}
	return object{"$ref": "#/components/schemas/" + name}
}

func (s *schemas) properties(t reflect.Type) object {
	properties, required := object{}, []string{}
	for _, f := range fieldsOf(t, s.tag) {
		if f.Type == fileType && !s.files {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get(s.tag), ",")
		optional := s.tag == "param" || strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		kind := f.Type
		if kind.Kind() == reflect.Pointer && strings.Contains(options, "omit") {
			kind = kind.Elem() // there, or left out; never null
		}
		properties[name] = annotate(s.of(kind), f.Tag)
		if !optional {
			required = append(required, name)
		}
	}
	out := object{"type": "object", "properties": properties, "additionalProperties": false}
	if s.tag == "param" || t == reflect.TypeFor[openAPIEntity]() {
		delete(out, "additionalProperties") // what is not known is left out
	}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// fieldsOf returns the fields of a struct that have the tag, those of embedded
// structs among them; an outer one hides an inner one of the same name.
func fieldsOf(t reflect.Type, tag string) []reflect.StructField {
	var all []reflect.StructField
	add := func(f reflect.StructField) {
		name, _, _ := strings.Cut(f.Tag.Get(tag), ",")
		all = slices.DeleteFunc(all, func(other reflect.StructField) bool {
			before, _, _ := strings.Cut(other.Tag.Get(tag), ",")
			return before == name
		})
		all = append(all, f)
	}
	for f := range t.Fields() {
		if f.Anonymous && f.Tag.Get(tag) == "" && f.Type.Kind() == reflect.Struct {
			for _, inner := range fieldsOf(f.Type, tag) {
				add(inner)
			}
		}
	}
	for f := range t.Fields() {
		if name := f.Tag.Get(tag); name != "" && name != "-" {
			add(f)
		}
	}
	return all
}

// annotate adds what a field's tags say.
func annotate(schema object, tag reflect.StructTag) object {
	if list := tag.Get("enum"); list != "" {
		schema = maps.Clone(schema)
		values := []any{}
		for v := range strings.SplitSeq(list, ",") {
			values = append(values, v)
		}
		if items, ok := schema["items"].(object); ok {
			items = maps.Clone(items)
			items["enum"] = values
			schema["items"] = items
		} else {
			if types, ok := schema["type"].([]string); ok && slices.Contains(types, "null") {
				values = append(values, nil)
			}
			schema["enum"] = values
		}
	}
	if tag.Get("schema") == "nullable" {
		return nullable(schema)
	}
	return schema
}

// nullable allows null too.
func nullable(schema object) object {
	kind, ok := schema["type"].(string)
	if !ok {
		return object{"anyOf": []object{schema, {"type": "null"}}}
	}
	schema = maps.Clone(schema)
	schema["type"] = []string{kind, "null"}
	return schema
}

// componentName is the name of a Go type in the document: statusEntity is Status.
func componentName(name string) string {
	name, _, _ = strings.Cut(name, "[")
	for _, end := range []string{"Entity", "Answer"} {
		name = strings.TrimSuffix(name, end)
	}
	runes := []rune(name)
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes)
}
