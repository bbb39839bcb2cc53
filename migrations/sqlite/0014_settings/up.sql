-- What the house has decided, one row of it.
CREATE TABLE house_settings (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  -- A request that nobody answers lapses after so many hours; never, if there is none.
  approval_hours INTEGER CHECK (approval_hours BETWEEN 1 AND 720),
  -- A request for the weekend must be in by then; at any time, if there is none. ISO weekday and minutes after midnight.
  cutoff_weekday INTEGER CHECK (cutoff_weekday BETWEEN 1 AND 5),
  cutoff_minute INTEGER CHECK (cutoff_minute BETWEEN 0 AND 1439),
  -- The times that everybody wants, of which quotas are kept apart. ISO weekdays as a sum of powers of two: Monday is 1.
  prime_weekdays INTEGER NOT NULL CHECK (prime_weekdays BETWEEN 0 AND 127),
  prime_from INTEGER NOT NULL CHECK (prime_from BETWEEN 0 AND 1439),
  prime_to INTEGER NOT NULL CHECK (prime_to BETWEEN 1 AND 1440),
  version INTEGER NOT NULL,
  CHECK ((cutoff_weekday IS NULL) = (cutoff_minute IS NULL)),
  CHECK (prime_from < prime_to)
) STRICT;
INSERT INTO house_settings (id, approval_hours, cutoff_weekday, cutoff_minute, prime_weekdays, prime_from, prime_to, version)
VALUES (1, NULL, NULL, NULL, 31, 1020, 1320, 1);
