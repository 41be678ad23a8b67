-- +goose Up

-- Names outlive their users: a name that was given once is never given again.
CREATE TABLE identity_usernames (
    name    TEXT NOT NULL PRIMARY KEY, -- lower case
    user_id BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE identity_users (
    id            INTEGER PRIMARY KEY,
    username      TEXT NOT NULL, -- as typed; lower case it is in identity_usernames
    email_index   BLOB NOT NULL, -- blind index of the normalized address
    email         BLOB NOT NULL, -- sealed
    password_hash TEXT NOT NULL, -- argon2id, PHC format
    role          TEXT NOT NULL,
    locale        TEXT NOT NULL,
    reason        TEXT NOT NULL,
    app_id        BIGINT NOT NULL, -- 0: the web pages
    invite_id     BIGINT NOT NULL, -- 0: none
    created_at    BIGINT NOT NULL,
    confirmed     BOOLEAN NOT NULL,
    approved      BOOLEAN NOT NULL,
    disabled      BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX identity_users_email ON identity_users (email_index);
CREATE INDEX identity_users_waiting ON identity_users (id) WHERE NOT approved;
CREATE INDEX identity_users_active ON identity_users (id) WHERE confirmed AND approved AND NOT disabled;

-- When a user was last seen, to the day; apart, because it changes often.
CREATE TABLE identity_activity (
    user_id BIGINT NOT NULL PRIMARY KEY,
    seen_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX identity_activity_seen ON identity_activity (seen_at);

CREATE TABLE identity_sessions (
    id         INTEGER PRIMARY KEY,
    hash       BLOB NOT NULL, -- sha256 of the cookie's secret
    user_id    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL, -- to the hour
    address    TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE UNIQUE INDEX identity_sessions_hash ON identity_sessions (hash);
CREATE INDEX identity_sessions_user ON identity_sessions (user_id);
CREATE INDEX identity_sessions_used ON identity_sessions (used_at);

-- Links sent by mail: one of a kind for each user, so the newest alone works.
CREATE TABLE identity_links (
    user_id    BIGINT NOT NULL,
    kind       TEXT NOT NULL,   -- confirm, reset, approved
    hash       BLOB NOT NULL,   -- sha256 of the link's secret
    event_id   BIGINT NOT NULL, -- the event that asked for it
    sent       BOOLEAN NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, kind)
) WITHOUT ROWID;
CREATE UNIQUE INDEX identity_links_hash ON identity_links (hash);
CREATE INDEX identity_links_expires ON identity_links (expires_at);

CREATE TABLE identity_invites (
    id         INTEGER PRIMARY KEY,
    hash       BLOB NOT NULL, -- sha256 of the code
    user_id    BIGINT NOT NULL, -- who invites
    max_uses   BIGINT NOT NULL, -- 0: no bound
    uses       BIGINT NOT NULL,
    expires_at BIGINT NOT NULL, -- 0: never
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX identity_invites_hash ON identity_invites (hash);

CREATE TABLE identity_apps (
    id          INTEGER PRIMARY KEY,
    client_id   TEXT NOT NULL,
    secret_hash BLOB NOT NULL, -- sha256; empty: no secret fits
    name        TEXT NOT NULL,
    website     TEXT NOT NULL,
    scopes      TEXT NOT NULL, -- as on the wire
    created_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX identity_apps_client ON identity_apps (client_id);

CREATE TABLE identity_app_redirects (
    app_id   BIGINT NOT NULL,
    position BIGINT NOT NULL,
    uri      TEXT NOT NULL,
    PRIMARY KEY (app_id, position)
) WITHOUT ROWID;

CREATE TABLE identity_codes (
    hash         BLOB NOT NULL PRIMARY KEY, -- sha256 of the code
    app_id       BIGINT NOT NULL,
    user_id      BIGINT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    challenge    TEXT NOT NULL, -- PKCE S256; empty: none
    expires_at   BIGINT NOT NULL,
    used         BOOLEAN NOT NULL,
    token_id     BIGINT NOT NULL -- the token made from it; 0: none
) WITHOUT ROWID;
CREATE INDEX identity_codes_user ON identity_codes (user_id);
CREATE INDEX identity_codes_expires ON identity_codes (expires_at);

CREATE TABLE identity_tokens (
    id         INTEGER PRIMARY KEY,
    hash       BLOB NOT NULL, -- sha256 of the token
    app_id     BIGINT NOT NULL,
    user_id    BIGINT NOT NULL, -- 0: the app on its own behalf
    scopes     TEXT NOT NULL,   -- as on the wire
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX identity_tokens_hash ON identity_tokens (hash);
CREATE INDEX identity_tokens_user ON identity_tokens (user_id);

CREATE TABLE identity_outbox (
    id   INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    data BLOB NOT NULL
);

-- +goose Down
DROP TABLE identity_outbox;
DROP TABLE identity_tokens;
DROP TABLE identity_codes;
DROP TABLE identity_app_redirects;
DROP TABLE identity_apps;
DROP TABLE identity_invites;
DROP TABLE identity_links;
DROP TABLE identity_sessions;
DROP TABLE identity_activity;
DROP TABLE identity_users;
DROP TABLE identity_usernames;
