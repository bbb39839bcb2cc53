-- A space is a piece of floor; a room is what people book and takes one space or more.
CREATE TABLE spaces (
  id uuid PRIMARY KEY,
  slug text NOT NULL UNIQUE
);

CREATE TABLE rooms (
  id uuid PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('event', 'workshop', 'conference', 'meeting')),
  capacity integer NOT NULL CHECK (capacity > 0),
  max_persons integer NOT NULL CHECK (max_persons > 0),
  floor integer NOT NULL,
  description text NOT NULL,
  layouts text NOT NULL,
  equipment text NOT NULL,
  wheelchair_accessible boolean NOT NULL,
  hearing_loop boolean NOT NULL,
  needs_approval boolean NOT NULL,
  active boolean NOT NULL,
  grid_minutes integer NOT NULL CHECK (grid_minutes BETWEEN 1 AND 1440),
  min_minutes integer NOT NULL CHECK (min_minutes > 0),
  max_minutes integer NOT NULL CHECK (max_minutes >= min_minutes),
  days_ahead integer NOT NULL CHECK (days_ahead >= 0),
  cancel_minutes_before integer NOT NULL CHECK (cancel_minutes_before >= 0),
  setup_minutes integer NOT NULL CHECK (setup_minutes >= 0),
  cleanup_minutes integer NOT NULL CHECK (cleanup_minutes >= 0),
  version integer NOT NULL,
  created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL
);

CREATE TABLE room_spaces (
  room_id uuid NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  space_id uuid NOT NULL REFERENCES spaces (id),
  PRIMARY KEY (room_id, space_id)
);
CREATE INDEX room_spaces_by_space ON room_spaces (space_id);

-- The house's week where room_id is null. A room has a week of its own if own_opening_hours names it, even an empty one.
CREATE TABLE opening_hours (
  id uuid PRIMARY KEY,
  room_id uuid REFERENCES rooms (id) ON DELETE CASCADE,
  weekday integer NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  opens integer NOT NULL CHECK (opens BETWEEN 0 AND 1439),
  closes integer NOT NULL CHECK (closes BETWEEN 1 AND 1440),
  CHECK (opens < closes)
);
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
  room_id uuid PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE
);

CREATE TABLE closures (
  id uuid PRIMARY KEY,
  starts_at timestamp NOT NULL,
  ends_at timestamp NOT NULL,
  reason text NOT NULL,
  whole_house boolean NOT NULL,
  created_by uuid REFERENCES people (id) ON DELETE SET NULL,
  version integer NOT NULL,
  created_at timestamp NOT NULL,
  CHECK (ends_at > starts_at)
);
CREATE INDEX closures_by_time ON closures (ends_at, starts_at);

CREATE TABLE closure_rooms (
  closure_id uuid NOT NULL REFERENCES closures (id) ON DELETE CASCADE,
  room_id uuid NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  PRIMARY KEY (closure_id, room_id)
);
CREATE INDEX closure_rooms_by_room ON closure_rooms (room_id);
