-- Head counts: added to, never changed. A correction is a row of its own with the difference, at the instant of what it corrects.
CREATE TABLE visits (
  id TEXT NOT NULL PRIMARY KEY,
  at TEXT NOT NULL CHECK (at = datetime(at)),
  recorded_at TEXT NOT NULL CHECK (recorded_at = datetime(recorded_at)),
  kind TEXT NOT NULL CHECK (kind IN ('in', 'out')),
  headcount INTEGER NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('gathering', 'office', 'walk_in', 'tour', 'event', 'other')),
  organisation_id TEXT REFERENCES organisations (id),
  booking_id TEXT REFERENCES bookings (id),
  corrects TEXT REFERENCES visits (id),
  reason TEXT,
  late_entry INTEGER NOT NULL CHECK (late_entry IN (0, 1)),
  recorded_by TEXT REFERENCES people (id),
  client_id TEXT UNIQUE,
  import_key TEXT UNIQUE,
  CONSTRAINT visits_counted CHECK (corrects IS NOT NULL OR headcount BETWEEN 1 AND 5000)
) STRICT;
CREATE INDEX visits_by_time ON visits (at, id);
CREATE INDEX visits_by_booking ON visits (booking_id, at);
CREATE INDEX visits_by_organisation ON visits (organisation_id, at);
CREATE INDEX visits_by_corrected ON visits (corrects);

CREATE TABLE evaluation_links (
  code TEXT NOT NULL PRIMARY KEY,
  booking_id TEXT NOT NULL UNIQUE REFERENCES bookings (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at))
) STRICT;

-- Anonymous from birth: nothing here says who answered.
CREATE TABLE evaluations (
  id TEXT NOT NULL PRIMARY KEY,
  booking_id TEXT NOT NULL REFERENCES bookings (id) ON DELETE CASCADE,
  rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
  comment TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  import_key TEXT UNIQUE
) STRICT;
CREATE INDEX evaluations_by_booking ON evaluations (booking_id);

CREATE TRIGGER visits_append_only_update BEFORE UPDATE ON visits
BEGIN
  SELECT RAISE(ABORT, 'visits_append_only');
END;
CREATE TRIGGER visits_append_only_delete BEFORE DELETE ON visits
BEGIN
  SELECT RAISE(ABORT, 'visits_append_only');
END;
