-- +goose Up
-- Moderators have closed the account: nothing of the user's opens anything.
ALTER TABLE identity_users ADD COLUMN suspended BOOLEAN NOT NULL DEFAULT FALSE;
DROP INDEX identity_users_active;
CREATE INDEX identity_users_active ON identity_users (id) WHERE confirmed AND approved AND NOT disabled AND NOT suspended;
CREATE INDEX identity_users_disabled ON identity_users (id) WHERE disabled;
CREATE INDEX identity_users_suspended ON identity_users (id) WHERE suspended;
CREATE INDEX identity_users_staff ON identity_users (id) WHERE role <> 'user';
CREATE INDEX identity_users_invited ON identity_users (invite_id, id) WHERE invite_id <> 0;
CREATE INDEX identity_invites_user ON identity_invites (user_id);

-- From where users have signed up and in, the last few and for a while.
CREATE TABLE identity_addresses (
    user_id BIGINT NOT NULL,
    address BLOB   NOT NULL, -- 16 bytes, IPv4 mapped into IPv6
    used_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, address)
) WITHOUT ROWID;
CREATE INDEX identity_addresses_address ON identity_addresses (address, user_id);
CREATE INDEX identity_addresses_used ON identity_addresses (used_at);

-- +goose Down
DROP TABLE identity_addresses;
DROP INDEX identity_invites_user;
DROP INDEX identity_users_invited;
DROP INDEX identity_users_staff;
DROP INDEX identity_users_suspended;
DROP INDEX identity_users_disabled;
DROP INDEX identity_users_active;
CREATE INDEX identity_users_active ON identity_users (id) WHERE confirmed AND approved AND NOT disabled;
ALTER TABLE identity_users DROP COLUMN suspended;
