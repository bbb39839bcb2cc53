-- What the house notes about a booking for itself alone. Kept apart from the booking, so that nothing which shows a booking can show it.
CREATE TABLE staff_notes (
  booking_id TEXT PRIMARY KEY NOT NULL REFERENCES bookings (id) ON DELETE CASCADE,
  note TEXT NOT NULL,
  -- Why an admin let pass what is against the rules; null if nothing was.
  override_reason TEXT,
  -- Who of the staff booked it for somebody else.
  booked_by TEXT REFERENCES people (id) ON DELETE SET NULL,
  version INTEGER NOT NULL,
  updated_at TEXT NOT NULL CHECK (updated_at = datetime(updated_at))
) STRICT;
CREATE INDEX staff_notes_by_person ON staff_notes (booked_by) WHERE booked_by IS NOT NULL;
