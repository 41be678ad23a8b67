package mastodon

// streamingRoutes check scopes by channel: see channelScopes.
func streamingRoutes() []Route {
	const stream = Raw | Unshed | QueryToken
	return []Route{
		{"GET", "/api/v1/streaming", Anyone, "", Notifications, "", stream, (*server).stream, streamParams{}, nil},
		{"GET", "/api/v1/streaming/{$}", Anyone, "", Notifications, "", stream, (*server).stream, streamParams{}, nil},
		{"GET", "/api/v1/streaming/health", Public, "", Instance, "", Raw | Unshed, (*server).streamingHealth, nil, nil},
		{"GET", "/api/v1/streaming/user", User, "read:statuses", Notifications, "", stream, (*server).events, nil, nil},
		{"GET", "/api/v1/streaming/user/notification", User, "read:notifications", Notifications, "", stream, (*server).events, nil, nil},
		{"GET", "/api/v1/streaming/direct", User, "read:statuses", Notifications, "", stream, (*server).events, nil, nil},
		{"GET", "/api/v1/streaming/list", User, "read:lists", Notifications, "", stream, (*server).events, listStreamParams{}, nil},
		{"GET", "/api/v1/streaming/public", Anyone, "read:statuses", Notifications, "", stream, (*server).events, publicStreamParams{}, nil},
		{"GET", "/api/v1/streaming/public/local", Anyone, "read:statuses", Notifications, "", stream, (*server).events, publicStreamParams{}, nil},
		{"GET", "/api/v1/streaming/public/remote", Anyone, "read:statuses", Notifications, "", stream, (*server).events, publicStreamParams{}, nil},
		{"GET", "/api/v1/streaming/hashtag", Anyone, "read:statuses", Notifications, "", stream, (*server).events, tagStreamParams{}, nil},
		{"GET", "/api/v1/streaming/hashtag/local", Anyone, "read:statuses", Notifications, "", stream, (*server).events, tagStreamParams{}, nil},
		{"GET", "/api/v1/streaming/mock", User, "read", Practice, "", stream, (*server).mockEventStream, mockStreamParams{}, nil},
	}
}

func fileRoutes() []Route {
	return []Route{
		{"GET", "/media/{key...}", Public, "", Posts, "", Raw, (*server).file, nil, nil},
		{"GET", "/avatars/default.png", Public, "", Instance, "", Raw, (*server).defaultAvatar, nil, nil},
		{"GET", "/headers/default.png", Public, "", Instance, "", Raw, (*server).defaultHeader, nil, nil},
	}
}
