-- A space is a piece of floor; a room is what people book and takes one space or more.
CREATE TABLE spaces (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE rooms (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('event', 'workshop', 'conference', 'meeting')),
  capacity INTEGER NOT NULL CHECK (capacity > 0),
  max_persons INTEGER NOT NULL CHECK (max_persons > 0),
  floor INTEGER NOT NULL,
  description TEXT NOT NULL,
  layouts TEXT NOT NULL,
  equipment TEXT NOT NULL,
  wheelchair_accessible INTEGER NOT NULL CHECK (wheelchair_accessible IN (0, 1)),
  hearing_loop INTEGER NOT NULL CHECK (hearing_loop IN (0, 1)),
  needs_approval INTEGER NOT NULL CHECK (needs_approval IN (0, 1)),
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  grid_minutes INTEGER NOT NULL CHECK (grid_minutes BETWEEN 1 AND 1440),
  min_minutes INTEGER NOT NULL CHECK (min_minutes > 0),
  max_minutes INTEGER NOT NULL CHECK (max_minutes >= min_minutes),
  days_ahead INTEGER NOT NULL CHECK (days_ahead >= 0),
  cancel_minutes_before INTEGER NOT NULL CHECK (cancel_minutes_before >= 0),
  setup_minutes INTEGER NOT NULL CHECK (setup_minutes >= 0),
  cleanup_minutes INTEGER NOT NULL CHECK (cleanup_minutes >= 0),
  version INTEGER NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  updated_at TEXT NOT NULL CHECK (updated_at = datetime(updated_at))
) STRICT;

CREATE TABLE room_spaces (
  room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  space_id TEXT NOT NULL REFERENCES spaces (id),
  PRIMARY KEY (room_id, space_id)
) STRICT;
CREATE INDEX room_spaces_by_space ON room_spaces (space_id);

-- The house's week where room_id is null. A room has a week of its own if own_opening_hours names it, even an empty one.
CREATE TABLE opening_hours (
  id TEXT NOT NULL PRIMARY KEY,
  room_id TEXT REFERENCES rooms (id) ON DELETE CASCADE,
  weekday INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  opens INTEGER NOT NULL CHECK (opens BETWEEN 0 AND 1439),
  closes INTEGER NOT NULL CHECK (closes BETWEEN 1 AND 1440),
  CHECK (opens < closes)
) STRICT;
CREATE INDEX opening_hours_by_room ON opening_hours (room_id);

-- The house is open from 07:00 to 22:00 every day until an admin says otherwise.
INSERT INTO opening_hours (id, room_id, weekday, opens, closes) VALUES
  ('00000000-0000-7000-8000-000000000001', NULL, 1, 420, 1320),
  ('00000000-0000-7000-8000-000000000002', NULL, 2, 420, 1320),
  ('00000000-0000-7000-8000-000000000003', NULL, 3, 420, 1320),
  ('00000000-0000-7000-8000-000000000004', NULL, 4, 420, 1320),
  ('00000000-0000-7000-8000-000000000005', NULL, 5, 420, 1320),
  ('00000000-0000-7000-8000-000000000006', NULL, 6, 420, 1320),
  ('00000000-0000-7000-8000-000000000007', NULL, 7, 420, 1320);

CREATE TABLE own_opening_hours (
  room_id TEXT NOT NULL PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE
) STRICT;

CREATE TABLE closures (
  id TEXT NOT NULL PRIMARY KEY,
  starts_at TEXT NOT NULL CHECK (starts_at = datetime(starts_at)),
  ends_at TEXT NOT NULL CHECK (ends_at = datetime(ends_at)),
  reason TEXT NOT NULL,
  whole_house INTEGER NOT NULL CHECK (whole_house IN (0, 1)),
  created_by TEXT REFERENCES people (id) ON DELETE SET NULL,
  version INTEGER NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  CHECK (ends_at > starts_at)
) STRICT;
CREATE INDEX closures_by_time ON closures (ends_at, starts_at);

CREATE TABLE closure_rooms (
  closure_id TEXT NOT NULL REFERENCES closures (id) ON DELETE CASCADE,
  room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  PRIMARY KEY (closure_id, room_id)
) STRICT;
CREATE INDEX closure_rooms_by_room ON closure_rooms (room_id);
