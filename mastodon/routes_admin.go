package mastodon

func adminRoutes() []Route {
	return []Route{}
}
