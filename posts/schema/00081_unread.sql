-- Conversations that are unread are counted wherever they are in the list.

-- +goose Up
CREATE INDEX posts_conversations_unread ON posts_conversations (account_id, last_id) WHERE unread;

-- +goose Down
DROP INDEX posts_conversations_unread;
