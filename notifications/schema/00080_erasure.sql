-- What accounts were told of somebody is found by who it was, so that it can be
-- erased.

-- +goose Up
CREATE INDEX notifications_by_sender ON notifications_notifications (from_id);
CREATE INDEX notifications_permissions_from ON notifications_permissions (from_id);
CREATE INDEX notifications_requests_from ON notifications_requests (from_id);

-- +goose Down
DROP INDEX notifications_requests_from;
DROP INDEX notifications_permissions_from;
DROP INDEX notifications_by_sender;
