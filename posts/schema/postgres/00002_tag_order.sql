-- Tags are searched by prefix as a range of bytes.

-- +goose Up
ALTER TABLE posts_tags_names ALTER COLUMN name TYPE TEXT COLLATE "C";

-- +goose Down
ALTER TABLE posts_tags_names ALTER COLUMN name TYPE TEXT;
