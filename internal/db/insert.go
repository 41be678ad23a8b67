package db

import (
	"context"
	"strconv"
	"strings"
)

// Insert runs "INSERT INTO <into> VALUES (…), (…) <after>" for many rows, whose
// values args holds one row after the other. It sends few different statements,
// whatever the number of rows: each has to be prepared once.
func Insert(ctx context.Context, tx *Tx, into string, columns int, args []any, after string) error {
	for len(args) > 0 {
		n := insertSize(len(args) / columns)
		if _, err := Exec(ctx, tx, "INSERT INTO "+into+" VALUES "+Tuples(n, columns)+" "+after, args[:n*columns]...); err != nil {
			return err
		}
		args = args[n*columns:]
	}
	return nil
}

// insertSize returns how many of so many rows go into the next statement.
func insertSize(rows int) int {
	for _, size := range [...]int{64, 16, 4} {
		if rows >= size {
			return size
		}
	}
	return 1
}

// Tuples returns "($1, $2), ($3, $4)" for rows of so many columns.
func Tuples(rows, columns int) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			b.WriteByte('(')
		case i%columns == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(i + 1))
	}
	return b.String() + ")"
}
