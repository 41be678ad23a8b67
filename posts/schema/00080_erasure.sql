-- The votes of an account are found by it, so that they can be erased.

-- +goose Up
CREATE INDEX posts_poll_votes_account ON posts_poll_votes (account_id);

-- +goose Down
DROP INDEX posts_poll_votes_account;
