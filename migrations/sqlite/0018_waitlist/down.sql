CREATE TABLE occupancies_before (
  id TEXT NOT NULL PRIMARY KEY,
  space_id TEXT NOT NULL REFERENCES spaces (id),
  starts_at TEXT NOT NULL CHECK (starts_at = datetime(starts_at)),
  ends_at TEXT NOT NULL CHECK (ends_at = datetime(ends_at)),
  booking_id TEXT REFERENCES bookings (id) ON DELETE CASCADE,
  closure_id TEXT REFERENCES closures (id) ON DELETE CASCADE,
  CONSTRAINT occupancies_forward CHECK (ends_at > starts_at),
  CONSTRAINT occupancies_one_owner CHECK ((booking_id IS NULL) <> (closure_id IS NULL))
) STRICT;
INSERT INTO occupancies_before (id, space_id, starts_at, ends_at, booking_id, closure_id)
SELECT id, space_id, starts_at, ends_at, booking_id, closure_id FROM occupancies WHERE waitlist_id IS NULL;
DROP TABLE occupancies;
ALTER TABLE occupancies_before RENAME TO occupancies;
CREATE INDEX occupancies_by_space ON occupancies (space_id, ends_at);
CREATE INDEX occupancies_by_booking ON occupancies (booking_id);
CREATE INDEX occupancies_by_closure ON occupancies (closure_id);

-- Occupancies of a space never overlap, so they end in the order in which they begin, and only one can be in the way: the first
-- that ends after the new one starts. The index (space_id, ends_at) finds it in one step, however long the history.
CREATE TRIGGER occupancies_no_overlap_insert BEFORE INSERT ON occupancies
BEGIN
  SELECT RAISE(ABORT, 'occupancies_no_overlap') WHERE (
    SELECT other.starts_at FROM occupancies AS other
    WHERE other.space_id = NEW.space_id AND other.ends_at > NEW.starts_at AND other.id <> NEW.id
    ORDER BY other.ends_at LIMIT 1
  ) < NEW.ends_at;
END;

CREATE TRIGGER occupancies_no_overlap_update BEFORE UPDATE ON occupancies
BEGIN
  SELECT RAISE(ABORT, 'occupancies_no_overlap') WHERE (
    SELECT other.starts_at FROM occupancies AS other
    WHERE other.space_id = NEW.space_id AND other.ends_at > NEW.starts_at AND other.id <> OLD.id
    ORDER BY other.ends_at LIMIT 1
  ) < NEW.ends_at;
END;

DROP TABLE waitlist;
