package mastodon

func adminRoutes() []Route {
	return []Route{
		{"POST", "/api/v1/reports", User, "write:reports", Moderation, "reports", 0, (*server).createReport, reportParams{}, reportEntity{}},
	}
}
