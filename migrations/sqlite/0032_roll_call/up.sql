-- May the desk write down a visitor's first name for the roll call? Off unless the house decides otherwise.
ALTER TABLE house_settings ADD COLUMN named_visits INTEGER NOT NULL DEFAULT 0 CHECK (named_visits IN (0, 1));

-- First names for the roll call, apart from the head counts, which stay for ever while these go. Whoever has left is no longer tied
-- to a count, and so neither to a gathering nor to an association; a day later the row is gone.
CREATE TABLE named_visits (
  id TEXT PRIMARY KEY NOT NULL,
  visit_id TEXT UNIQUE REFERENCES visits (id),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  host TEXT NOT NULL CHECK (length(host) <= 60),
  arrived_at TEXT NOT NULL CHECK (arrived_at = datetime(arrived_at)),
  left_at TEXT CHECK (left_at = datetime(left_at)),
  CONSTRAINT named_visits_loose CHECK ((left_at IS NULL) = (visit_id IS NOT NULL) AND (left_at IS NULL OR host = ''))
) STRICT;
CREATE INDEX named_visits_by_arrival ON named_visits (arrived_at);
CREATE INDEX named_visits_by_leaving ON named_visits (left_at) WHERE left_at IS NOT NULL;

-- Every run of the job that erases names.
CREATE TABLE name_erasures (
  id TEXT PRIMARY KEY NOT NULL,
  ran_at TEXT NOT NULL CHECK (ran_at = datetime(ran_at)),
  erased INTEGER NOT NULL CHECK (erased >= 0),
  kept INTEGER NOT NULL CHECK (kept >= 0)
) STRICT;
CREATE INDEX name_erasures_by_time ON name_erasures (ran_at);

-- Roll calls that were held, real ones and drills. Places and numbers, no names.
CREATE TABLE roll_calls (
  id TEXT PRIMARY KEY NOT NULL,
  client_id TEXT NOT NULL UNIQUE,
  drill INTEGER NOT NULL CHECK (drill IN (0, 1)),
  started_at TEXT NOT NULL CHECK (started_at = datetime(started_at)),
  finished_at TEXT NOT NULL CHECK (finished_at = datetime(finished_at)),
  list_from TEXT NOT NULL CHECK (list_from = datetime(list_from)),
  lines TEXT NOT NULL,
  note TEXT NOT NULL,
  held_by TEXT REFERENCES people (id) ON DELETE SET NULL,
  recorded_at TEXT NOT NULL CHECK (recorded_at = datetime(recorded_at)),
  CHECK (finished_at >= started_at)
) STRICT;
CREATE INDEX roll_calls_by_time ON roll_calls (started_at, id);
CREATE INDEX roll_calls_by_person ON roll_calls (held_by) WHERE held_by IS NOT NULL;
