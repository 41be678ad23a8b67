-- How many people are active, stay and join, counted as it happens. A day is
-- counted from 1970 (UTC).

-- +goose Up
-- The language that a user had when seen last; the dashboard counts by it.
ALTER TABLE identity_activity ADD COLUMN locale TEXT NOT NULL DEFAULT '';
UPDATE identity_activity SET locale = COALESCE((SELECT u.locale FROM identity_users u WHERE u.id = identity_activity.user_id), '');
DROP INDEX identity_activity_seen;
CREATE INDEX identity_activity_seen ON identity_activity (seen_at, locale);

-- Active users of a day, by the day on which they had been active before: so
-- the different ones of any span are those who had not been since it began.
CREATE TABLE identity_active (
    day       BIGINT NOT NULL,
    prior_day BIGINT NOT NULL, -- 0: never
    users     BIGINT NOT NULL,
    PRIMARY KEY (day, prior_day)
) WITHOUT ROWID;
INSERT INTO identity_active (day, prior_day, users) SELECT seen_at / 86400000, 0, COUNT(*) FROM identity_activity GROUP BY seen_at / 86400000;

-- How many of those who joined on a day, or in a month (by its first day), were
-- active on another.
CREATE TABLE identity_retained (
    monthly    BOOLEAN NOT NULL,
    joined_day BIGINT  NOT NULL,
    active_day BIGINT  NOT NULL,
    users      BIGINT  NOT NULL,
    PRIMARY KEY (monthly, joined_day, active_day)
) WITHOUT ROWID;

-- Who joined, by the app that signed them up; those who have left since count.
CREATE TABLE identity_joined (
    day    BIGINT NOT NULL,
    app_id BIGINT NOT NULL, -- 0: the web pages
    users  BIGINT NOT NULL,
    PRIMARY KEY (day, app_id)
) WITHOUT ROWID;
INSERT INTO identity_joined (day, app_id, users) SELECT created_at / 86400000, app_id, COUNT(*) FROM identity_users GROUP BY created_at / 86400000, app_id;

-- +goose Down
DROP TABLE identity_joined;
DROP TABLE identity_retained;
DROP TABLE identity_active;
DROP INDEX identity_activity_seen;
ALTER TABLE identity_activity DROP COLUMN locale;
CREATE INDEX identity_activity_seen ON identity_activity (seen_at);
