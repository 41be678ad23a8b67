package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/guildhall/guildhall/identity"
	"github.com/guildhall/guildhall/internal/ids"
	"github.com/guildhall/guildhall/internal/page"
	"github.com/guildhall/guildhall/moderation"
)

// told is how a line of the log reads: the first %s is who did it, the second to
// what or whom, the third what it is now.
type told struct{ kind, action, sentence string }

// logDeeds are all that the log knows of.
var logDeeds = []told{
	{"account", string(moderation.None), "%s warned %s"},
	{"account", string(moderation.Marked), "%s marked the media of %s as sensitive"},
	{"account", "unsensitive", "%s uncovered the media of %s"},
	{"account", string(moderation.Silenced), "%s limited %s"},
	{"account", "unsilence", "%s lifted the limit on %s"},
	{"account", string(moderation.Disabled), "%s kept %s from signing in"},
	{"account", "enable", "%s let %s sign in again"},
	{"account", string(moderation.Closed), "%s suspended %s"},
	{"account", "unsuspend", "%s lifted the suspension of %s"},
	{"account", "approve", "%s let %s in"},
	{"account", "reject", "%s turned %s away"},
	{"account", "change_role", "%s changed the role of %s: %s"},
	{"account", "destroy", "%s had all data of %s erased"},
	{"report", "assign_to_self", "%s took over report %s"},
	{"report", "unassign", "%s left report %s to others"},
	{"report", "note", "%s wrote a note about report %s"},
	{"report", "update", "%s changed what report %s is about"},
	{"report", "resolve", "%s resolved report %s"},
	{"report", "reopen", "%s reopened report %s"},
	{"trending_tag", "approve", "%s let the hashtag %s trend"},
	{"trending_tag", "reject", "%s kept the hashtag %s out of the trends"},
	{"trending_status", "approve", "%s let the post %s trend"},
	{"trending_status", "reject", "%s kept the post %s out of the trends"},
	{"trending_link", "approve", "%s let the link %s trend"},
	{"trending_link", "reject", "%s kept the link %s out of the trends"},
	{"link_publisher", "approve", "%s let links of %s trend"},
	{"link_publisher", "reject", "%s kept links of %s out of the trends"},
	{"hashtag", "update", "%s changed what the hashtag %s may do"},
	{"announcement", "publish", "%s published an announcement"},
	{"announcement", "withdraw", "%s took an announcement back"},
	{"rules", "update", "%s changed the rules"},
	{"terms_of_service", "update", "%s changed the terms of service"},
	{"privacy_policy", "update", "%s changed the privacy policy"},
	{"extended_description", "update", "%s changed the text about this server"},
	{"custom_emoji", "update", "%s changed the emoji %s"},
	{"custom_emoji", "destroy", "%s removed the emoji %s"},
	{"invite", "create", "%s made an invitation"},
	{"invite", "destroy", "%s ended an invitation"},
	{"email_domain_block", "create", "%s blocked the e-mail domain %s"},
	{"email_domain_block", "destroy", "%s unblocked the e-mail domain %s"},
	{"canonical_email_block", "create", "%s blocked the mailbox %s"},
	{"canonical_email_block", "destroy", "%s unblocked the mailbox %s"},
	{"ip_block", "create", "%s blocked the network %s"},
	{"ip_block", "update", "%s changed the block of the network %s"},
	{"ip_block", "destroy", "%s unblocked the network %s"},
	{"domain_block", "create", "%s blocked the server %s"},
	{"domain_block", "update", "%s changed the block of the server %s"},
	{"domain_block", "destroy", "%s unblocked the server %s"},
	{"domain_allow", "create", "%s allowed the server %s"},
	{"domain_allow", "destroy", "%s no longer allows the server %s"},
}

// pattern is the sentence without anybody in it.
func (d told) pattern(ctx context.Context) string {
	return strings.ReplaceAll(t(ctx, d.sentence), "%s", "…")
}

// other is how a line reads that is not among them.
const other = "%s changed %s"

// sentenceOf is how a line of the log reads.
func sentenceOf(e moderation.Entry) string {
	for _, d := range logDeeds {
		if d.kind == e.Kind && d.action == e.Action {
			return d.sentence
		}
	}
	return other
}

// auditLine is a line of the log with who did it, nil if they are gone.
type auditLine struct {
	Entry moderation.Entry
	Actor *moderation.Member
}

// detail is what the line says beside its sentence.
func (l auditLine) detail() string {
	switch {
	case l.Entry.Action == "change_role", l.Entry.Kind == "domain_block":
		return "" // the sentence has it, or a word for programs
	}
	return l.Entry.Details
}

// auditData is what the page of the log shows.
type auditData struct {
	Lines []auditLine
	Older string
	Actor ids.ID               // 0: everybody
	Deed  string               // kind and action with a dot between them, empty: everything
	Staff []*moderation.Member // who may be chosen as the actor
}

func (c *call) auditLog() error {
	ctx := c.r.Context()
	d := auditData{}
	d.Actor, _ = ids.Parse(c.query("actor"))
	f := moderation.LogFilter{ActorID: d.Actor}
	for _, x := range logDeeds {
		if x.kind+"."+x.action == c.query("deed") {
			d.Deed, f.Kind, f.Action = c.query("deed"), x.kind, x.action
		}
	}
	list, err := c.Moderation.AuditLog(ctx, f, c.deskLines())
	if err != nil {
		return err
	}
	named := []ids.ID{d.Actor}
	for _, e := range list {
		named = append(named, e.ActorID)
	}
	people, err := c.Moderation.MembersByID(ctx, named)
	if err != nil {
		return err
	}
	for _, e := range list {
		d.Lines = append(d.Lines, auditLine{e, people[e.ActorID]})
	}
	if len(list) > 0 {
		d.Older = older(logPath+"?actor="+c.query("actor")+"&deed="+url.QueryEscape(d.Deed)+"&", len(list), list[len(list)-1].ID)
	}
	if d.Staff, err = c.Moderation.Members(ctx, moderation.MemberFilter{Roles: staffRoles}, page.Page{Limit: actorsMax}); err != nil {
		return err
	}
	if actor := people[d.Actor]; actor != nil && actor.User.Role.Rank() == 0 { // was among the staff once
		d.Staff = append(d.Staff, actor)
	}
	return c.show(http.StatusOK, auditPage(c.private(c.words().Text("Audit log")), d))
}

// actorsMax is from how many moderators one can choose.
const actorsMax = 200

// staffRoles are the roles of those who keep the house.
var staffRoles = []identity.Role{identity.RoleModerator, identity.RoleAdmin, identity.RoleOwner}

// deedSentence renders a line of the log.
func deedSentence(l auditLine) templ.Component {
	sentence := sentenceOf(l.Entry)
	parts := []templ.Component{auditActor(l), auditTarget(l.Entry), auditState(l.Entry)}
	return rich(sentence, parts[:strings.Count(sentence, "%s")]...)
}

// targetName is what was meant, by its name at the time or by its number; of a
// mailbox, which is known by a hash, the beginning.
func targetName(e moderation.Entry) string {
	switch {
	case e.Target == "":
		return "#" + e.TargetID.String()
	case e.Kind == "canonical_email_block":
		return cut(e.Target, 12)
	}
	return e.Target
}
