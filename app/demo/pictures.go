package demo

import (
	"fmt"
	"image"
	"maps"
)

// pictures returns all drawings that posts can show, by name.
func pictures() map[string]func() image.Image {
	all := profilePictures()
	maps.Copy(all, chartPictures())
	maps.Copy(all, moreCharts())
	maps.Copy(all, barPictures())
	maps.Copy(all, diagramPictures())
	return all
}

// picture returns a drawing by its name in content/, which the tests check.
func picture(name string) func() image.Image {
	draw, ok := pictures()[name]
	if !ok {
		panic(fmt.Sprintf("demo: no picture %q", name))
	}
	return draw
}

// profilePictures are flame graphs and what terminals said.
func profilePictures() map[string]func() image.Image {
	return map[string]func() image.Image{
		"flame-logging": flame{"38 % of the CPU, for lines nobody reads", "orders service, 30 s profile", []stack{
			{0, 0, 100, "net/http.(*conn).serve", false}, {1, 0, 92, "orders.(*Handler).List", false}, {1, 93, 7, "tls", false},
			{2, 0, 38, "log.Debugf", true}, {2, 39, 24, "encoding/json.Marshal", false}, {2, 64, 27, "pgx.(*Conn).Query", false},
			{3, 0, 37, "fmt.Sprintf", true}, {3, 39, 20, "json.structEncoder", false}, {3, 64, 18, "pgx.Rows.Scan", false}, {3, 83, 7, "read", false},
			{4, 0, 26, "fmt.(*pp).printValue", true}, {4, 27, 9, "growslice", true}, {4, 39, 11, "json.string", false}, {4, 64, 9, "convert", false},
			{5, 0, 19, "reflect.Value", true}, {5, 27, 6, "memmove", true}, {5, 39, 6, "utf8", false}, {6, 0, 11, "mallocgc", true}}}.draw,
		"flame-plateau": flame{"Not the tower, the plateau", "width is your bill", []stack{
			{0, 0, 100, "main.run", false}, {1, 0, 63, "ingest.Copy", false}, {1, 64, 36, "index.Build", false}, {2, 0, 61, "memmove", true},
			{2, 66, 9, "parse", false}, {2, 84, 12, "walk", false}, {3, 86, 5, "visit", false}, {4, 86, 4.6, "", false}, {5, 86, 4.2, "", false},
			{6, 86, 3.8, "", false}, {7, 86, 3.4, "", false}, {8, 86, 3, "", false}}}.draw,
		"explain-before-after": terminal{`
$ psql orders -f slow.sql

!Seq Scan on orders  (actual time=0.3..41217.9 rows=12)
!  Filter: ((customer_id)::numeric = '48213'::numeric)
!  Rows Removed by Filter: 90213377
 Execution Time: 41218.4 ms

$ psql orders -f fixed.sql

+Index Scan using orders_customer_idx  (actual rows=12)
+  Index Cond: (customer_id = '48213')
+  Buffers: shared hit=9
 Execution Time: 0.8 ms`}.draw,
		"profile-top": terminal{`
$ go tool pprof -top orders.pb.gz
 Duration: 30s, Total samples = 112.4s
      flat  flat%   function
!   46.1s  41.0%   sync.(*Mutex).Lock  <- log.(*Logger).output
   19.1s  17.0%   syscall.Syscall6
   13.5s  12.0%   runtime.schedule
   10.2s   9.1%   runtime.mallocgc
+    6.7s   6.0%   encoding/json.(*encodeState).marshal
    5.6s   5.0%   pgx.(*Conn).Query
    4.4s   3.9%   crypto/tls.(*Conn).Write

$ echo "it was the other thing"
 it was the other thing`}.draw,
	}
}
