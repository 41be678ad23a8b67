package e2e_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/url"
)

// emoji adds a custom emoji to the house.
func (v visitor) emoji(shortcode, category string) reply {
	v.l.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("image", `"><img src=x onerror=alert(1)>.png`)
	if err == nil {
		_, err = part.Write(pngImage(8, 8))
	}
	if err := first(err, form.WriteField("shortcode", shortcode), form.WriteField("category", category), form.Close()); err != nil {
		v.l.Fatal(err)
	}
	return v.do("POST", "/api/guildhall/v1/admin/custom_emojis", body.String(), "Content-Type", form.FormDataContentType())
}

// attackDesks: XS-02 and XS-01 where moderators look: what members send them, what
// they write to each other and to all, and the log of it.
func attackDesks(l *lab) error {
	if l.olga.token == "" {
		l.Skip("of members elsewhere nobody is an owner")
	}
	const admin = "/api/guildhall/v1/admin"
	var reports []string
	for i, p := range payloads {
		report := l.cleo.post("/api/v1/reports", url.Values{"account_id": {l.ben.id}, "comment": {p}}.Encode())
		reports = append(reports, report.text("id"))
		err := first(report.is(200),
			l.olga.post("/api/v1/accounts/"+l.ben.id+"/note", url.Values{"comment": {p}}.Encode()).is(200),
			l.olga.post("/api/v1/admin/accounts/"+l.ben.id+"/action", url.Values{"type": {"none"}, "text": {p}}.Encode()).is(200),
			l.olga.post("/api/v1/admin/accounts/"+l.ben.id+"/action", url.Values{"type": {p}}.Encode()).tried(),
			l.olga.post(admin+"/announcements", url.Values{"text": {"now " + p}, "published": {"true"}}.Encode()).is(200),
			l.olga.post(admin+"/rules", url.Values{"text": {"rule " + p}, "hint": {p}}.Encode()).is(200),
			l.olga.post(admin+"/terms_of_service", url.Values{"text": {p}, "effective_date": {fmt.Sprintf("2040-01-%02d", i+1)}}.Encode()).tried(),
			l.olga.do("PUT", admin+"/privacy_policy", url.Values{"text": {p}}.Encode()).is(200),
			l.olga.do("PUT", admin+"/extended_description", url.Values{"text": {p}}.Encode()).is(200),
			l.olga.post("/api/v1/admin/ip_blocks", url.Values{"ip": {fmt.Sprintf("198.51.100.%d", i)}, "severity": {"no_access"}, "comment": {p}}.Encode()).is(200),
			l.olga.post("/api/v1/admin/domain_blocks", url.Values{"domain": {fmt.Sprintf("bad%d.example", i)}, "private_comment": {p}, "public_comment": {p}}.Encode()).is(200),
			l.olga.post("/api/v1/admin/domain_blocks", url.Values{"domain": {p}}.Encode()).tried(),
			l.olga.emoji(p, "").refused(), l.olga.emoji(fmt.Sprint("sheep", i), p[:min(40, len(p))]).is(200))
		if err != nil {
			return err
		}
	}
	const words = `:sheep1: :"><img src=x onerror=alert(1)>: :sheep2<script>alert(1)</script>: ::sheep3::`
	post, err := l.ben.says(words, "spoiler_text", words)
	if err := first(err, l.ben.do("PATCH", "/api/v1/accounts/update_credentials", url.Values{"display_name": {":sheep1:<b onclick=alert(1)>"}, "note": {words}}.Encode()).is(200)); err != nil {
		return err
	}
	seen := []string{"/@" + l.ben.name, "/@" + l.ben.name + "/" + post, "/about", "/privacy-policy", "/terms-of-service"}
	if err := first(l.see("", seen...), l.see(l.ben.name, "/", "/notifications", "/compose/complete?q=:sheep")); err != nil {
		return err
	}
	if err := l.see(l.olga.name, append(seen, "/", "/admin", "/admin/reports", "/admin/reports/"+reports[0], "/admin/accounts", "/admin/accounts/"+l.ben.id)...); err != nil {
		return err
	}
	desk := l.eyes.member
	for _, id := range reports[:3] {
		desk.to("/admin/reports/" + id)
		for _, p := range payloads {
			desk.types("#note", p+" ")
		}
		desk.follow(`form[action$="/note"] button.go`)
	}
	// A role that there is none of, by the form that gives them.
	desk.to("/admin/accounts/" + l.cleo.id)
	if evaluate[bool](desk, `(o => { if (o) { o.value = '"><img src=x onerror=alert(1)>'; o.selected = true } return !!o })(document.querySelector("select[name=role] option"))`) {
		desk.follow(`form[action$="/role"] button`)
	}
	pages := []string{"/admin/reports/" + reports[0], "/admin/reports/" + reports[1], "/admin/accounts/" + l.cleo.id, "/admin/log", "/admin/approvals", "/admin/trends", "/admin/rules", "/admin/announcements", "/admin/emoji",
		"/admin/terms", "/admin/blocks", "/admin/invites", "/admin/system", "/admin/reports?show=" + url.QueryEscape(payloads[4]), "/admin/accounts?q=" + url.QueryEscape(payloads[0]), "/admin/log?by=" + url.QueryEscape(payloads[4])}
	return l.see(l.olga.name, pages...)
}
