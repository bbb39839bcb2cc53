-- The outbox: written in the transaction of what it tells of, worked by lease.
CREATE TABLE letters (
  id uuid PRIMARY KEY,
  message_id text NOT NULL UNIQUE,
  kind text NOT NULL,
  to_address text NOT NULL,
  to_key text NOT NULL,
  to_name text NOT NULL,
  language text NOT NULL CHECK (language IN ('sv', 'en')),
  subject text NOT NULL,
  -- recipient and subject, folded, by which an admin looks for it
  search_key text NOT NULL,
  body_text text NOT NULL,
  body_html text NOT NULL,
  -- true: the text holds a one-time secret, which is shown to nobody and wiped once sent
  secret boolean NOT NULL,
  status text NOT NULL CHECK (status IN ('waiting', 'held', 'sent', 'failed')),
  attempts integer NOT NULL,
  -- only while it is to be sent
  next_attempt_at timestamp,
  leased_until timestamp,
  lease uuid,
  last_error text,
  booking_id uuid REFERENCES bookings (id) ON DELETE SET NULL,
  person_id uuid REFERENCES people (id) ON DELETE SET NULL,
  created_at timestamp NOT NULL,
  sent_at timestamp,
  CONSTRAINT letters_done CHECK ((next_attempt_at IS NULL) = (status IN ('sent', 'failed')))
);
CREATE INDEX letters_due ON letters (next_attempt_at, id) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX letters_by_recipient ON letters (to_key, sent_at);
CREATE INDEX letters_by_time ON letters (created_at, id);
CREATE INDEX letters_by_status ON letters (status, created_at, id);
CREATE INDEX letters_by_booking ON letters (booking_id);
CREATE INDEX letters_by_person ON letters (person_id);
