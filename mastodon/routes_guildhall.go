package mastodon

func guildhallRoutes() []Route {
	return []Route{
		{"GET", "/api/guildhall/v1/openapi.json", Public, "", Instance, "", 0, (*server).openAPI, nil, openAPIEntity{}},
	}
}
