-- Since when there is an account that was made because an association asked, and that nobody has used yet: such a one goes by itself.
ALTER TABLE people ADD COLUMN asked_at TEXT CHECK (asked_at = datetime(asked_at));
CREATE INDEX people_asked ON people (asked_at) WHERE asked_at IS NOT NULL;
-- By these the jobs of the night and whoever erases somebody find what they look for.
CREATE INDEX membership_invitations_by_address ON membership_invitations (email_key);
CREATE INDEX shift_notes_by_time ON shift_notes (written_at);
-- Those of one state alone were of no use: the state is a bound value, of which no planner can know which it is.
DROP INDEX waitlist_waiting;
DROP INDEX waitlist_offered;
-- What is kept without an answer can't be read; nothing writes such a row since 0074.
-- contract: since 0.1.0 nothing leaves the answer out
CREATE TABLE kept_answers (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  answer TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  PRIMARY KEY (scope, key)
) STRICT;
INSERT INTO kept_answers (scope, key, request_hash, answer, created_at)
SELECT scope, key, request_hash, answer, created_at FROM idempotency_keys WHERE answer IS NOT NULL;
DROP TABLE idempotency_keys;
ALTER TABLE kept_answers RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
