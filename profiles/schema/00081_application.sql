-- +goose Up
-- Posts say which app they were written with.
ALTER TABLE profiles_accounts ADD COLUMN show_application BOOLEAN NOT NULL DEFAULT TRUE;

-- +goose Down
ALTER TABLE profiles_accounts DROP COLUMN show_application;
