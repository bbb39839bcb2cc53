-- Each time that an organiser was asked how many came to a gathering: once, and once more. The key lets nobody be asked twice.
CREATE TABLE attendance_questions (
  booking_id TEXT NOT NULL REFERENCES bookings (id) ON DELETE CASCADE,
  number INTEGER NOT NULL CHECK (number IN (1, 2)),
  -- The secret in the letter's links, as its hash; none where there was nobody to write to.
  token_hash TEXT UNIQUE,
  asked_at TEXT NOT NULL CHECK (asked_at = datetime(asked_at)),
  PRIMARY KEY (booking_id, number)
) STRICT;
