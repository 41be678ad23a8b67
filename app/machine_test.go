package app

import "testing"

// What people typed is not among the incidents: of a limit's key only an address
// is kept.
func TestAddressIn(t *testing.T) {
	for key, want := range map[string]string{"192.0.2.7": "192.0.2.7", "2001:db8::/64": "2001:db8::/64", "192.0.2.7 login hunter2": "192.0.2.7",
		"login hunter2": "", "user 42": "", "unknown": "", "": "", "a@b.example": ""} {
		if got := addressIn(key); got != want {
			t.Errorf("%q: %q, want %q", key, got, want)
		}
	}
}
