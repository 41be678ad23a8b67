package mastodon

func discoveryRoutes() []Route {
	return []Route{}
}
