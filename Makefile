# make test is the whole check: what CI runs is this.
.PHONY: test quick generate

test:
	bash .ci/run

# quick is for while you work: no race detector, no browser, no npm.
quick:
	go vet ./...
	go test ./...

# generate rewrites the committed code of the pages after a .templ file changed.
generate:
	go tool templ generate -path web
