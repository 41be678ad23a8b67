-- +goose Up
-- Words are compared by their bytes, whatever the database's locale, so that a
-- prefix is one range of the index. SQLite does so by itself.
ALTER TABLE profiles_search_words ALTER COLUMN word TYPE TEXT COLLATE "C";

-- +goose Down
ALTER TABLE profiles_search_words ALTER COLUMN word TYPE TEXT COLLATE "default";
