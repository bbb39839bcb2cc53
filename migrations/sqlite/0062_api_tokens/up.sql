-- Tokens by which a person's own programs come in: for one kind of work, until a day, hashed.
CREATE TABLE api_tokens (
  id TEXT NOT NULL PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'book', 'count')),
  token_hash TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  expires_at TEXT NOT NULL CHECK (expires_at = datetime(expires_at)),
  revoked_at TEXT CHECK (revoked_at = datetime(revoked_at))
) STRICT;
CREATE INDEX api_tokens_by_person ON api_tokens (person_id, created_at);
CREATE INDEX api_tokens_by_expiry ON api_tokens (expires_at);
