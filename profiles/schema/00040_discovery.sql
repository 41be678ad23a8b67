-- How accounts are found: whom others recommend, and what need not be
-- recommended again.

-- +goose Up
-- id is the cursor of the list.
CREATE TABLE profiles_endorsements (
    from_id BIGINT NOT NULL,
    to_id   BIGINT NOT NULL,
    id      BIGINT NOT NULL,
    PRIMARY KEY (from_id, to_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX profiles_endorsements_from ON profiles_endorsements (from_id, id);

-- Suggestions that somebody did not want.
CREATE TABLE profiles_dismissals (
    from_id BIGINT NOT NULL,
    to_id   BIGINT NOT NULL,
    PRIMARY KEY (from_id, to_id)
) WITHOUT ROWID;

CREATE INDEX profiles_accounts_listed ON profiles_accounts (id) WHERE discoverable = TRUE;
CREATE INDEX profiles_accounts_followed ON profiles_accounts (followers, id) WHERE discoverable = TRUE;

-- +goose Down
DROP INDEX profiles_accounts_followed;
DROP INDEX profiles_accounts_listed;
DROP TABLE profiles_dismissals;
DROP TABLE profiles_endorsements;
