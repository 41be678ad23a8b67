package demo

import "image"

// diagramPictures are the architecture sketches that posts show.
func diagramPictures() map[string]func() image.Image {
	return map[string]func() image.Image{
		"outbox": boxes{title: "Transactional outbox", subtitle: "one transaction, then somebody else publishes",
			nodes: []node{{1.2, 2, "service", "", plain}, {4.4, 1, "orders", "table", store}, {4.4, 3.4, "outbox", "table", store},
				{7.6, 3.4, "relay", "polls, or is woken", plain}, {10.8, 3.4, "broker", "", queue}, {10.8, 1, "consumer", "inbox: seen ids", plain}},
			edges: []edge{{0, 1, "", false}, {0, 2, "same tx", false}, {2, 3, "", false}, {3, 4, "publish", false}, {4, 5, "at least once", false}},
			note:  "The consumer must not mind seeing it twice."}.draw,
		"consumer-groups": boxes{title: "Grupos de consumidores", subtitle: "una partición, un solo lector del grupo",
			nodes: []node{{1.3, 0.5, "partición 0", "", queue}, {1.3, 1.9, "partición 1", "", queue}, {1.3, 3.3, "partición 2", "", queue}, {1.3, 4.7, "partición 3", "", queue},
				{9, 1.2, "Ana", "lee dos", plain}, {9, 3.1, "Beto", "lee una", plain}, {9, 4.8, "Carla", "lee una", plain}},
			edges: []edge{{0, 4, "", false}, {1, 4, "", false}, {2, 5, "", false}, {3, 6, "", false}}}.draw,
		"migration-phases": boxes{title: "A migration in dull phases", subtitle: "each one can be stopped, and all but the last undone",
			nodes: []node{{1.2, 1, "expand", "add columns", plain}, {4.4, 1, "backfill", "5 000 a batch", plain}, {7.7, 1, "double write", "old and new", plain},
				{7.7, 4, "compare", "row by row", queue}, {10.9, 4, "switch reads", "behind a flag", plain}, {10.9, 1, "contract", "a week later", muted}},
			edges: []edge{{0, 1, "", false}, {1, 2, "", false}, {2, 3, "", false}, {3, 4, "equal", false}, {4, 5, "", false}, {3, 1, "differs", true}},
			note:  "Six months of planning, nine minutes of work."}.draw,
		"feed-fanout": boxes{title: "A feed, with a very famous author", subtitle: "push for most, pull for the few",
			nodes: []node{{1.2, 1, "post", "", plain}, {4.4, 1, "fan-out", "", queue}, {7.8, 1, "feeds", "ids only", store}, {11, 2.4, "reader", "", plain},
				{4.4, 4.2, "famous posts", "20 M followers", store}, {7.8, 4.2, "merge", "when read", plain}},
			edges: []edge{{0, 1, "", false}, {1, 2, "most authors", false}, {2, 3, "", false}, {0, 4, "", false}, {4, 5, "", false}, {5, 3, "", false}}}.draw,
		"shortener": boxes{title: "URL shortener, week 7", subtitle: "two minutes on ids, ten on redirects",
			nodes: []node{{1, 2, "client", "", plain}, {3.7, 2, "CDN", "301 or 302?", muted}, {6.5, 2, "redirect", "service", plain}, {9.6, 0.8, "cache", "", store}, {9.6, 2.7, "links", "key > url", store},
				{6.5, 4.9, "clicks", "", queue}, {9.6, 4.9, "analytics", "columns", store}},
			edges: []edge{{0, 1, "", false}, {1, 2, "", false}, {2, 3, "", false}, {2, 4, "miss", false}, {2, 5, "async", true}, {5, 6, "", false}}}.draw,
		"ledger": boxes{title: "Ledger, second draft", subtitle: "begin with the double entry",
			nodes: []node{{1.2, 2.2, "API", "idempotency key", plain}, {4.6, 2.2, "journal", "debit = credit", store}, {8, 1, "balances", "derived", plain}, {8, 4, "nightly check", "sums per currency", queue}, {11, 4, "alert", "freeze payouts", hot}},
			edges: []edge{{0, 1, "", false}, {1, 2, "", false}, {1, 3, "", true}, {3, 4, "", false}}, note: "Freeze payouts, not deposits."}.draw,
		"notification-design": boxes{title: "Notification service, first draft", subtitle: "where does it break?",
			nodes: []node{{1.2, 2.4, "API", "", plain}, {4.6, 2.4, "one queue", "for everything", queue}, {8.2, 0.6, "mail", "", plain}, {8.2, 2.4, "push", "", plain}, {8.2, 4.2, "SMS", "slow today", hot}, {11, 4.2, "provider", "", muted}},
			edges: []edge{{0, 1, "", false}, {1, 2, "", false}, {1, 3, "", false}, {1, 4, "", false}, {4, 5, "", true}}}.draw,
		"threat-model": boxes{title: "Who could lie to this arrow?", subtitle: "forty minutes, one whiteboard",
			nodes: []node{{1.2, 2.4, "browser", "", plain}, {4.8, 2.4, "API", "", plain}, {8.2, 0.9, "worker", "", plain}, {10.9, 2.6, "database", "", store}, {8.2, 4.6, "webhooks", "", hot}},
			edges: []edge{{0, 1, "whose token?", false}, {1, 2, "job args?", false}, {2, 3, "", false}, {1, 3, "ORDER BY?", false}, {4, 1, "signed?", false}}}.draw,
		"fencing": sequence{title: "Fencing tokens", subtitle: "let the storage refuse the older one",
			actors: []string{"client A", "lock service", "client B", "storage"},
			messages: []message{{1, 0, "token 33", false}, {0, 0, "pauses for 12 s", false}, {1, 2, "token 34", false}, {2, 3, "write, 34", false},
				{0, 3, "write, 33", true}, {3, 0, "refused: 33 < 34", true}}}.draw,
		"timeout-sequence": sequence{title: "Working for nobody", subtitle: "timeouts must shrink on the way in",
			actors: []string{"client", "gateway", "service", "database"},
			messages: []message{{0, 1, "GET /report", false}, {1, 2, "limit 30 s", false}, {2, 3, "limit 60 s", false}, {1, 0, "504 after 30 s", true},
				{3, 2, "rows, after 58 s", false}, {2, 1, "nobody is listening", true}}}.draw,
		"failover-timeline": timeline{title: "Game day: failover", subtitle: "10:04:00 to 10:04:38, one angry batch job", steps: []moment{
			{"10:04:00", "primary killed"}, {"10:04:15", "lease expires"}, {"10:04:22", "replica promoted"}, {"10:04:31", "pools reconnect"}, {"10:04:38", "writes accepted"}}}.draw,
		"trace-gap": waterfall{title: "Look for what is not there", subtitle: "one trace, 212 spans, one gap", spans: []span{
			{0, 1, "gateway", false}, {0.02, 0.98, "orders", false}, {0.04, 0.16, "pricing", false}, {0.17, 0.76, "", true}, {0.77, 0.9, "stock", false}, {0.9, 0.97, "render", false}}}.draw,
		"isolation-table": whiteboard{title: "Isolation levels, for revision", columns: []string{"dirty read", "non-repeatable", "phantom", "write skew"},
			rows: []string{"read committed", "repeatable read", "serializable"}, ticks: ".xxx ..xx ...."}.draw,
		"hash-ring": drawRing, "book-stack": drawBooks, "homelab-rack": drawRack, "funnel": drawFunnel,
		"envelope": drawEnvelope, "token-bucket": drawBucket, "latency-budget": drawBudget,
		"meetup-recife":  poster{"MEET-UP", "Recife\nBackend 31", "Two talks and one failure story", "Thursday 19:00", verdigris, false}.draw,
		"meetup-utrecht": poster{"UTRECHT SYSTEMS EVENING", "Write-ahead\nlogs", "From ARIES to your phone", "Wednesday 19:30", mix(brick, plum, 0.4), true}.draw,
	}
}
