CREATE TABLE bookings (
  id TEXT NOT NULL PRIMARY KEY,
  reference TEXT NOT NULL UNIQUE,
  import_uid TEXT UNIQUE,
  room_id TEXT NOT NULL REFERENCES rooms (id),
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  title TEXT NOT NULL,
  title_key TEXT NOT NULL,
  description TEXT NOT NULL,
  category TEXT NOT NULL CHECK (category IN ('meeting', 'board_meeting', 'workshop', 'seminar', 'training', 'lecture', 'learning_lunch', 'dialogue_forum', 'culture', 'youth_activity', 'course', 'other')),
  status TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'held', 'no_show', 'rejected', 'cancelled')),
  starts_at TEXT NOT NULL CHECK (starts_at = datetime(starts_at)),
  ends_at TEXT NOT NULL CHECK (ends_at = datetime(ends_at)),
  setup_minutes INTEGER NOT NULL CHECK (setup_minutes >= 0),
  cleanup_minutes INTEGER NOT NULL CHECK (cleanup_minutes >= 0),
  expected_participants INTEGER NOT NULL CHECK (expected_participants > 0),
  actual_participants INTEGER CHECK (actual_participants >= 0),
  layout TEXT CHECK (layout IN ('cinema', 'classroom', 'u_shape', 'boardroom', 'cafe')),
  display TEXT NOT NULL CHECK (display IN ('title', 'neutral', 'hidden')),
  contact_phone TEXT,
  series_id TEXT,
  decision_reason TEXT,
  cancel_reason TEXT,
  created_by TEXT REFERENCES people (id) ON DELETE SET NULL,
  version INTEGER NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  updated_at TEXT NOT NULL CHECK (updated_at = datetime(updated_at)),
  CONSTRAINT bookings_forward CHECK (ends_at > starts_at)
) STRICT;
CREATE INDEX bookings_by_start ON bookings (starts_at, id);
CREATE INDEX bookings_by_room ON bookings (room_id, starts_at, id);
CREATE INDEX bookings_by_organisation ON bookings (organisation_id, starts_at, id);
CREATE INDEX bookings_pending ON bookings (starts_at, id) WHERE status = 'pending';

-- One space taken for one half-open interval, set-up and clean-up included. Nothing else blocks time.
CREATE TABLE occupancies (
  id TEXT NOT NULL PRIMARY KEY,
  space_id TEXT NOT NULL REFERENCES spaces (id),
  starts_at TEXT NOT NULL CHECK (starts_at = datetime(starts_at)),
  ends_at TEXT NOT NULL CHECK (ends_at = datetime(ends_at)),
  booking_id TEXT REFERENCES bookings (id) ON DELETE CASCADE,
  closure_id TEXT REFERENCES closures (id) ON DELETE CASCADE,
  CONSTRAINT occupancies_forward CHECK (ends_at > starts_at),
  CONSTRAINT occupancies_one_owner CHECK ((booking_id IS NULL) <> (closure_id IS NULL))
) STRICT;
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
