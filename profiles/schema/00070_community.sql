-- What a profile shows, domains that accounts block, and collections of accounts.

-- +goose Up
ALTER TABLE profiles_accounts ADD COLUMN show_media BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE profiles_accounts ADD COLUMN show_media_replies BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE profiles_accounts ADD COLUMN show_featured BOOLEAN NOT NULL DEFAULT TRUE;

-- Domains of websites that may name the account as an author.
CREATE TABLE profiles_attribution_domains (
    account_id BIGINT NOT NULL REFERENCES profiles_accounts (id) ON DELETE CASCADE,
    position   BIGINT NOT NULL,
    domain     TEXT   NOT NULL,
    PRIMARY KEY (account_id, position)
) WITHOUT ROWID;

CREATE TABLE profiles_domain_blocks (
    account_id BIGINT NOT NULL,
    domain     TEXT   NOT NULL,
    id         BIGINT NOT NULL,
    PRIMARY KEY (account_id, domain)
) WITHOUT ROWID;
CREATE UNIQUE INDEX profiles_domain_blocks_list ON profiles_domain_blocks (account_id, id);

CREATE TABLE profiles_collections (
    id           INTEGER PRIMARY KEY,
    account_id   BIGINT  NOT NULL,
    name         TEXT    NOT NULL,
    description  TEXT    NOT NULL DEFAULT '',
    language     TEXT    NOT NULL DEFAULT '',
    tag          TEXT    NOT NULL DEFAULT '',
    sensitive    BOOLEAN NOT NULL DEFAULT FALSE,
    discoverable BOOLEAN NOT NULL DEFAULT TRUE,
    updated_at   BIGINT  NOT NULL
);
CREATE INDEX profiles_collections_account ON profiles_collections (account_id, id);

-- Who is in a collection, and who was and is not to be in it again (revoked).
CREATE TABLE profiles_collection_items (
    id            INTEGER PRIMARY KEY,
    collection_id BIGINT  NOT NULL REFERENCES profiles_collections (id) ON DELETE CASCADE,
    account_id    BIGINT  NOT NULL,
    revoked       BOOLEAN NOT NULL DEFAULT FALSE,
    UNIQUE (collection_id, account_id)
);
CREATE INDEX profiles_collection_items_account ON profiles_collection_items (account_id, collection_id);

-- +goose Down
DROP TABLE profiles_collection_items;
DROP TABLE profiles_collections;
DROP TABLE profiles_domain_blocks;
DROP TABLE profiles_attribution_domains;
ALTER TABLE profiles_accounts DROP COLUMN show_featured;
ALTER TABLE profiles_accounts DROP COLUMN show_media_replies;
ALTER TABLE profiles_accounts DROP COLUMN show_media;
