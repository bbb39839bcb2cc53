-- A series is what was asked for; its occurrences are ordinary bookings that name it in bookings.series_id.
-- Without a rule it is a list of dates.
CREATE TABLE series (
  id TEXT NOT NULL PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  room_id TEXT NOT NULL REFERENCES rooms (id),
  title TEXT NOT NULL,
  rule TEXT,
  starts INTEGER NOT NULL CHECK (starts BETWEEN 0 AND 1439),
  ends INTEGER NOT NULL CHECK (ends BETWEEN 0 AND 1440),
  created_by TEXT REFERENCES people (id) ON DELETE SET NULL,
  version INTEGER NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  updated_at TEXT NOT NULL CHECK (updated_at = datetime(updated_at))
) STRICT;
CREATE INDEX series_by_organisation ON series (organisation_id);

-- Every local date of a series: its booking, or why there is none.
CREATE TABLE series_dates (
  series_id TEXT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
  day TEXT NOT NULL CHECK (day = date(day)),
  booking_id TEXT UNIQUE REFERENCES bookings (id) ON DELETE CASCADE,
  moved INTEGER NOT NULL CHECK (moved IN (0, 1)),
  reason TEXT CHECK (reason IN ('conflict', 'violation', 'left_out')),
  details TEXT,
  PRIMARY KEY (series_id, day),
  CONSTRAINT series_dates_booked_or_not CHECK ((booking_id IS NULL) <> (reason IS NULL))
) STRICT;

CREATE INDEX bookings_by_series ON bookings (series_id, starts_at) WHERE series_id IS NOT NULL;

-- Days on which the house, and every room with hours of its own, closes early.
CREATE TABLE half_days (
  id TEXT NOT NULL PRIMARY KEY,
  day TEXT NOT NULL UNIQUE CHECK (day = date(day)),
  closes INTEGER NOT NULL CHECK (closes BETWEEN 1 AND 1439),
  note TEXT NOT NULL,
  version INTEGER NOT NULL
) STRICT;

CREATE TRIGGER half_days_added_change_catalogue AFTER INSERT ON half_days BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER half_days_changed_change_catalogue AFTER UPDATE ON half_days BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER half_days_deleted_change_catalogue AFTER DELETE ON half_days BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;

-- The closures of several years that were made as one.
ALTER TABLE closures ADD COLUMN repeat_id TEXT;
CREATE INDEX closures_by_repeat ON closures (repeat_id) WHERE repeat_id IS NOT NULL;
