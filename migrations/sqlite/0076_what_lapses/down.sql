CREATE TABLE kept_answers (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  answer TEXT,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  PRIMARY KEY (scope, key)
) STRICT;
INSERT INTO kept_answers (scope, key, request_hash, answer, created_at) SELECT scope, key, request_hash, answer, created_at FROM idempotency_keys;
DROP TABLE idempotency_keys;
ALTER TABLE kept_answers RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
CREATE INDEX waitlist_waiting ON waitlist (ends_at) WHERE status = 'waiting';
CREATE INDEX waitlist_offered ON waitlist (held_until) WHERE status = 'offered';
DROP INDEX shift_notes_by_time;
DROP INDEX membership_invitations_by_address;
DROP INDEX people_asked;
ALTER TABLE people DROP COLUMN asked_at;
