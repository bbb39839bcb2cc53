-- A claim while the first request runs; the answer to repeat once it has committed.
CREATE TABLE idempotency_keys (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  claim TEXT NOT NULL,
  claimed_until TEXT NOT NULL CHECK (claimed_until = datetime(claimed_until)),
  answer TEXT,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  PRIMARY KEY (scope, key)
) STRICT;
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);

-- Who did what, before and after: only ever added to.
CREATE TABLE audit_log (
  id TEXT NOT NULL PRIMARY KEY,
  at TEXT NOT NULL CHECK (at = datetime(at)),
  actor_id TEXT REFERENCES people (id),
  action TEXT NOT NULL,
  noun TEXT NOT NULL,
  noun_id TEXT,
  before TEXT,
  after TEXT,
  text_key TEXT NOT NULL,
  request_id TEXT
) STRICT;
CREATE INDEX audit_log_by_time ON audit_log (at, id);
CREATE INDEX audit_log_by_noun ON audit_log (noun, noun_id);
CREATE INDEX audit_log_by_actor ON audit_log (actor_id);

CREATE TRIGGER audit_log_append_only_update BEFORE UPDATE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'audit_log_append_only');
END;
CREATE TRIGGER audit_log_append_only_delete BEFORE DELETE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'audit_log_append_only');
END;
