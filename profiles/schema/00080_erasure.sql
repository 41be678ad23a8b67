-- What others have noted about an account is found by it too, so that it can be
-- erased.

-- +goose Up
CREATE INDEX profiles_mutes_to ON profiles_mutes (to_id);
CREATE INDEX profiles_notes_to ON profiles_notes (to_id);
CREATE INDEX profiles_endorsements_to ON profiles_endorsements (to_id);
CREATE INDEX profiles_dismissals_to ON profiles_dismissals (to_id);

-- +goose Down
DROP INDEX profiles_dismissals_to;
DROP INDEX profiles_endorsements_to;
DROP INDEX profiles_notes_to;
DROP INDEX profiles_mutes_to;
