-- When a booking was called off, and when a request was answered: for the figures. What the trail still knows is filled in.
ALTER TABLE bookings ADD COLUMN cancelled_at TEXT CHECK (cancelled_at = datetime(cancelled_at));
ALTER TABLE bookings ADD COLUMN decided_at TEXT CHECK (decided_at = datetime(decided_at));
UPDATE bookings SET cancelled_at =
  (SELECT max(at) FROM audit_log WHERE noun = 'booking' AND noun_id = bookings.id AND action = 'cancelled')
  WHERE status = 'cancelled';
UPDATE bookings SET decided_at =
  (SELECT max(at) FROM audit_log WHERE noun = 'booking' AND noun_id = bookings.id AND action IN ('approved', 'rejected'));

-- Times that somebody asked for and could not have because they were taken: once for each association, room and start. No person.
CREATE TABLE unmet_requests (
  id TEXT PRIMARY KEY NOT NULL,
  asked_at TEXT NOT NULL CHECK (asked_at = datetime(asked_at)),
  room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  starts_at TEXT NOT NULL CHECK (starts_at = datetime(starts_at)),
  ends_at TEXT NOT NULL CHECK (ends_at = datetime(ends_at)),
  UNIQUE (organisation_id, room_id, starts_at)
) STRICT;
CREATE INDEX unmet_requests_by_time ON unmet_requests (asked_at);
CREATE INDEX unmet_requests_by_room ON unmet_requests (room_id);

-- What the house means to reach in a year.
CREATE TABLE goals (
  id TEXT PRIMARY KEY NOT NULL,
  year INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 2100),
  name TEXT NOT NULL,
  figure TEXT NOT NULL CHECK (figure IN ('gatherings', 'participants', 'visits', 'active_organisations')),
  category TEXT,
  target INTEGER NOT NULL CHECK (target BETWEEN 1 AND 10000000),
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  CHECK (category IS NULL OR figure <> 'active_organisations')
) STRICT;
CREATE INDEX goals_by_year ON goals (year, id);
