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
	return slices.Concat(memberRoutes(), reportRoutes(), domainRoutes(), signUpBlockRoutes(), figureRoutes())
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

func domainRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/instance/domain_blocks", User, "", Moderation, "", 0, (*server).instanceDomainBlocks, nil, []domainBlockEntity{}},
		{"GET", "/api/v1/admin/domain_allows", Admins, "admin:read:domain_allows", Moderation, "", 0, domainAllows.list, pageParams{}, []domainAllowEntity{}},
		{"GET", "/api/v1/admin/domain_allows/{id}", Admins, "admin:read:domain_allows", Moderation, "", 0, domainAllows.one, nil, domainAllowEntity{}},
		{"POST", "/api/v1/admin/domain_allows", Admins, "admin:write:domain_allows", Moderation, "", 0, (*server).allowDomain, adminDomainParams{}, domainAllowEntity{}},
		{"DELETE", "/api/v1/admin/domain_allows/{id}", Admins, "admin:write:domain_allows", Moderation, "", 0, removing(disallowDomain), nil, nil},
		{"GET", "/api/v1/admin/domain_blocks", Admins, "admin:read:domain_blocks", Moderation, "", 0, domainBlocks.list, pageParams{}, []adminDomainBlockEntity{}},
		{"GET", "/api/v1/admin/domain_blocks/{id}", Admins, "admin:read:domain_blocks", Moderation, "", 0, domainBlocks.one, nil, adminDomainBlockEntity{}},
		{"POST", "/api/v1/admin/domain_blocks", Admins, "admin:write:domain_blocks", Moderation, "", 0, (*server).adminBlockDomain, adminDomainBlockParams{}, adminDomainBlockEntity{}},
		{"PUT", "/api/v1/admin/domain_blocks/{id}", Admins, "admin:write:domain_blocks", Moderation, "", 0, (*server).changeDomainBlock, adminDomainBlockParams{}, adminDomainBlockEntity{}},
		{"PATCH", "/api/v1/admin/domain_blocks/{id}", Admins, "admin:write:domain_blocks", Moderation, "", 0, (*server).changeDomainBlock, adminDomainBlockParams{}, adminDomainBlockEntity{}},
		{"DELETE", "/api/v1/admin/domain_blocks/{id}", Admins, "admin:write:domain_blocks", Moderation, "", 0, removing(adminUnblockDomain), nil, nil},
	}
}

func signUpBlockRoutes() []Route {
	return []Route{
		{"GET", "/api/v1/admin/email_domain_blocks", Admins, "admin:read:email_domain_blocks", Moderation, "", 0, emailDomainBlocks.list, pageParams{}, []emailDomainBlockEntity{}},
		{"GET", "/api/v1/admin/email_domain_blocks/{id}", Admins, "admin:read:email_domain_blocks", Moderation, "", 0, emailDomainBlocks.one, nil, emailDomainBlockEntity{}},
		{"POST", "/api/v1/admin/email_domain_blocks", Admins, "admin:write:email_domain_blocks", Moderation, "", 0, (*server).blockEmailDomain, emailDomainParams{}, emailDomainBlockEntity{}},
		{"DELETE", "/api/v1/admin/email_domain_blocks/{id}", Admins, "admin:write:email_domain_blocks", Moderation, "", 0, removing(unblockEmailDomain), nil, nil},
		{"GET", "/api/v1/admin/canonical_email_blocks", Admins, "admin:read:canonical_email_blocks", Moderation, "", 0, canonicalEmails.list, pageParams{}, []canonicalEmailEntity{}},
		{"GET", "/api/v1/admin/canonical_email_blocks/{id}", Admins, "admin:read:canonical_email_blocks", Moderation, "", 0, canonicalEmails.one, nil, canonicalEmailEntity{}},
		{"POST", "/api/v1/admin/canonical_email_blocks", Admins, "admin:write:canonical_email_blocks", Moderation, "", 0, (*server).blockCanonicalEmail, canonicalEmailParams{}, canonicalEmailEntity{}},
		{"POST", "/api/v1/admin/canonical_email_blocks/test", Admins, "admin:read:canonical_email_blocks", Moderation, "", 0, (*server).testCanonicalEmail, testEmailParams{}, []canonicalEmailEntity{}},
		{"DELETE", "/api/v1/admin/canonical_email_blocks/{id}", Admins, "admin:write:canonical_email_blocks", Moderation, "", 0, removing(unblockCanonicalEmail), nil, nil},
		{"GET", "/api/v1/admin/ip_blocks", Admins, "admin:read:ip_blocks", Moderation, "", 0, ipBlocks.list, pageParams{}, []ipBlockEntity{}},
		{"GET", "/api/v1/admin/ip_blocks/{id}", Admins, "admin:read:ip_blocks", Moderation, "", 0, ipBlocks.one, nil, ipBlockEntity{}},
		{"POST", "/api/v1/admin/ip_blocks", Admins, "admin:write:ip_blocks", Moderation, "", 0, (*server).blockIP, ipBlockParams{}, ipBlockEntity{}},
		{"PUT", "/api/v1/admin/ip_blocks/{id}", Admins, "admin:write:ip_blocks", Moderation, "", 0, (*server).changeIPBlock, ipBlockParams{}, ipBlockEntity{}},
		{"PATCH", "/api/v1/admin/ip_blocks/{id}", Admins, "admin:write:ip_blocks", Moderation, "", 0, (*server).changeIPBlock, ipBlockParams{}, ipBlockEntity{}},
		{"DELETE", "/api/v1/admin/ip_blocks/{id}", Admins, "admin:write:ip_blocks", Moderation, "", 0, removing(unblockIP), nil, nil},
	}
}

func figureRoutes() []Route {
	return []Route{
		{"POST", "/api/v1/admin/measures", Moderators, "admin:read", Moderation, "", 0, (*server).adminMeasures, measuresParams{}, []measureEntity{}},
		{"POST", "/api/v1/admin/dimensions", Moderators, "admin:read", Moderation, "", 0, (*server).adminDimensions, dimensionsParams{}, []dimensionEntity{}},
		{"POST", "/api/v1/admin/retention", Moderators, "admin:read", Moderation, "", 0, (*server).adminRetention, retentionParams{}, []cohortEntity{}},
	}
}
