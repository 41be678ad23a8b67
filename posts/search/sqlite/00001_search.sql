-- The full-text index of posts, which holds no text: the rowid is the post's id.

-- +goose Up
CREATE VIRTUAL TABLE posts_search USING fts5(
    words, marks,
    content='', contentless_delete=1,
    tokenize="unicode61 remove_diacritics 2"
);

-- +goose Down
DROP TABLE posts_search;
