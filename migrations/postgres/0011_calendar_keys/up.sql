-- The secret in the address of a calendar feed, as its hash: one for each person and each organisation, shown once.
CREATE TABLE calendar_keys (
  id uuid PRIMARY KEY,
  person_id uuid UNIQUE REFERENCES people (id) ON DELETE CASCADE,
  organisation_id uuid UNIQUE REFERENCES organisations (id) ON DELETE CASCADE,
  key_hash text NOT NULL UNIQUE,
  created_at timestamp NOT NULL,
  CHECK ((person_id IS NULL) <> (organisation_id IS NULL))
);
-- Feeds ask for what changed lately, calls-off among it.
CREATE INDEX bookings_by_change ON bookings (updated_at);
