-- Whose account opens by which identity of the configured sign-in (OpenID Connect). Of issuer and subject a hash alone: it is looked up by
-- whoever comes with both, and tells nobody else anything.
CREATE TABLE openid_identities (
  person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
  identity_hash TEXT NOT NULL UNIQUE,
  linked_at TEXT NOT NULL CHECK (linked_at = datetime(linked_at))
) STRICT;
