-- Tokens by which a person's own programs come in: for one kind of work, until a day, hashed.
CREATE TABLE api_tokens (
  id uuid NOT NULL PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  name text NOT NULL,
  scope text NOT NULL CHECK (scope IN ('read', 'book', 'count')),
  token_hash text NOT NULL,
  created_at timestamp NOT NULL,
  expires_at timestamp NOT NULL,
  revoked_at timestamp
);
CREATE INDEX api_tokens_by_person ON api_tokens (person_id, created_at);
CREATE INDEX api_tokens_by_expiry ON api_tokens (expires_at);
