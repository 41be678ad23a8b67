package mastodon

func guildhallRoutes() []Route {
	return []Route{}
}
