package mastodon

func pushRoutes() []Route {
	return []Route{}
}
