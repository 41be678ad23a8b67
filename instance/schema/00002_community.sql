-- What a server says of itself and for all its members. Times are Unix
-- milliseconds, 0 means none; days are written as 2026-01-31.

-- +goose Up
CREATE TABLE instance_emojis (
    id INTEGER PRIMARY KEY,
    shortcode TEXT NOT NULL UNIQUE,
    image TEXT NOT NULL, -- blob key
    category TEXT NOT NULL DEFAULT '',
    visible BOOLEAN NOT NULL DEFAULT TRUE,
    featured BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX instance_emojis_image ON instance_emojis (image);

CREATE TABLE instance_rules (
    id INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    hint TEXT NOT NULL DEFAULT ''
);
CREATE INDEX instance_rules_order ON instance_rules (position, id);

CREATE TABLE instance_rule_translations (
    rule_id BIGINT NOT NULL REFERENCES instance_rules (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    hint TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (rule_id, language)
) WITHOUT ROWID;

CREATE TABLE instance_terms (
    id INTEGER PRIMARY KEY,
    effective TEXT NOT NULL UNIQUE, -- the day
    text TEXT NOT NULL
);

-- The privacy policy and the extended description.
CREATE TABLE instance_documents (
    name TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL,
    updated_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE instance_announcements (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    starts_at BIGINT NOT NULL DEFAULT 0,
    ends_at BIGINT NOT NULL DEFAULT 0,
    all_day BOOLEAN NOT NULL DEFAULT FALSE,
    scheduled_at BIGINT NOT NULL DEFAULT 0,
    published_at BIGINT NOT NULL DEFAULT 0, -- 0: nobody sees it yet
    updated_at BIGINT NOT NULL
);
CREATE INDEX instance_announcements_published ON instance_announcements (published_at, id) WHERE published_at <> 0;
CREATE INDEX instance_announcements_due ON instance_announcements (scheduled_at) WHERE scheduled_at <> 0;
CREATE INDEX instance_announcements_ends ON instance_announcements (ends_at) WHERE published_at <> 0 AND ends_at <> 0;

CREATE TABLE instance_announcement_reads (
    account_id BIGINT NOT NULL,
    announcement_id BIGINT NOT NULL REFERENCES instance_announcements (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, announcement_id)
) WITHOUT ROWID;
CREATE INDEX instance_announcement_reads_announcement ON instance_announcement_reads (announcement_id);

CREATE TABLE instance_reactions (
    account_id BIGINT NOT NULL,
    announcement_id BIGINT NOT NULL REFERENCES instance_announcements (id) ON DELETE CASCADE,
    name TEXT NOT NULL, -- a Unicode emoji, or the shortcode of one of ours
    PRIMARY KEY (account_id, announcement_id, name)
) WITHOUT ROWID;
CREATE INDEX instance_reactions_announcement ON instance_reactions (announcement_id);

-- How many have reacted so: kept counts of instance_reactions.
CREATE TABLE instance_reaction_counts (
    announcement_id BIGINT NOT NULL REFERENCES instance_announcements (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    first BIGINT NOT NULL, -- an id that was new at the first one
    PRIMARY KEY (announcement_id, name)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE instance_reaction_counts;
DROP TABLE instance_reactions;
DROP TABLE instance_announcement_reads;
DROP TABLE instance_announcements;
DROP TABLE instance_documents;
DROP TABLE instance_terms;
DROP TABLE instance_rule_translations;
DROP TABLE instance_rules;
DROP TABLE instance_emojis;
