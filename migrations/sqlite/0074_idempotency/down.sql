DROP TABLE idempotency_keys;
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
