package identity

import (
	"context"
	"net/mail"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
	"golang.org/x/net/idna"
)

const (
	usernameMax = 30
	emailMax    = 320
	reasonMax   = 1000 // characters
)

// usernamePattern is for names as they are written: lower case makes plain
// letters of İ and of the sign of Kelvin.
var usernamePattern = regexp.MustCompile(`^[A-Za-z0-9_]{1,30}$`)

// SignUp makes a new user. Unless trusted they get a mail to confirm their
// address, and may have to wait for approval. Returns Invalid with Fields if an
// input is not acceptable; Forbidden if nobody, or nobody without an
// invitation, may sign up; TooMany after too many attempts from one address.
func (s *Service) SignUp(ctx context.Context, in SignUp) (*User, error) {
	if !in.Trusted {
		if err := s.admits(in); err != nil {
			return nil, err
		}
	}
	email, ok := normalizeEmail(in.Email)
	problems := s.problems(in, email, ok)
	if len(problems) > 0 {
		return nil, refused(problems)
	}
	if !in.Trusted {
		if err := s.allow(ruleSignUp, addressKey(in.Address)); err != nil {
			return nil, err
		}
	}
	if err := s.takenAlready(ctx, in.Username, email); err != nil {
		return nil, err
	}
	waits := false
	if !in.Trusted {
		var err error
		if waits, err = s.welcome(ctx, email, in.Address); err != nil {
			return nil, err
		}
	}
	var hash string // stays empty for a trusted user without a password
	if in.Password != "" {
		var err error
		if hash, err = s.hasher.hash(ctx, in.Password); err != nil {
			return nil, err
		}
	}
	u := s.newUser(in, email)
	u.Approved = u.Approved && !waits
	if !u.Confirmed {
		s.limiter.Allow(email, ruleMail) // the mail that follows counts, but is always sent
	}
	if err := s.db.Write(ctx, func(tx *db.Tx) error { return s.insertUser(ctx, tx, u, in, hash) }); err != nil {
		return nil, err
	}
	return u, nil
}

// welcome tells whether blocks let somebody sign up, and whether they must wait
// for approval then.
func (s *Service) welcome(ctx context.Context, email, address string) (waits bool, err error) {
	fromSoft, err := s.fromAllowed(address)
	if err != nil {
		return false, err
	}
	emailSoft, err := s.emailAllowed(ctx, email)
	return fromSoft || emailSoft, err
}

// admits says whether the server takes sign-ups at all.
func (s *Service) admits(in SignUp) error {
	switch {
	case s.cfg.Registrations == Closed:
		return errs.New(errs.Forbidden, "This server does not take new members at present")
	case s.cfg.Registrations == ByInvite && in.Invite == "":
		return errs.New(errs.Forbidden, "This server takes new members by invitation only")
	}
	return nil
}

func (s *Service) newUser(in SignUp, email string) *User {
	id := s.ids.Global() // a user is their own shard's owner: the id comes first
	u := &User{ID: id, Username: in.Username, Email: email, Role: RoleUser, Locale: locale(in.Locale),
		Reason: in.Reason, AppID: in.AppID, CreatedAt: fromMillis(s.millis()),
		Confirmed: !s.cfg.RequireConfirmation, Approved: s.cfg.Registrations != ByApproval}
	if in.Trusted {
		u.Confirmed, u.Approved = true, true
		if in.Role != "" {
			u.Role = in.Role
		}
	}
	return u
}

func (s *Service) insertUser(ctx context.Context, tx *db.Tx, u *User, in SignUp, hash string) error {
	var invite ids.ID
	if in.Invite != "" && !in.Trusted {
		var err error
		if invite, err = s.useInvite(ctx, tx, in.Invite); err != nil {
			return err
		}
		u.Approved = u.Approved || invite != 0
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO identity_usernames (name, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
		strings.ToLower(u.Username), u.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return refused(map[string][]errs.Field{"username": taken()})
	}
	n, err = db.Exec(ctx, tx, `INSERT INTO identity_users (id, username, email_index, email, password_hash, role, locale, reason,
		app_id, invite_id, created_at, confirmed, approved, disabled)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (email_index) DO NOTHING`,
		u.ID, u.Username, s.emailIndex(u.Email), s.keys.Seal([]byte(u.Email), emailContext(u.ID)), hash, string(u.Role), u.Locale,
		u.Reason, u.AppID, invite, u.CreatedAt.UnixMilli(), u.Confirmed, u.Approved, u.Disabled)
	if err != nil {
		return err
	}
	if n == 0 {
		return refused(map[string][]errs.Field{"email": taken()})
	}
	if err := countJoined(ctx, tx, u); err != nil {
		return err
	}
	if err := s.noteAddress(ctx, tx, u.ID, in.Address); err != nil {
		return err
	}
	if _, err := s.outbox.Add(ctx, tx, Registered{UserID: u.ID, Username: u.Username, Trusted: in.Trusted}); err != nil || u.Confirmed {
		return err
	}
	_, err = s.outbox.Add(ctx, tx, ConfirmationRequested{UserID: u.ID})
	return err
}

// problems says what is wrong with what can be judged without the database.
func (s *Service) problems(in SignUp, email string, emailOK bool) map[string][]errs.Field {
	p := map[string][]errs.Field{}
	if f := s.usernameRefusal(in.Username, in.Trusted); f != nil {
		p["username"] = f
	}
	switch {
	case strings.TrimSpace(in.Email) == "":
		p["email"] = []errs.Field{{Code: "ERR_BLANK", Text: "can't be blank"}}
	case len(in.Email) > emailMax:
		p["email"] = []errs.Field{{Code: "ERR_TOO_LONG", Text: "must have at most 320 characters"}}
	case !emailOK:
		p["email"] = []errs.Field{{Code: "ERR_INVALID", Text: "is not an e-mail address"}}
	}
	if f := s.hasher.refusal(in.Password, in.Username, email); f != nil && !(in.Trusted && in.Password == "") {
		p["password"] = f
	}
	if !in.Agreed && !in.Trusted {
		p["agreement"] = []errs.Field{{Code: "ERR_ACCEPTED", Text: "must be accepted"}}
	}
	switch {
	case utf8.RuneCountInString(in.Reason) > reasonMax:
		p["reason"] = []errs.Field{{Code: "ERR_TOO_LONG", Text: "must have at most 1000 characters"}}
	case !utf8.ValidString(in.Reason) || strings.ContainsRune(in.Reason, 0):
		p["reason"] = []errs.Field{{Code: "ERR_INVALID", Text: "is not valid text"}}
	}
	if in.Role != "" && !in.Role.valid() {
		p["role"] = []errs.Field{{Code: "ERR_INCLUSION", Text: "is not a role"}}
	}
	return p
}

func (s *Service) usernameRefusal(name string, trusted bool) []errs.Field {
	lower := strings.ToLower(name)
	switch {
	case name == "":
		return []errs.Field{{Code: "ERR_BLANK", Text: "can't be blank"}}
	case len(name) > usernameMax:
		return []errs.Field{{Code: "ERR_TOO_LONG", Text: "must have at most 30 characters"}}
	case !usernamePattern.MatchString(name):
		return []errs.Field{{Code: "ERR_INVALID", Text: "may have letters, numbers and underscores only"}}
	case s.reserved[lower] && !trusted:
		return []errs.Field{{Code: "ERR_RESERVED", Text: "is reserved"}}
	}
	return nil
}

func (s *Service) takenAlready(ctx context.Context, username, email string) error {
	p := map[string][]errs.Field{}
	names, err := db.Values[ids.ID](ctx, s.db, "SELECT user_id FROM identity_usernames WHERE name = $1", strings.ToLower(username))
	if err != nil {
		return err
	}
	if len(names) > 0 {
		p["username"] = taken()
	}
	emails, err := db.Values[ids.ID](ctx, s.db, "SELECT id FROM identity_users WHERE email_index = $1", s.emailIndex(email))
	if err != nil {
		return err
	}
	if len(emails) > 0 {
		p["email"] = taken()
	}
	if len(p) == 0 {
		return nil
	}
	return refused(p)
}

func taken() []errs.Field {
	return []errs.Field{{Code: "ERR_TAKEN", Text: "has already been taken"}}
}

// refused is the error for inputs that are not acceptable.
func refused(p map[string][]errs.Field) error {
	var parts []string
	for name, fields := range p {
		for _, f := range fields {
			parts = append(parts, strings.ToUpper(name[:1])+name[1:]+" "+f.Text)
		}
	}
	sort.Strings(parts)
	return &errs.Error{Kind: errs.Invalid, Text: "Validation failed: " + strings.Join(parts, ", "), Fields: p}
}

// normalizeEmail returns an address in lower case with an ASCII domain, the
// form that is kept and compared, or false if it cannot be one.
func normalizeEmail(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if len(text) > emailMax || strings.ContainsAny(text, "%,\"()<>[]:;\\ \t\r\n\x00") {
		return "", false
	}
	at := strings.LastIndexByte(text, '@')
	// Local parts beyond ASCII need mail servers that few have (RFC 6531).
	if at < 1 || at > 64 || strings.ContainsFunc(text[:at], func(r rune) bool { return r > 0x7e }) {
		return "", false
	}
	domain, err := idna.Lookup.ToASCII(text[at+1:])
	if err != nil || (!strings.Contains(domain, ".") && domain != "localhost") {
		return "", false
	}
	email := strings.ToLower(text[:at] + "@" + domain)
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email {
		return "", false
	}
	return email, true
}

func (r Role) valid() bool {
	return r == RoleUser || r == RoleModerator || r == RoleAdmin || r == RoleOwner
}
