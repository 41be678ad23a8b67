-- +goose Up
-- Accounts. Followers, following, requests and graph are kept in the
-- transaction of each change of a relation.
CREATE TABLE profiles_accounts (
    id               INTEGER PRIMARY KEY,
    domain           TEXT    NOT NULL, -- '' for local accounts
    name             TEXT    NOT NULL, -- the username in lower case
    username         TEXT    NOT NULL,
    display_name     TEXT    NOT NULL DEFAULT '',
    note             TEXT    NOT NULL DEFAULT '',
    avatar           TEXT    NOT NULL DEFAULT '',
    header           TEXT    NOT NULL DEFAULT '',
    avatar_alt       TEXT    NOT NULL DEFAULT '',
    header_alt       TEXT    NOT NULL DEFAULT '',
    locked           BOOLEAN NOT NULL DEFAULT FALSE,
    bot              BOOLEAN NOT NULL DEFAULT FALSE,
    discoverable     BOOLEAN NOT NULL DEFAULT FALSE,
    indexable        BOOLEAN NOT NULL DEFAULT FALSE,
    hide_collections BOOLEAN NOT NULL DEFAULT FALSE,
    privacy          TEXT    NOT NULL DEFAULT 'public',
    sensitive        BOOLEAN NOT NULL DEFAULT FALSE,
    language         TEXT    NOT NULL DEFAULT '',
    created_at       BIGINT  NOT NULL,
    followers        BIGINT  NOT NULL DEFAULT 0,
    following        BIGINT  NOT NULL DEFAULT 0,
    requests         BIGINT  NOT NULL DEFAULT 0,
    graph            BIGINT  NOT NULL DEFAULT 0,
    UNIQUE (domain, name)
);

CREATE TABLE profiles_fields (
    account_id BIGINT NOT NULL REFERENCES profiles_accounts (id) ON DELETE CASCADE,
    position   BIGINT NOT NULL,
    name       TEXT   NOT NULL,
    value      TEXT   NOT NULL,
    PRIMARY KEY (account_id, position)
) WITHOUT ROWID;

-- The words by which an account is found, see search.go.
CREATE TABLE profiles_search_words (
    word       TEXT   NOT NULL,
    account_id BIGINT NOT NULL REFERENCES profiles_accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (word, account_id)
) WITHOUT ROWID;
CREATE INDEX profiles_search_words_account ON profiles_search_words (account_id, word);

-- Follows, and requests to follow (pending). The id is the place in lists.
CREATE TABLE profiles_follows (
    from_id BIGINT  NOT NULL,
    to_id   BIGINT  NOT NULL,
    id      BIGINT  NOT NULL,
    pending BOOLEAN NOT NULL,
    boosts  BOOLEAN NOT NULL,
    notify  BOOLEAN NOT NULL,
    PRIMARY KEY (from_id, to_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX profiles_follows_from ON profiles_follows (from_id, pending, id);
CREATE UNIQUE INDEX profiles_follows_to ON profiles_follows (to_id, pending, id);
CREATE INDEX profiles_follows_followers ON profiles_follows (to_id, from_id);
CREATE INDEX profiles_follows_notify ON profiles_follows (to_id, from_id) WHERE notify = TRUE;

CREATE TABLE profiles_follow_languages (
    from_id  BIGINT NOT NULL,
    to_id    BIGINT NOT NULL,
    language TEXT   NOT NULL,
    PRIMARY KEY (from_id, to_id, language),
    FOREIGN KEY (from_id, to_id) REFERENCES profiles_follows (from_id, to_id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE profiles_blocks (
    from_id BIGINT NOT NULL,
    to_id   BIGINT NOT NULL,
    id      BIGINT NOT NULL,
    PRIMARY KEY (from_id, to_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX profiles_blocks_from ON profiles_blocks (from_id, id);
CREATE INDEX profiles_blocks_to ON profiles_blocks (to_id, from_id);

CREATE TABLE profiles_mutes (
    from_id       BIGINT  NOT NULL,
    to_id         BIGINT  NOT NULL,
    id            BIGINT  NOT NULL,
    notifications BOOLEAN NOT NULL,
    ends_at       BIGINT  NOT NULL, -- 0: for good
    PRIMARY KEY (from_id, to_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX profiles_mutes_from ON profiles_mutes (from_id, id);

CREATE TABLE profiles_notes (
    from_id BIGINT NOT NULL,
    to_id   BIGINT NOT NULL,
    note    TEXT   NOT NULL,
    PRIMARY KEY (from_id, to_id)
) WITHOUT ROWID;

CREATE TABLE profiles_outbox (
    id   INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    data BLOB NOT NULL
);

-- +goose Down
DROP TABLE profiles_outbox;
DROP TABLE profiles_notes;
DROP TABLE profiles_mutes;
DROP TABLE profiles_blocks;
DROP TABLE profiles_follow_languages;
DROP TABLE profiles_follows;
DROP TABLE profiles_search_words;
DROP TABLE profiles_fields;
DROP TABLE profiles_accounts;
