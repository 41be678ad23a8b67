package mastodon

// practiceRoutes are interview practice, all of it a member's own.
func practiceRoutes() []Route {
	const at, read, write = "/api/guildhall/v1/practice", "read", "write"
	return []Route{
		{"GET", at + "/terms", User, read, Practice, "", 0, (*server).practiceTerms, nil, practiceTermsEntity{}},
		{"GET", at + "/decks", User, read, Practice, "", 0, (*server).decks, nil, []deckEntity{}},
		{"GET", at + "/decks/{deck}", User, read, Practice, "", 0, (*server).deck, nil, deckCardsEntity{}},
		{"GET", at + "/decks/{deck}/cards/{card}", User, read, Practice, "", 0, (*server).card, nil, practiceCardEntity{}},
		{"GET", at + "/plan", User, read, Practice, "", 0, (*server).plan, nil, planEntity{}},
		{"PUT", at + "/plan", User, write, Practice, "", 0, (*server).setPlan, planParams{}, planEntity{}},
		{"PATCH", at + "/plan", User, write, Practice, "", 0, (*server).setPlan, planParams{}, planEntity{}},
		{"GET", at + "/sessions", User, read, Practice, "paging", 0, (*server).practiceSessions, pageParams{}, []practiceSessionEntity{}},
		{"POST", at + "/sessions", User, write, Practice, "", 0, (*server).startSession, nil, practiceSessionEntity{}},
		{"GET", at + "/sessions/{id}", User, read, Practice, "", 0, (*server).practiceSession, nil, practiceSessionEntity{}},
		{"POST", at + "/sessions/{id}/end", User, write, Practice, "", 0, (*server).endSession, nil, practiceSessionEntity{}},
		{"GET", at + "/attempts", User, read, Practice, "paging", 0, (*server).attempts, pageParams{}, []attemptEntity{}},
		{"POST", at + "/attempts", User, write, Practice, "", 0, (*server).beginAttempt, beginParams{}, attemptEntity{}},
		{"GET", at + "/attempts/{id}", User, read, Practice, "", 0, (*server).attempt, nil, attemptEntity{}},
		{"PUT", at + "/attempts/{id}/recording", User, write, Practice, "media", Upload, (*server).recordAnswer, recordingParams{}, attemptEntity{}},
		{"PATCH", at + "/attempts/{id}/recording", User, write, Practice, "media", Upload, (*server).recordAnswer, recordingParams{}, attemptEntity{}},
		{"GET", at + "/attempts/{id}/recording", User, read, Practice, "", Raw, (*server).recording, nil, nil},
		{"POST", at + "/attempts/{id}/answer", User, write, Practice, "", 0, (*server).giveAnswer, answerParams{}, attemptEntity{}},
		{"POST", at + "/attempts/{id}/prediction", User, write, Practice, "", 0, (*server).predict, predictionParams{}, attemptEntity{}},
		{"POST", at + "/attempts/{id}/skip", User, write, Practice, "", 0, (*server).skipAttempt, nil, attemptEntity{}},
		{"POST", at + "/attempts/{id}/review", User, write, Practice, "", 0, (*server).checkAttempt, checkParams{}, resultEntity{}},
		{"GET", at + "/attempts/{id}/review", User, read, Practice, "", 0, (*server).attemptResult, nil, resultEntity{}},
		{"GET", at + "/due", User, read, Practice, "", 0, (*server).dueCards, limitParams{}, []scheduleEntity{}},
		{"GET", at + "/forecast", User, read, Practice, "", 0, (*server).forecast, forecastParams{}, []forecastEntity{}},
		{"GET", at + "/stories", User, read, Practice, "", 0, (*server).stories, nil, []storyEntity{}},
		{"POST", at + "/stories", User, write, Practice, "", 0, (*server).addStory, storyParams{}, storyEntity{}},
		{"GET", at + "/stories/{id}", User, read, Practice, "", 0, (*server).story, nil, storyEntity{}},
		{"PUT", at + "/stories/{id}", User, write, Practice, "", 0, (*server).changeStory, storyParams{}, storyEntity{}},
		{"PATCH", at + "/stories/{id}", User, write, Practice, "", 0, (*server).changeStory, storyParams{}, storyEntity{}},
		{"DELETE", at + "/stories/{id}", User, write, Practice, "", 0, (*server).deleteStory, nil, nil},
		{"GET", at + "/labs", User, read, Practice, "", 0, (*server).labs, nil, []labEntity{}},
		{"POST", at + "/labs/{lab}/attempts", User, write, Practice, "", 0, (*server).beginLab, nil, labAttemptEntity{}},
		{"GET", at + "/lab_attempts", User, read, Practice, "paging", 0, (*server).labAttempts, labAttemptsParams{}, []labAttemptEntity{}},
		{"GET", at + "/lab_attempts/{id}", User, read, Practice, "", 0, (*server).labAttempt, nil, labAttemptEntity{}},
		{"POST", at + "/lab_attempts/{id}/answer", User, write, Practice, "", 0, (*server).answerLabAttempt, labAnswerParams{}, labAttemptEntity{}},
	}
}
