-- Who may quote an account's posts by default: public, followers, nobody.

-- +goose Up
ALTER TABLE profiles_accounts ADD COLUMN quote_policy TEXT NOT NULL DEFAULT 'public';

-- +goose Down
ALTER TABLE profiles_accounts DROP COLUMN quote_policy;
