-- What one shift tells the next.
CREATE TABLE shift_notes (
  id uuid PRIMARY KEY,
  text text NOT NULL CHECK (length(text) BETWEEN 1 AND 1000),
  written_by uuid REFERENCES people (id) ON DELETE SET NULL,
  written_at timestamp NOT NULL,
  done_by uuid REFERENCES people (id) ON DELETE SET NULL,
  done_at timestamp
);
CREATE INDEX shift_notes_open ON shift_notes (written_at) WHERE done_at IS NULL;
CREATE INDEX shift_notes_by_writer ON shift_notes (written_by) WHERE written_by IS NOT NULL;
CREATE INDEX shift_notes_by_doer ON shift_notes (done_by) WHERE done_by IS NOT NULL;

-- Keys and tags that are lent. The same thing is out once.
CREATE TABLE loans (
  id uuid PRIMARY KEY,
  item text NOT NULL,
  item_key text NOT NULL,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  booking_id uuid REFERENCES bookings (id) ON DELETE SET NULL,
  -- Who fetched it, if that must be known; forgotten when it is back.
  borrower text NOT NULL,
  lent_by uuid REFERENCES people (id) ON DELETE SET NULL,
  lent_at timestamp NOT NULL,
  due_at timestamp NOT NULL,
  returned_by uuid REFERENCES people (id) ON DELETE SET NULL,
  returned_at timestamp,
  CHECK (returned_at IS NULL OR borrower = '')
);
CREATE UNIQUE INDEX loans_out ON loans (item_key) WHERE returned_at IS NULL;
CREATE INDEX loans_by_return ON loans (returned_at, id) WHERE returned_at IS NOT NULL;
CREATE INDEX loans_by_organisation ON loans (organisation_id);
CREATE INDEX loans_by_booking ON loans (booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX loans_by_lender ON loans (lent_by) WHERE lent_by IS NOT NULL;
CREATE INDEX loans_by_receiver ON loans (returned_by) WHERE returned_by IS NOT NULL;
