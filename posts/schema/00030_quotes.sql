-- Quotes: a post that shows another one, and whom an author lets quote.

-- +goose Up
-- What a post quotes; 0: nothing. It stays when that post is deleted, so that
-- readers are told so.
ALTER TABLE posts_posts ADD COLUMN quote_of_id BIGINT NOT NULL DEFAULT 0;
-- posts.QuoteState: what the quoted post's author says to it
ALTER TABLE posts_posts ADD COLUMN quote_state SMALLINT NOT NULL DEFAULT 0;
-- posts.QuotePolicy: who may quote this post
ALTER TABLE posts_posts ADD COLUMN quote_policy SMALLINT NOT NULL DEFAULT 0;
CREATE INDEX posts_posts_quotes ON posts_posts (quote_of_id, id) WHERE quote_of_id <> 0;
-- kept count of the public and unlisted quotes that are accepted
ALTER TABLE posts_stats ADD COLUMN quotes INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE posts_stats DROP COLUMN quotes;
DROP INDEX posts_posts_quotes;
ALTER TABLE posts_posts DROP COLUMN quote_policy;
ALTER TABLE posts_posts DROP COLUMN quote_state;
ALTER TABLE posts_posts DROP COLUMN quote_of_id;
