-- Who waits for a time that is taken, and to whom it is offered once it is free.
CREATE TABLE waitlist (
  id uuid PRIMARY KEY,
  room_id uuid NOT NULL REFERENCES rooms (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  title text NOT NULL,
  description text NOT NULL,
  category text NOT NULL,
  expected_participants integer NOT NULL CHECK (expected_participants > 0),
  layout text,
  display text,
  contact_phone text,
  starts_at timestamp NOT NULL,
  ends_at timestamp NOT NULL,
  status text NOT NULL CHECK (status IN ('waiting', 'offered', 'accepted', 'declined', 'lapsed', 'withdrawn', 'passed')),
  -- What is offered: the wish, or what is left of it, and until when it is held.
  offer_starts_at timestamp,
  offer_ends_at timestamp,
  held_until timestamp,
  booking_id uuid REFERENCES bookings (id) ON DELETE SET NULL,
  created_by uuid REFERENCES people (id) ON DELETE SET NULL,
  version integer NOT NULL,
  created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL,
  CONSTRAINT waitlist_forward CHECK (ends_at > starts_at),
  CONSTRAINT waitlist_offers_are_whole CHECK (
    status <> 'offered'
    OR (offer_starts_at IS NOT NULL AND offer_ends_at IS NOT NULL AND held_until IS NOT NULL AND held_until <= offer_starts_at)
  )
);
CREATE INDEX waitlist_by_entry ON waitlist (created_at, id);
CREATE INDEX waitlist_by_organisation ON waitlist (organisation_id, created_at, id);
CREATE INDEX waitlist_waiting ON waitlist (ends_at) WHERE status = 'waiting';
CREATE INDEX waitlist_offered ON waitlist (held_until) WHERE status = 'offered';

-- An offer owns time like a booking does.
ALTER TABLE occupancies ADD COLUMN waitlist_id uuid REFERENCES waitlist (id) ON DELETE CASCADE;
ALTER TABLE occupancies DROP CONSTRAINT occupancies_one_owner;
ALTER TABLE occupancies ADD CONSTRAINT occupancies_one_owner CHECK (num_nonnulls(booking_id, closure_id, waitlist_id) = 1);
CREATE INDEX occupancies_by_waitlist ON occupancies (waitlist_id) WHERE waitlist_id IS NOT NULL;
