-- What the house notes about a booking for itself alone. Kept apart from the booking, so that nothing which shows a booking can show it.
CREATE TABLE staff_notes (
  booking_id uuid PRIMARY KEY REFERENCES bookings (id) ON DELETE CASCADE,
  note text NOT NULL,
  -- Why an admin let pass what is against the rules; null if nothing was.
  override_reason text,
  -- Who of the staff booked it for somebody else.
  booked_by uuid REFERENCES people (id) ON DELETE SET NULL,
  version integer NOT NULL,
  updated_at timestamp NOT NULL
);
CREATE INDEX staff_notes_by_person ON staff_notes (booked_by) WHERE booked_by IS NOT NULL;
