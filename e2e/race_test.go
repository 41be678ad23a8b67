//go:build race

package e2e_test

// raced tells whether the tests run with the race detector.
const raced = true
