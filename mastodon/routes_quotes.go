package mastodon

func quoteRoutes() []Route {
	return []Route{}
}
