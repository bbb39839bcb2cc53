-- A device that counts who goes in and out by a door, and the one thing that it may do: send its counts by its token.
CREATE TABLE door_counters (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  door TEXT NOT NULL,
  -- What the device calls itself, in lower case and without colons.
  device_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  revoked_at TEXT CHECK (revoked_at = datetime(revoked_at)),
  -- The last reading of a device that sends sums, which the next one is held against.
  last_at TEXT CHECK (last_at = datetime(last_at)),
  last_in INTEGER,
  last_out INTEGER,
  -- When such sums last began anew in the middle of a day.
  reset_at TEXT CHECK (reset_at = datetime(reset_at)),
  CHECK ((last_at IS NULL) = (last_in IS NULL) AND (last_at IS NULL) = (last_out IS NULL))
) STRICT;
CREATE UNIQUE INDEX door_counters_device_id_key ON door_counters (device_id) WHERE revoked_at IS NULL;
CREATE INDEX door_counters_by_device ON door_counters (device_id);

-- What a device counted in a part of one clock hour.
CREATE TABLE door_counts (
  id TEXT PRIMARY KEY NOT NULL,
  counter_id TEXT NOT NULL REFERENCES door_counters (id),
  from_at TEXT NOT NULL CHECK (from_at = datetime(from_at)),
  to_at TEXT NOT NULL CHECK (to_at = datetime(to_at)),
  count_in INTEGER NOT NULL CHECK (count_in >= 0),
  count_out INTEGER NOT NULL CHECK (count_out >= 0),
  CHECK (from_at < to_at),
  UNIQUE (counter_id, from_at)
) STRICT;
CREATE INDEX door_counts_by_time ON door_counts (from_at, count_in);

-- Who counts when, as a JSON list of [weekdays as bits from Monday = 1, from hour, to hour, desk or counter]; the desk at all others.
ALTER TABLE house_settings ADD COLUMN visit_sources TEXT NOT NULL DEFAULT '[]';
