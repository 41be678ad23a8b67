-- Lists: accounts that their owner reads apart from the home timeline.

-- +goose Up
CREATE TABLE posts_lists (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL, -- whose
    title TEXT NOT NULL,
    -- posts.RepliesPolicy: which answers it shows
    replies SMALLINT NOT NULL,
    -- what its members post does not appear in the owner's home timeline
    exclusive BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX posts_lists_account ON posts_lists (account_id, id);

CREATE TABLE posts_list_members (
    list_id BIGINT NOT NULL REFERENCES posts_lists (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL,
    -- the cursor of the list of members; rises with time
    id BIGINT NOT NULL,
    PRIMARY KEY (list_id, account_id)
) WITHOUT ROWID;
CREATE INDEX posts_list_members_list ON posts_list_members (list_id, id);

-- +goose Down
DROP TABLE posts_list_members;
DROP TABLE posts_lists;
