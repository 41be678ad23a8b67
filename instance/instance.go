// Package instance is what a server says of itself and for all its members:
// rules, terms of service, announcements, custom emoji. What moderators do about
// members and reports belongs to the room moderation.
package instance
