CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE bookings (
  id uuid PRIMARY KEY,
  reference text NOT NULL UNIQUE,
  import_uid text UNIQUE,
  room_id uuid NOT NULL REFERENCES rooms (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  title text NOT NULL,
  title_key text NOT NULL,
  description text NOT NULL,
  category text NOT NULL CHECK (category IN ('meeting', 'board_meeting', 'workshop', 'seminar', 'training', 'lecture', 'learning_lunch', 'dialogue_forum', 'culture', 'youth_activity', 'course', 'other')),
  status text NOT NULL CHECK (status IN ('pending', 'confirmed', 'held', 'no_show', 'rejected', 'cancelled')),
  starts_at timestamp NOT NULL,
  ends_at timestamp NOT NULL,
  setup_minutes integer NOT NULL CHECK (setup_minutes >= 0),
  cleanup_minutes integer NOT NULL CHECK (cleanup_minutes >= 0),
  expected_participants integer NOT NULL CHECK (expected_participants > 0),
  actual_participants integer CHECK (actual_participants >= 0),
  layout text CHECK (layout IN ('cinema', 'classroom', 'u_shape', 'boardroom', 'cafe')),
  display text NOT NULL CHECK (display IN ('title', 'neutral', 'hidden')),
  contact_phone text,
  series_id uuid,
  decision_reason text,
  cancel_reason text,
  created_by uuid REFERENCES people (id) ON DELETE SET NULL,
  version integer NOT NULL,
  created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL,
  CONSTRAINT bookings_forward CHECK (ends_at > starts_at)
);
CREATE INDEX bookings_by_start ON bookings (starts_at, id);
CREATE INDEX bookings_by_room ON bookings (room_id, starts_at, id);
CREATE INDEX bookings_by_organisation ON bookings (organisation_id, starts_at, id);
CREATE INDEX bookings_pending ON bookings (starts_at, id) WHERE status = 'pending';

-- One space taken for one half-open interval, set-up and clean-up included. Nothing else blocks time.
CREATE TABLE occupancies (
  id uuid PRIMARY KEY,
  space_id uuid NOT NULL REFERENCES spaces (id),
  starts_at timestamp NOT NULL,
  ends_at timestamp NOT NULL,
  booking_id uuid REFERENCES bookings (id) ON DELETE CASCADE,
  closure_id uuid REFERENCES closures (id) ON DELETE CASCADE,
  CONSTRAINT occupancies_forward CHECK (ends_at > starts_at),
  CONSTRAINT occupancies_one_owner CHECK ((booking_id IS NULL) <> (closure_id IS NULL)),
  CONSTRAINT occupancies_no_overlap EXCLUDE USING gist (space_id WITH =, tsrange(starts_at, ends_at) WITH &&)
);
CREATE INDEX occupancies_by_space ON occupancies (space_id, ends_at);
CREATE INDEX occupancies_by_booking ON occupancies (booking_id);
CREATE INDEX occupancies_by_closure ON occupancies (closure_id);
