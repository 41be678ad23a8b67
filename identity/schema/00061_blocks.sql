-- Who may not sign up, or not come at all.

-- +goose Up
CREATE TABLE identity_email_domain_blocks (
    id     INTEGER PRIMARY KEY,
    domain TEXT    NOT NULL UNIQUE, -- lower case, ASCII; subdomains too
    soft   BOOLEAN NOT NULL         -- sign-ups wait for approval instead
);

-- How often somebody tried all the same.
CREATE TABLE identity_email_domain_attempts (
    block_id BIGINT NOT NULL REFERENCES identity_email_domain_blocks (id) ON DELETE CASCADE,
    day      BIGINT NOT NULL, -- its midnight, UTC
    attempts BIGINT NOT NULL,
    PRIMARY KEY (block_id, day)
) WITHOUT ROWID;

CREATE TABLE identity_canonical_email_blocks (
    id   INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE -- sha256 of the canonical address, hexadecimal
);

CREATE TABLE identity_ip_blocks (
    id         INTEGER PRIMARY KEY,
    network    TEXT   NOT NULL UNIQUE, -- 192.0.2.0/24
    severity   TEXT   NOT NULL,
    comment    TEXT   NOT NULL,
    expires_at BIGINT NOT NULL -- 0: never
);

-- +goose Down
DROP TABLE identity_ip_blocks;
DROP TABLE identity_canonical_email_blocks;
DROP TABLE identity_email_domain_attempts;
DROP TABLE identity_email_domain_blocks;
