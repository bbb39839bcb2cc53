-- When a booking was called off, and when a request was answered: for the figures. What the trail still knows is filled in.
ALTER TABLE bookings ADD COLUMN cancelled_at timestamp;
ALTER TABLE bookings ADD COLUMN decided_at timestamp;
UPDATE bookings SET cancelled_at =
  (SELECT max(at) FROM audit_log WHERE noun = 'booking' AND noun_id = CAST(bookings.id AS text) AND action = 'cancelled')
  WHERE status = 'cancelled';
UPDATE bookings SET decided_at =
  (SELECT max(at) FROM audit_log WHERE noun = 'booking' AND noun_id = CAST(bookings.id AS text) AND action IN ('approved', 'rejected'));

-- Times that somebody asked for and could not have because they were taken: once for each association, room and start. No person.
CREATE TABLE unmet_requests (
  id uuid PRIMARY KEY,
  asked_at timestamp NOT NULL,
  room_id uuid NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  organisation_id uuid NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  starts_at timestamp NOT NULL,
  ends_at timestamp NOT NULL,
  UNIQUE (organisation_id, room_id, starts_at)
);
CREATE INDEX unmet_requests_by_time ON unmet_requests (asked_at);
CREATE INDEX unmet_requests_by_room ON unmet_requests (room_id);

-- What the house means to reach in a year.
CREATE TABLE goals (
  id uuid PRIMARY KEY,
  year integer NOT NULL CHECK (year BETWEEN 2000 AND 2100),
  name text NOT NULL,
  figure text NOT NULL CHECK (figure IN ('gatherings', 'participants', 'visits', 'active_organisations')),
  category text,
  target integer NOT NULL CHECK (target BETWEEN 1 AND 10000000),
  created_at timestamp NOT NULL,
  CHECK (category IS NULL OR figure <> 'active_organisations')
);
CREATE INDEX goals_by_year ON goals (year, id);
