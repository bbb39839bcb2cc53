-- The answer alone, written in the transaction of the work. A claim of its own before it outlived its claimant for a minute, and an answer
-- whose commit went through while the connection was lost was taken for a claim and thrown away. What is kept is kept for a day.
DROP TABLE idempotency_keys;
CREATE TABLE idempotency_keys (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  answer TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  PRIMARY KEY (scope, key)
) STRICT;
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
