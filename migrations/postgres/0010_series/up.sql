-- A series is what was asked for; its occurrences are ordinary bookings that name it in bookings.series_id.
-- Without a rule it is a list of dates.
CREATE TABLE series (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  room_id uuid NOT NULL REFERENCES rooms (id),
  title text NOT NULL,
  rule text,
  starts integer NOT NULL CHECK (starts BETWEEN 0 AND 1439),
  ends integer NOT NULL CHECK (ends BETWEEN 0 AND 1440),
  created_by uuid REFERENCES people (id) ON DELETE SET NULL,
  version integer NOT NULL,
  created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL
);
CREATE INDEX series_by_organisation ON series (organisation_id);

-- Every local date of a series: its booking, or why there is none.
CREATE TABLE series_dates (
  series_id uuid NOT NULL REFERENCES series (id) ON DELETE CASCADE,
  day text NOT NULL CHECK (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
  booking_id uuid UNIQUE REFERENCES bookings (id) ON DELETE CASCADE,
  moved boolean NOT NULL,
  reason text CHECK (reason IN ('conflict', 'violation', 'left_out')),
  details text,
  PRIMARY KEY (series_id, day),
  CONSTRAINT series_dates_booked_or_not CHECK ((booking_id IS NULL) <> (reason IS NULL))
);

CREATE INDEX bookings_by_series ON bookings (series_id, starts_at) WHERE series_id IS NOT NULL;

-- Days on which the house, and every room with hours of its own, closes early.
CREATE TABLE half_days (
  id uuid PRIMARY KEY,
  day text NOT NULL UNIQUE CHECK (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
  closes integer NOT NULL CHECK (closes BETWEEN 1 AND 1439),
  note text NOT NULL,
  version integer NOT NULL
);

CREATE TRIGGER half_days_change_catalogue AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON half_days
  FOR EACH STATEMENT EXECUTE FUNCTION room_catalogue_changed();

-- The closures of several years that were made as one.
ALTER TABLE closures ADD COLUMN repeat_id uuid;
CREATE INDEX closures_by_repeat ON closures (repeat_id) WHERE repeat_id IS NOT NULL;
