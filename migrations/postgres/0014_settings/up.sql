-- What the house has decided, one row of it.
CREATE TABLE house_settings (
  id integer PRIMARY KEY CHECK (id = 1),
  -- A request that nobody answers lapses after so many hours; never, if there is none.
  approval_hours integer CHECK (approval_hours BETWEEN 1 AND 720),
  -- A request for the weekend must be in by then; at any time, if there is none. ISO weekday and minutes after midnight.
  cutoff_weekday integer CHECK (cutoff_weekday BETWEEN 1 AND 5),
  cutoff_minute integer CHECK (cutoff_minute BETWEEN 0 AND 1439),
  -- The times that everybody wants, of which quotas are kept apart. ISO weekdays as a sum of powers of two: Monday is 1.
  prime_weekdays integer NOT NULL CHECK (prime_weekdays BETWEEN 0 AND 127),
  prime_from integer NOT NULL CHECK (prime_from BETWEEN 0 AND 1439),
  prime_to integer NOT NULL CHECK (prime_to BETWEEN 1 AND 1440),
  version integer NOT NULL,
  CHECK ((cutoff_weekday IS NULL) = (cutoff_minute IS NULL)),
  CHECK (prime_from < prime_to)
);
INSERT INTO house_settings (id, approval_hours, cutoff_weekday, cutoff_minute, prime_weekdays, prime_from, prime_to, version)
VALUES (1, NULL, NULL, NULL, 31, 1020, 1320, 1);
