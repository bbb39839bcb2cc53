-- A device that counts who goes in and out by a door, and the one thing that it may do: send its counts by its token.
CREATE TABLE door_counters (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  door text NOT NULL,
  -- What the device calls itself, in lower case and without colons.
  device_id text NOT NULL,
  token_hash text NOT NULL,
  created_at timestamp NOT NULL,
  revoked_at timestamp,
  -- The last reading of a device that sends sums, which the next one is held against.
  last_at timestamp,
  last_in integer,
  last_out integer,
  -- When such sums last began anew in the middle of a day.
  reset_at timestamp,
  CHECK ((last_at IS NULL) = (last_in IS NULL) AND (last_at IS NULL) = (last_out IS NULL))
);
CREATE UNIQUE INDEX door_counters_device_id_key ON door_counters (device_id) WHERE revoked_at IS NULL;
CREATE INDEX door_counters_by_device ON door_counters (device_id);

-- What a device counted in a part of one clock hour.
CREATE TABLE door_counts (
  id uuid PRIMARY KEY,
  counter_id uuid NOT NULL REFERENCES door_counters (id),
  from_at timestamp NOT NULL,
  to_at timestamp NOT NULL,
  count_in integer NOT NULL CHECK (count_in >= 0),
  count_out integer NOT NULL CHECK (count_out >= 0),
  CHECK (from_at < to_at),
  UNIQUE (counter_id, from_at)
);
CREATE INDEX door_counts_by_time ON door_counts (from_at, count_in);

-- Who counts when, as a JSON list of [weekdays as bits from Monday = 1, from hour, to hour, desk or counter]; the desk at all others.
ALTER TABLE house_settings ADD COLUMN visit_sources text NOT NULL DEFAULT '[]';
