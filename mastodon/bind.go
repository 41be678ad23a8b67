package mastodon

import (
	"mime/multipart"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// noSuchID stands for an id that was given and can be none: no row has it, so
// that whoever looks it up says what a missing row means there.
const noSuchID = ids.ID(-1)

var (
	idType   = reflect.TypeFor[ids.ID]()
	fileType = reflect.TypeFor[*multipart.FileHeader]()
)

// bind sets v from a node. Fields may be string, bool, int, int64, float64,
// ids.ID, *multipart.FileHeader, structs of them, and slices of and pointers to
// these; a pointer stays nil when the parameter is missing, null, or, except
// for text, empty. A bool with the tag `given:"name"` says whether the parameter
// is there at all, null too. name is for the error.
func bind(n *node, v reflect.Value, name string) error {
	if n.kind == nodeNull {
		return nil
	}
	switch v.Type() {
	case fileType:
		return bindFile(n, v, name)
	case idType:
		return bindID(n, v, name)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if n.kind == nodeText && n.text == "" && v.Type().Elem().Kind() != reflect.String && v.Type().Elem().Kind() != reflect.Slice {
			return nil
		}
		value := reflect.New(v.Type().Elem())
		if err := bind(n, value.Elem(), name); err != nil {
			return err
		}
		v.Set(value)
		return nil
	case reflect.Struct:
		return bindStruct(n, v, name)
	case reflect.Slice:
		return bindSlice(n, v, name)
	}
	if n.kind != nodeText {
		return wrongType(name, "must be a single value")
	}
	return bindText(n.text, v, name)
}

func bindStruct(n *node, v reflect.Value, name string) error {
	if n.kind != nodeObject {
		return wrongType(name, "must be an object")
	}
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.Anonymous && f.Tag.Get("param") == "" {
			if err := bindStruct(n, v.Field(i), name); err != nil {
				return err
			}
			continue
		}
		param := v.Type().Field(i).Tag.Get("param")
		if name, ok := v.Type().Field(i).Tag.Lookup("given"); ok {
			v.Field(i).SetBool(n.fields[name] != nil)
		}
		if child := n.fields[param]; child != nil && param != "" {
			if err := bind(child, v.Field(i), param); err != nil {
				return err
			}
		}
	}
	return nil
}

func bindSlice(n *node, v reflect.Value, name string) error {
	items, ok := n.items()
	if !ok {
		return wrongType(name, "must be a list")
	}
	all := reflect.MakeSlice(v.Type(), 0, len(items))
	for _, item := range items {
		value := reflect.New(v.Type().Elem()).Elem()
		if err := bind(item, value, name); err != nil {
			return err
		}
		all = reflect.Append(all, value)
	}
	v.Set(all)
	return nil
}

func bindFile(n *node, v reflect.Value, name string) error {
	switch {
	case n.kind == nodeFile:
		v.Set(reflect.ValueOf(n.file))
	case n.kind != nodeText || n.text != "": // an empty field is a form without a file
		return wrongType(name, "must be a file")
	}
	return nil
}

func bindID(n *node, v reflect.Value, name string) error {
	if n.kind != nodeText {
		return wrongType(name, "must be an id")
	}
	if n.text == "" {
		return nil
	}
	id, ok := ids.Parse(n.text)
	if !ok {
		id = noSuchID
	}
	v.SetInt(int64(id))
	return nil
}

func bindText(s string, v reflect.Value, name string) error {
	switch v.Kind() {
	case reflect.String:
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return wrongType(name, "must be valid text")
		}
		v.SetString(s)
	case reflect.Bool:
		b, ok := parseBool(s)
		if !ok && s != "" {
			return wrongType(name, "must be true or false")
		}
		v.SetBool(b)
	case reflect.Int, reflect.Int64:
		if s == "" {
			return nil
		}
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || v.OverflowInt(n) {
			return wrongType(name, "must be a whole number")
		}
		v.SetInt(n)
	case reflect.Float64:
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || f != f || f > 1e15 || f < -1e15 {
			return wrongType(name, "must be a number")
		}
		v.SetFloat(f)
	default:
		panic("mastodon: no parameter can have type " + v.Type().String())
	}
	return nil
}

// parseBool reads the spellings that clients use.
func parseBool(s string) (value, ok bool) {
	switch s {
	case "true", "1", "on", "t", "True", "TRUE":
		return true, true
	case "false", "0", "off", "f", "False", "FALSE":
		return false, true
	}
	return false, false
}

func wrongType(name, text string) error {
	return &errs.Error{Kind: errs.Invalid, Text: "Validation failed: " + name + " " + text,
		Fields: map[string][]errs.Field{name: {{Code: "ERR_INVALID", Text: text}}}}
}
