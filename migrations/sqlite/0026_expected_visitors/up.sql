-- Does the person want a letter when visitors that were announced for its booking have come?
ALTER TABLE people ADD COLUMN arrival_letters INTEGER NOT NULL DEFAULT 1 CHECK (arrival_letters IN (0, 1));
-- People who are announced for a gathering: how many, and when. No names.
CREATE TABLE expected_visitors (
  id TEXT PRIMARY KEY NOT NULL,
  booking_id TEXT NOT NULL REFERENCES bookings (id) ON DELETE CASCADE,
  headcount INTEGER NOT NULL CHECK (headcount BETWEEN 1 AND 500),
  expected_at TEXT NOT NULL CHECK (expected_at = datetime(expected_at)),
  -- For the desk; forgotten a day after.
  note TEXT NOT NULL,
  announced_by TEXT REFERENCES people (id) ON DELETE SET NULL,
  announced_at TEXT NOT NULL CHECK (announced_at = datetime(announced_at)),
  arrived_at TEXT CHECK (arrived_at = datetime(arrived_at)),
  visit_id TEXT REFERENCES visits (id),
  CHECK ((arrived_at IS NULL) = (visit_id IS NULL))
) STRICT;
CREATE INDEX expected_visitors_by_time ON expected_visitors (expected_at, id);
CREATE INDEX expected_visitors_by_booking ON expected_visitors (booking_id);
CREATE INDEX expected_visitors_by_announcer ON expected_visitors (announced_by) WHERE announced_by IS NOT NULL;
CREATE INDEX expected_visitors_by_visit ON expected_visitors (visit_id) WHERE visit_id IS NOT NULL;
CREATE INDEX expected_visitors_with_note ON expected_visitors (expected_at) WHERE note <> '';
