package mastodon

func statusRoutes() []Route {
	return []Route{
		{"POST", "/api/v1/statuses", User, "write:statuses", Posts, "statuses", 0, (*server).createStatus, statusParams{}, createdAnswer{}},
		{"GET", "/api/v1/statuses", Anyone, "read:statuses", Posts, "", 0, (*server).getStatuses, idsParams{}, []statusAnswer{}},
		{"GET", "/api/v1/statuses/{id}", Anyone, "read:statuses", Posts, "", 0, (*server).getStatus, nil, statusAnswer{}},
		{"PUT", "/api/v1/statuses/{id}", User, "write:statuses", Posts, "", 0, (*server).editStatus, statusParams{}, statusAnswer{}},
		{"PATCH", "/api/v1/statuses/{id}", User, "write:statuses", Posts, "", 0, (*server).editStatus, statusParams{}, statusAnswer{}},
		{"DELETE", "/api/v1/statuses/{id}", User, "write:statuses", Posts, "delete", 0, (*server).deleteStatus, deleteParams{}, deletedEntity{}},
		{"GET", "/api/v1/statuses/{id}/context", Anyone, "read:statuses", Posts, "", 0, (*server).context, nil, contextAnswer{}},
		{"GET", "/api/v1/statuses/{id}/card", Anyone, "read:statuses", Posts, "", Deprecated, (*server).statusCard, nil, cardAnswer{}},
		{"GET", "/api/v1/statuses/{id}/history", Anyone, "read:statuses", Posts, "", 0, (*server).history, nil, []editEntity{}},
		{"GET", "/api/v1/statuses/{id}/source", User, "read:statuses", Posts, "", 0, (*server).source, nil, statusSourceEntity{}},
		{"GET", "/api/v1/statuses/{id}/favourited_by", Anyone, "read:accounts", Posts, "paging", 0, (*server).favouritedBy, pageParams{}, []accountEntity{}},
		{"GET", "/api/v1/statuses/{id}/reblogged_by", Anyone, "read:accounts", Posts, "paging", 0, (*server).rebloggedBy, pageParams{}, []accountEntity{}},
		{"POST", "/api/v1/statuses/{id}/translate", User, "read:statuses", Posts, "", 0, (*server).translate, translateParams{}, translationEntity{}},
		{"POST", "/api/v1/statuses/{id}/favourite", User, "write:favourites", Posts, "", 0, (*server).favourite, nil, statusAnswer{}},
		{"POST", "/api/v1/statuses/{id}/unfavourite", User, "write:favourites", Posts, "", 0, (*server).unfavourite, nil, statusAnswer{}},
		{"POST", "/api/v1/statuses/{id}/reblog", User, "write:statuses", Posts, "", 0, (*server).reblog, reblogParams{}, statusAnswer{}},
		{"POST", "/api/v1/statuses/{id}/unreblog", User, "write:statuses", Posts, "delete", 0, (*server).unreblog, nil, statusAnswer{}},
		{"POST", "/api/v1/statuses/{id}/bookmark", User, "write:bookmarks", Posts, "", 0, (*server).bookmark, nil, statusAnswer{}},
		{"POST", "/api/v1/statuses/{id}/unbookmark", User, "write:bookmarks", Posts, "", 0, (*server).unbookmark, nil, statusAnswer{}},
		{"POST", "/api/v1/statuses/{id}/pin", User, "write:accounts", Posts, "", 0, (*server).pin, nil, statusAnswer{}},
		{"POST", "/api/v1/statuses/{id}/unpin", User, "write:accounts", Posts, "", 0, (*server).unpin, nil, statusAnswer{}},
		{"POST", "/api/v1/statuses/{id}/mute", User, "write:mutes", Posts, "", 0, (*server).muteThread, nil, statusAnswer{}},
		{"POST", "/api/v1/statuses/{id}/unmute", User, "write:mutes", Posts, "", 0, (*server).unmuteThread, nil, statusAnswer{}},
		{"GET", "/api/v1/polls/{id}", Anyone, "read:statuses", Posts, "", 0, (*server).getPoll, nil, pollEntity{}},
		{"POST", "/api/v1/polls/{id}/votes", User, "write:statuses", Posts, "", 0, (*server).vote, voteParams{}, pollEntity{}},
	}
}

func mediaRoutes() []Route {
	return []Route{
		{"POST", "/api/v1/media", User, "write:media", Posts, "media", Upload | Deprecated, (*server).uploadMedia, uploadParams{}, mediaEntity{}},
		{"POST", "/api/v2/media", User, "write:media", Posts, "media", Upload, (*server).uploadMedia, uploadParams{}, mediaEntity{}},
		{"GET", "/api/v1/media/{id}", User, "write:media", Posts, "", 0, (*server).getMedia, nil, mediaEntity{}},
		{"PUT", "/api/v1/media/{id}", User, "write:media", Posts, "", 0, (*server).updateMedia, mediaParams{}, mediaEntity{}},
		{"PATCH", "/api/v1/media/{id}", User, "write:media", Posts, "", 0, (*server).updateMedia, mediaParams{}, mediaEntity{}},
		{"DELETE", "/api/v1/media/{id}", User, "write:media", Posts, "", 0, (*server).deleteMedia, nil, nil},
	}
}
