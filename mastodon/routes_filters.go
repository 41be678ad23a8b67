package mastodon

func filterRoutes() []Route {
	return []Route{}
}
