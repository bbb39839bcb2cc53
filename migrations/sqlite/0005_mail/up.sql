-- The outbox: written in the transaction of what it tells of, worked by lease.
CREATE TABLE letters (
  id TEXT NOT NULL PRIMARY KEY,
  message_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  to_address TEXT NOT NULL,
  to_key TEXT NOT NULL,
  to_name TEXT NOT NULL,
  language TEXT NOT NULL CHECK (language IN ('sv', 'en')),
  subject TEXT NOT NULL,
  -- recipient and subject, folded, by which an admin looks for it
  search_key TEXT NOT NULL,
  body_text TEXT NOT NULL,
  body_html TEXT NOT NULL,
  -- true: the text holds a one-time secret, which is shown to nobody and wiped once sent
  secret INTEGER NOT NULL CHECK (secret IN (0, 1)),
  status TEXT NOT NULL CHECK (status IN ('waiting', 'held', 'sent', 'failed')),
  attempts INTEGER NOT NULL,
  -- only while it is to be sent
  next_attempt_at TEXT CHECK (next_attempt_at = datetime(next_attempt_at)),
  leased_until TEXT CHECK (leased_until = datetime(leased_until)),
  lease TEXT,
  last_error TEXT,
  booking_id TEXT REFERENCES bookings (id) ON DELETE SET NULL,
  person_id TEXT REFERENCES people (id) ON DELETE SET NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at)),
  sent_at TEXT CHECK (sent_at = datetime(sent_at)),
  CONSTRAINT letters_done CHECK ((next_attempt_at IS NULL) = (status IN ('sent', 'failed')))
) STRICT;
CREATE INDEX letters_due ON letters (next_attempt_at, id) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX letters_by_recipient ON letters (to_key, sent_at);
CREATE INDEX letters_by_time ON letters (created_at, id);
CREATE INDEX letters_by_status ON letters (status, created_at, id);
CREATE INDEX letters_by_booking ON letters (booking_id);
CREATE INDEX letters_by_person ON letters (person_id);
