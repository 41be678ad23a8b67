-- +goose Up
-- Who else has a picture, asked when one of them is erased.
CREATE INDEX profiles_accounts_avatar ON profiles_accounts (avatar) WHERE avatar <> '';
CREATE INDEX profiles_accounts_header ON profiles_accounts (header) WHERE header <> '';

-- +goose Down
DROP INDEX profiles_accounts_header;
DROP INDEX profiles_accounts_avatar;
