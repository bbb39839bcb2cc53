-- Months whose figures are frozen: what was reported, so that nothing changes it unseen.
CREATE TABLE closed_months (
  month TEXT PRIMARY KEY NOT NULL CHECK (month GLOB '[12][0-9][0-9][0-9]-[01][0-9]'),
  -- The figures as they were, as the API has them.
  figures TEXT NOT NULL,
  definitions_version INTEGER NOT NULL,
  bookings INTEGER NOT NULL,
  visits INTEGER NOT NULL,
  -- SHA-256 over all of the above.
  hash TEXT NOT NULL,
  closed_by TEXT REFERENCES people (id) ON DELETE SET NULL,
  closed_at TEXT NOT NULL CHECK (closed_at = datetime(closed_at))
) STRICT;
CREATE INDEX closed_months_by_person ON closed_months (closed_by) WHERE closed_by IS NOT NULL;
