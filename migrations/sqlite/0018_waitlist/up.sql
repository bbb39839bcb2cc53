-- Who waits for a time that is taken, and to whom it is offered once it is free.
CREATE TABLE waitlist (
  id TEXT NOT NULL PRIMARY KEY,
  room_id TEXT NOT NULL REFERENCES rooms (id),
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  category TEXT NOT NULL,
  expected_participants INTEGER NOT NULL CHECK (expected_participants > 0),
  layout TEXT,
  display TEXT,
  contact_phone TEXT,
  starts_at TEXT NOT NULL CHECK (starts_at = datetime(starts_at)),
  ends_at TEXT NOT NULL CHECK (ends_at = datetime(ends_at)),
  status TEXT NOT NULL CHECK (status IN ('waiting', 'offered', 'accepted', 'declined', 'lapsed', 'withdrawn', 'passed')),
  -- What is offered: the wish, or what is left of it, and until when it is held.
  offer_starts_at TEXT CHECK (offer_starts_at = datetime(offer_starts_at)),
  offer_ends_at TEXT CHECK (offer_ends_at = datetime(offer_ends_at)),
  held_until TEXT CHECK (held_until = datetime(held_until)),
  booking_id TEXT REFERENCES bookings (id) ON DELETE SET NULL,
  created_by TEXT REFERENCES people (id) ON DELETE SET NULL,
  version INTEGER NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  updated_at TEXT NOT NULL CHECK (updated_at = datetime(updated_at)),
  CONSTRAINT waitlist_forward CHECK (ends_at > starts_at),
  CONSTRAINT waitlist_offers_are_whole CHECK (
    status <> 'offered'
    OR (offer_starts_at IS NOT NULL AND offer_ends_at IS NOT NULL AND held_until IS NOT NULL AND held_until <= offer_starts_at)
  )
) STRICT;
CREATE INDEX waitlist_by_entry ON waitlist (created_at, id);
CREATE INDEX waitlist_by_organisation ON waitlist (organisation_id, created_at, id);
CREATE INDEX waitlist_waiting ON waitlist (ends_at) WHERE status = 'waiting';
CREATE INDEX waitlist_offered ON waitlist (held_until) WHERE status = 'offered';

-- An offer owns time like a booking does. A table's check can't be changed, so the table is made anew, with all that belongs to it.
CREATE TABLE occupancies_anew (
  id TEXT NOT NULL PRIMARY KEY,
  space_id TEXT NOT NULL REFERENCES spaces (id),
  starts_at TEXT NOT NULL CHECK (starts_at = datetime(starts_at)),
  ends_at TEXT NOT NULL CHECK (ends_at = datetime(ends_at)),
  booking_id TEXT REFERENCES bookings (id) ON DELETE CASCADE,
  closure_id TEXT REFERENCES closures (id) ON DELETE CASCADE,
  waitlist_id TEXT REFERENCES waitlist (id) ON DELETE CASCADE,
  CONSTRAINT occupancies_forward CHECK (ends_at > starts_at),
  CONSTRAINT occupancies_one_owner CHECK ((booking_id IS NOT NULL) + (closure_id IS NOT NULL) + (waitlist_id IS NOT NULL) = 1)
) STRICT;
INSERT INTO occupancies_anew (id, space_id, starts_at, ends_at, booking_id, closure_id)
SELECT id, space_id, starts_at, ends_at, booking_id, closure_id FROM occupancies;
DROP TABLE occupancies;
ALTER TABLE occupancies_anew RENAME TO occupancies;
CREATE INDEX occupancies_by_space ON occupancies (space_id, ends_at);
CREATE INDEX occupancies_by_booking ON occupancies (booking_id);
CREATE INDEX occupancies_by_closure ON occupancies (closure_id);
CREATE INDEX occupancies_by_waitlist ON occupancies (waitlist_id) WHERE waitlist_id IS NOT NULL;

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
