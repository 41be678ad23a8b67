package mastodon

// asyncRefreshFound is AsyncRefreshResponse of the API.
type asyncRefreshFound struct {
	Refresh asyncRefreshEntity `json:"async_refresh"`
}

// asyncRefreshEntity is AsyncRefresh of the API: something that was not ready
// when it was answered, which a header of that answer names. Nothing here is
// answered before it is ready, so that there is none.
type asyncRefreshEntity struct {
	ID          string `json:"id"`
	Status      string `json:"status"`
	ResultCount *int   `json:"result_count"`
}
