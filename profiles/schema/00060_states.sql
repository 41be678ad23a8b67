-- +goose Up
-- What moderators have decided about an account: bits of 1 suspended,
-- 2 silenced, 4 sensitized.
ALTER TABLE profiles_accounts ADD COLUMN state BIGINT NOT NULL DEFAULT 0;
CREATE INDEX profiles_accounts_state ON profiles_accounts (id, state) WHERE state <> 0;

-- +goose Down
DROP INDEX profiles_accounts_state;
ALTER TABLE profiles_accounts DROP COLUMN state;
