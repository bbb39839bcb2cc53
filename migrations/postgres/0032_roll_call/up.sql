-- May the desk write down a visitor's first name for the roll call? Off unless the house decides otherwise.
ALTER TABLE house_settings ADD COLUMN named_visits boolean NOT NULL DEFAULT false;

-- First names for the roll call, apart from the head counts, which stay for ever while these go. Whoever has left is no longer tied
-- to a count, and so neither to a gathering nor to an association; a day later the row is gone.
CREATE TABLE named_visits (
  id uuid PRIMARY KEY,
  visit_id uuid UNIQUE REFERENCES visits (id),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  host text NOT NULL CHECK (length(host) <= 60),
  arrived_at timestamp NOT NULL,
  left_at timestamp,
  CONSTRAINT named_visits_loose CHECK ((left_at IS NULL) = (visit_id IS NOT NULL) AND (left_at IS NULL OR host = ''))
);
CREATE INDEX named_visits_by_arrival ON named_visits (arrived_at);
CREATE INDEX named_visits_by_leaving ON named_visits (left_at) WHERE left_at IS NOT NULL;

-- Every run of the job that erases names.
CREATE TABLE name_erasures (
  id uuid PRIMARY KEY,
  ran_at timestamp NOT NULL,
  erased integer NOT NULL CHECK (erased >= 0),
  kept integer NOT NULL CHECK (kept >= 0)
);
CREATE INDEX name_erasures_by_time ON name_erasures (ran_at);

-- Roll calls that were held, real ones and drills. Places and numbers, no names.
CREATE TABLE roll_calls (
  id uuid PRIMARY KEY,
  client_id uuid NOT NULL UNIQUE,
  drill boolean NOT NULL,
  started_at timestamp NOT NULL,
  finished_at timestamp NOT NULL,
  list_from timestamp NOT NULL,
  lines text NOT NULL,
  note text NOT NULL,
  held_by uuid REFERENCES people (id) ON DELETE SET NULL,
  recorded_at timestamp NOT NULL,
  CHECK (finished_at >= started_at)
);
CREATE INDEX roll_calls_by_time ON roll_calls (started_at, id);
CREATE INDEX roll_calls_by_person ON roll_calls (held_by) WHERE held_by IS NOT NULL;
