package mastodon

func listRoutes() []Route {
	return []Route{}
}
