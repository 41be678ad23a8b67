package mastodon

func communityRoutes() []Route {
	return []Route{}
}
