-- Months whose figures are frozen: what was reported, so that nothing changes it unseen.
CREATE TABLE closed_months (
  month text PRIMARY KEY CHECK (month ~ '^[12][0-9]{3}-[01][0-9]$'),
  -- The figures as they were, as the API has them.
  figures text NOT NULL,
  definitions_version integer NOT NULL,
  bookings integer NOT NULL,
  visits integer NOT NULL,
  -- SHA-256 over all of the above.
  hash text NOT NULL,
  closed_by uuid REFERENCES people (id) ON DELETE SET NULL,
  closed_at timestamp NOT NULL
);
CREATE INDEX closed_months_by_person ON closed_months (closed_by) WHERE closed_by IS NOT NULL;
