package mastodon

import (
	"slices"

	"github.com/guildhall/guildhall/moderation"
)

// Scopes of the administration.
const (
	readMembers  = "admin:read:accounts"
	writeMembers = "admin:write:accounts"
	readReports  = "admin:read:reports"
	writeReports = "admin:write:reports"
)

func adminRoutes() []Route {
	return slices.Concat(memberRoutes(), reportRoutes())
}

func memberRoutes() []Route {
	const one = "/api/v1/admin/accounts/{id}"
	return []Route{
		{"GET", "/api/v1/admin/accounts", Moderators, readMembers, Moderation, "", 0, (*server).adminAccounts, adminAccountsParams{}, []adminAccountEntity{}},
		{"GET", "/api/v2/admin/accounts", Moderators, readMembers, Moderation, "", 0, (*server).adminAccounts2, adminAccountsParams2{}, []adminAccountEntity{}},
		{"GET", one, Moderators, readMembers, Moderation, "", 0, (*server).adminAccountByID, nil, adminAccountEntity{}},
		{"DELETE", one, Admins, writeMembers, Moderation, "", 0, (*server).adminErase, nil, adminAccountEntity{}},
		{"POST", one + "/action", Moderators, writeMembers, Moderation, "", 0, (*server).adminAction, actionParams{}, nil},
		{"POST", one + "/approve", Moderators, writeMembers, Moderation, "", 0, adminApprove, nil, adminAccountEntity{}},
		{"POST", one + "/reject", Moderators, writeMembers, Moderation, "", 0, (*server).adminReject, nil, adminAccountEntity{}},
		{"POST", one + "/enable", Moderators, writeMembers, Moderation, "", 0, undo(moderation.Disabled), nil, adminAccountEntity{}},
		{"POST", one + "/unsensitive", Moderators, writeMembers, Moderation, "", 0, undo(moderation.Marked), nil, adminAccountEntity{}},
		{"POST", one + "/unsilence", Moderators, writeMembers, Moderation, "", 0, undo(moderation.Silenced), nil, adminAccountEntity{}},
		{"POST", one + "/unsuspend", Moderators, writeMembers, Moderation, "", 0, undo(moderation.Closed), nil, adminAccountEntity{}},
		{"GET", "/api/guildhall/v1/admin/audit_log", Moderators, "admin:read", Moderation, "", 0, (*server).auditLog, pageParams{}, []auditEntity{}},
	}
}

func reportRoutes() []Route {
	const one = "/api/v1/admin/reports/{id}"
	return []Route{
		{"POST", "/api/v1/reports", User, "write:reports", Moderation, "reports", 0, (*server).createReport, reportParams{}, reportEntity{}},
		{"GET", "/api/v1/admin/reports", Moderators, readReports, Moderation, "", 0, (*server).adminReportList, adminReportsParams{}, []adminReportEntity{}},
		{"GET", one, Moderators, readReports, Moderation, "", 0, (*server).adminReport, nil, adminReportEntity{}},
		{"PUT", one, Moderators, writeReports, Moderation, "", 0, (*server).adminClassify, classifyParams{}, adminReportEntity{}},
		{"PATCH", one, Moderators, writeReports, Moderation, "", 0, (*server).adminClassify, classifyParams{}, adminReportEntity{}},
		{"POST", one + "/assign_to_self", Moderators, writeReports, Moderation, "", 0, (*server).adminAssign, nil, adminReportEntity{}},
		{"POST", one + "/unassign", Moderators, writeReports, Moderation, "", 0, (*server).adminUnassign, nil, adminReportEntity{}},
		{"POST", one + "/resolve", Moderators, writeReports, Moderation, "", 0, (*server).adminResolve, nil, adminReportEntity{}},
		{"POST", one + "/reopen", Moderators, writeReports, Moderation, "", 0, (*server).adminReopen, nil, adminReportEntity{}},
	}
}
