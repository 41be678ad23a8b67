# make test is the whole check: what CI runs is this.
.PHONY: test quick abuse lighthouse generate

test:
	bash .ci/run

# quick is for while you work: no race detector, no browser, no npm.
quick:
	go vet ./...
	go test ./...

# abuse attacks a running server and prints what came of it. By default it starts
# one; for another: make abuse BASE=https://hall.example TOKENS=one,two,three
abuse:
	go test ./e2e -run '^TestAbuse$$' -count=1 -v $(if $(BASE),-base $(BASE) -tokens $(TOKENS)) | grep -v '^ *--- PASS\|^=== '

# lighthouse asks Lighthouse about five pages of a demo; it is large, and wants the
# machine for itself.
lighthouse:
	npm ci --prefix e2e/lighthouse --ignore-scripts --no-audit --no-fund
	go build -o guildhall ./cmd/guildhall
	RUNS=3 node e2e/lighthouse/run.mjs ./guildhall

# generate rewrites the committed code of the pages after a .templ file changed.
generate:
	go tool templ generate -path web
