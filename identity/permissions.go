package identity

// Permissions are what a role allows, as the bits that Mastodon's clients know.
type Permissions uint64

// The permissions that roles have here.
const (
	Administrator     Permissions = 1 << 0
	ViewDevops        Permissions = 1 << 1
	ViewAuditLog      Permissions = 1 << 2
	ViewDashboard     Permissions = 1 << 3
	ManageReports     Permissions = 1 << 4
	ManageFederation  Permissions = 1 << 5
	ManageSettings    Permissions = 1 << 6
	ManageBlocks      Permissions = 1 << 7
	ManageTaxonomies  Permissions = 1 << 8
	ManageUsers       Permissions = 1 << 10
	ManageInvites     Permissions = 1 << 11
	ManageRules       Permissions = 1 << 12
	ManageNews        Permissions = 1 << 13 // announcements
	ManageCustomEmoji Permissions = 1 << 14
	ManageUserAccess  Permissions = 1 << 18
	DeleteUserData    Permissions = 1 << 19
)

const (
	moderatorMay = ViewDashboard | ViewAuditLog | ManageUsers | ManageReports | ManageTaxonomies
	adminMay     = moderatorMay | ViewDevops | ManageFederation | ManageSettings | ManageBlocks | ManageInvites | ManageRules | ManageNews |
		ManageCustomEmoji | ManageUserAccess | DeleteUserData
)

// Permissions returns what the role allows. An owner may do everything.
func (r Role) Permissions() Permissions {
	switch r {
	case RoleModerator:
		return moderatorMay
	case RoleAdmin:
		return adminMay
	case RoleOwner:
		return Administrator
	}
	return 0
}

// May tells whether the role allows something.
func (r Role) May(p Permissions) bool {
	have := r.Permissions()
	return have&Administrator != 0 || have&p == p
}

// Rank orders the roles: nobody acts on those of the same or a higher rank.
func (r Role) Rank() int {
	switch r {
	case RoleModerator:
		return 10
	case RoleAdmin:
		return 100
	case RoleOwner:
		return 1000
	}
	return 0
}
