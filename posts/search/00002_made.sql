-- A row says that the index was made of all posts; without one it may hold some
-- of them only, because a process ended while it was being made.

-- +goose Up
CREATE TABLE posts_search_made (
    id INTEGER PRIMARY KEY
);

-- +goose Down
DROP TABLE posts_search_made;
