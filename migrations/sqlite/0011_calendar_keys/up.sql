-- The secret in the address of a calendar feed, as its hash: one for each person and each organisation, shown once.
CREATE TABLE calendar_keys (
  id TEXT NOT NULL PRIMARY KEY,
  person_id TEXT UNIQUE REFERENCES people (id) ON DELETE CASCADE,
  organisation_id TEXT UNIQUE REFERENCES organisations (id) ON DELETE CASCADE,
  key_hash TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  CHECK ((person_id IS NULL) <> (organisation_id IS NULL))
) STRICT;
-- Feeds ask for what changed lately, calls-off among it.
CREATE INDEX bookings_by_change ON bookings (updated_at);
