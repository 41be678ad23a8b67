package lab

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestQueueRightAnswersPass(t *testing.T) {
	for seed := range uint64(50) {
		r := gradeQueue(seed, newStream(seed).right().answer())
		if got := points(t, r); !r.Passed || got != 100 {
			t.Errorf("seed %d: %d points\n%s", seed, got, said(r))
		}
	}
}

// Each wrong setting, with all others right, is seen for every seed and told
// with its reason.
func TestQueueWrongSettings(t *testing.T) {
	for _, c := range []struct {
		name   string
		change Answer
		part   string
		said   string
	}{
		{"no key", Answer{"key": keyNone}, "Effect exactly once", "Without a key"},
		{"a key of the delivery", Answer{"key": keyDelivery}, "Effect exactly once", "never meets itself"},
		{"a key of the message", Answer{"key": keyMessage}, "Effect exactly once", "only what the sender itself made"},
		{"a key of the content", Answer{"key": keyContent}, "Nothing is lost", "the same for operations that are not the same"},
		{"a key of the account", Answer{"key": keyAccount}, "Nothing is lost", "the same for operations that are not the same"},
		{"keys in memory", Answer{"record": recordMemory}, "Effect exactly once", "dies with it"},
		{"keys before the effect", Answer{"record": recordBefore}, "Nothing is lost", "before the effect"},
		{"keys after the effect", Answer{"record": recordAfter}, "Effect exactly once", "between the effect and the key"},
		{"acknowledged on receipt", Answer{"ack": ackReceipt}, "Nothing is lost", "Before the commit that is not true yet"},
		{"acknowledged before the commit", Answer{"ack": ackWork}, "Nothing is lost", "Before the commit that is not true yet"},
		{"acknowledged on receipt: the poison", Answer{"ack": ackReceipt}, "The poison message is put aside", "without a trace"},
		{"too few deliveries", Answer{"most": "3"}, "Nothing is lost", "longer than an outage"},
		{"no end of deliveries", Answer{"most": "0"}, "The poison message is put aside", "still comes back"},
		{"dropped", Answer{"dead": deadDrop}, "The poison message is put aside", "without a trace"},
		{"from the start again", Answer{"dead": deadRestart}, "The poison message is put aside", "still comes back"},
		{"no pause", Answer{"backoff": backoffNone}, "Nothing is lost", "longer than an outage"},
		{"no pause and no end", Answer{"backoff": backoffNone, "most": "0"}, "No retry storm", "hammered"},
		{"no order", Answer{"ordering": orderNone}, "Order within an account", "the faster message wins"},
		{"an acknowledgement that is waited for too long", Answer{"wait": "600"}, "The rest flows", "acknowledgement timeout"},
		{"an acknowledgement that is waited for too shortly, no key", Answer{"wait": "0.1", "key": keyNone}, "Effect exactly once", "wrong"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := range uint64(20) {
				a := newStream(seed).right().answer()
				maps.Copy(a, c.change)
				r := gradeQueue(seed, a)
				points(t, r)
				found := false
				for _, p := range r.Parts {
					found = found || p.Name == c.part && p.Points < p.Max && strings.Contains(p.Text, c.said)
				}
				if !found || r.Passed && c.part != "The rest flows" && c.part != "No retry storm" {
					t.Errorf("seed %d: passed %v, want %q with %q\n%s", seed, r.Passed, c.part, c.said, r.Log[:min(len(r.Log), 3000)]+"\n"+said(&Report{Parts: r.Parts}))
					return
				}
			}
		})
	}
}

// A delay that does not grow is right too, when it lasts and does not hammer.
func TestQueueOtherRightAnswers(t *testing.T) {
	for seed := range uint64(20) {
		a := newStream(seed).right().answer()
		maps.Copy(a, Answer{"backoff": backoffFixed, "delay": "8", "most": "18"})
		if r := gradeQueue(seed, a); !r.Passed {
			t.Errorf("seed %d\n%s", seed, said(r))
		}
	}
}

func TestQueueIsTheSameForASeed(t *testing.T) {
	a := newStream(3).right().answer()
	one, two, other := gradeQueue(3, a), gradeQueue(3, a), gradeQueue(4, a)
	if !reflect.DeepEqual(one, two) || reflect.DeepEqual(one.Log, other.Log) {
		t.Error("a seed makes one run, another seed another")
	}
	if !reflect.DeepEqual(queueTask(3), queueTask(3)) || reflect.DeepEqual(queueTask(3), queueTask(4)) {
		t.Error("a seed makes one task, another seed another")
	}
}

func TestQueueAnswersThatCannotBeRead(t *testing.T) {
	right := newStream(1).right().answer()
	for _, c := range []struct{ name, value, said string }{
		{"key", "", "Idempotency key"}, {"key", "KEY", "Idempotency key"}, {"record", strings.Repeat("x", 1<<20), "Where the key is kept"},
		{"ack", "commit; drop table", "Acknowledge"}, {"ordering", "\x00", "Ordering key"}, {"dead", "none", "After the last delivery"},
		{"wait", "0", "Acknowledgement timeout"}, {"wait", "NaN", "Acknowledgement timeout"}, {"wait", "-1", "Acknowledgement timeout"}, {"wait", "1e308", "Acknowledgement timeout"},
		{"wait", "Inf", "Acknowledgement timeout"}, {"most", "1.5", "Deliveries"}, {"most", "-1", "Deliveries"}, {"most", "1e9", "Deliveries"}, {"most", "ten", "Deliveries"},
		{"delay", "-0.1", "First delay"}, {"delay", strings.Repeat("9", 400), "First delay"}, {"delay", "", "First delay"},
	} {
		a := maps.Clone(right)
		a[c.name] = c.value
		r := gradeQueue(1, a)
		if got := points(t, r); r.Passed || got != 0 || !strings.Contains(r.Parts[0].Text, c.said) {
			t.Errorf("%s %.20q: %s", c.name, c.value, said(r))
		}
	}
	if r := gradeQueue(1, nil); r.Passed {
		t.Error("no answer passes")
	}
}

// Every configuration comes to an end soon and within the output's bound.
func TestQueueAllConfigurationsEnd(t *testing.T) {
	fields := queueFields(9)
	option := func(i, n int) string { return fields[i].Options[n%len(fields[i].Options)].Value }
	n, begun, longest := 0, time.Now(), 0
	for key := range fields[0].Options {
		for record := range fields[1].Options {
			for rest := key % 3; rest < 27; rest += 5 {
				a := Answer{"key": option(0, key), "record": option(1, record), "ack": option(2, rest), "dead": option(3, rest/3), "backoff": option(4, rest/9),
					"ordering": option(5, rest+record), "wait": []string{"0.1", "5", "3600"}[rest%3], "most": []string{"0", "1", "1000"}[(rest+key)%3], "delay": "0"}
				out, err := json.Marshal(gradeQueue(9, a))
				if err != nil {
					t.Fatal(err)
				}
				n, longest = n+1, max(longest, len(out))
			}
		}
	}
	t.Logf("%d configurations in %v, the longest report has %d bytes", n, time.Since(begun), longest)
	if longest > 200<<10 {
		t.Errorf("a report has %d bytes", longest)
	}
}

func TestQueueInItsProcess(t *testing.T) {
	nothingLeft(t)
	r := runner(t, &Runner{Time: time.Minute})
	task, err := r.Prepare(t.Context(), "L05", 5)
	if err != nil || len(task.Fields) != 9 || !strings.Contains(task.Text, "at least once") {
		t.Fatalf("%+v %v", task, err)
	}
	report, err := r.Grade(t.Context(), "L05", 5, newStream(5).right().answer())
	if err != nil || !report.Passed {
		t.Errorf("%+v %v", report, err)
	}
}
