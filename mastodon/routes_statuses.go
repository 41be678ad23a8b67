package mastodon

func statusRoutes() []Route {
	return []Route{
		{"POST", "/api/v1/statuses", User, "write:statuses", Posts, "statuses", 0, (*server).createStatus, nil, nil},
		{"GET", "/api/v1/statuses", Anyone, "read:statuses", Posts, "", 0, (*server).getStatuses, nil, nil},
		{"GET", "/api/v1/statuses/{id}", Anyone, "read:statuses", Posts, "", 0, (*server).getStatus, nil, nil},
		{"PUT", "/api/v1/statuses/{id}", User, "write:statuses", Posts, "", 0, (*server).editStatus, nil, nil},
		{"PATCH", "/api/v1/statuses/{id}", User, "write:statuses", Posts, "", 0, (*server).editStatus, nil, nil},
		{"DELETE", "/api/v1/statuses/{id}", User, "write:statuses", Posts, "delete", 0, (*server).deleteStatus, nil, nil},
		{"GET", "/api/v1/statuses/{id}/context", Anyone, "read:statuses", Posts, "", 0, (*server).context, nil, nil},
		{"GET", "/api/v1/statuses/{id}/history", Anyone, "read:statuses", Posts, "", 0, (*server).history, nil, nil},
		{"GET", "/api/v1/statuses/{id}/source", User, "read:statuses", Posts, "", 0, (*server).source, nil, nil},
		{"GET", "/api/v1/statuses/{id}/favourited_by", Anyone, "read:accounts", Posts, "paging", 0, (*server).favouritedBy, nil, nil},
		{"GET", "/api/v1/statuses/{id}/reblogged_by", Anyone, "read:accounts", Posts, "paging", 0, (*server).rebloggedBy, nil, nil},
		{"POST", "/api/v1/statuses/{id}/favourite", User, "write:favourites", Posts, "", 0, (*server).favourite, nil, nil},
		{"POST", "/api/v1/statuses/{id}/unfavourite", User, "write:favourites", Posts, "", 0, (*server).unfavourite, nil, nil},
		{"POST", "/api/v1/statuses/{id}/reblog", User, "write:statuses", Posts, "", 0, (*server).reblog, nil, nil},
		{"POST", "/api/v1/statuses/{id}/unreblog", User, "write:statuses", Posts, "delete", 0, (*server).unreblog, nil, nil},
		{"POST", "/api/v1/statuses/{id}/bookmark", User, "write:bookmarks", Posts, "", 0, (*server).bookmark, nil, nil},
		{"POST", "/api/v1/statuses/{id}/unbookmark", User, "write:bookmarks", Posts, "", 0, (*server).unbookmark, nil, nil},
		{"POST", "/api/v1/statuses/{id}/pin", User, "write:accounts", Posts, "", 0, (*server).pin, nil, nil},
		{"POST", "/api/v1/statuses/{id}/unpin", User, "write:accounts", Posts, "", 0, (*server).unpin, nil, nil},
		{"POST", "/api/v1/statuses/{id}/mute", User, "write:mutes", Posts, "", 0, (*server).muteThread, nil, nil},
		{"POST", "/api/v1/statuses/{id}/unmute", User, "write:mutes", Posts, "", 0, (*server).unmuteThread, nil, nil},
		{"GET", "/api/v1/polls/{id}", Anyone, "read:statuses", Posts, "", 0, (*server).getPoll, nil, nil},
		{"POST", "/api/v1/polls/{id}/votes", User, "write:statuses", Posts, "", 0, (*server).vote, nil, nil},
	}
}

func mediaRoutes() []Route {
	return []Route{
		{"POST", "/api/v1/media", User, "write:media", Posts, "media", Upload, (*server).uploadMedia, nil, nil},
		{"POST", "/api/v2/media", User, "write:media", Posts, "media", Upload, (*server).uploadMedia, nil, nil},
		{"GET", "/api/v1/media/{id}", User, "write:media", Posts, "", 0, (*server).getMedia, nil, nil},
		{"PUT", "/api/v1/media/{id}", User, "write:media", Posts, "", 0, (*server).updateMedia, nil, nil},
		{"PATCH", "/api/v1/media/{id}", User, "write:media", Posts, "", 0, (*server).updateMedia, nil, nil},
		{"DELETE", "/api/v1/media/{id}", User, "write:media", Posts, "", 0, (*server).deleteMedia, nil, nil},
	}
}
