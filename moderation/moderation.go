// Package moderation is how a community is kept: reports, what moderators do
// about them, and the log of who did it. What an action means for an account is
// for the rooms that own it (may it sign in: identity; is it shown: profiles).
package moderation
