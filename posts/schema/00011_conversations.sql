-- Conversations: the direct posts of a thread among the same people, as each of
-- them sees it.

-- +goose Up
CREATE TABLE posts_conversations (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL, -- whose
    thread_id BIGINT NOT NULL,
    -- a digest of who takes part, in any order
    people TEXT NOT NULL,
    -- its newest post; the cursor of the list
    last_id BIGINT NOT NULL,
    unread BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX posts_conversations_people ON posts_conversations (account_id, thread_id, people);
CREATE INDEX posts_conversations_list ON posts_conversations (account_id, last_id);

-- The direct posts that an account has written or is mentioned in.
CREATE TABLE posts_directs (
    account_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL REFERENCES posts_posts (id) ON DELETE CASCADE,
    -- 0: the account has deleted the conversation
    conversation_id BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, post_id)
) WITHOUT ROWID;
CREATE INDEX posts_directs_post ON posts_directs (post_id);
CREATE INDEX posts_directs_conversation ON posts_directs (conversation_id, post_id) WHERE conversation_id <> 0;

-- +goose Down
DROP TABLE posts_directs;
DROP TABLE posts_conversations;
