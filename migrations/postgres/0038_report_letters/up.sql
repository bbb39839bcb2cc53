-- Does the person want the figures by mail: monthly for admins, half-yearly for those who run an association?
ALTER TABLE people ADD COLUMN report_letters boolean NOT NULL DEFAULT true;

-- Which figures were sent to whom, so that no process sends them twice.
CREATE TABLE report_letters (
  -- 2026-10 or 2026-H2
  period text NOT NULL,
  person_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  -- The association's key, or empty for the house.
  about text NOT NULL,
  sent_at timestamp NOT NULL,
  PRIMARY KEY (period, person_id, about)
);
CREATE INDEX report_letters_by_person ON report_letters (person_id);
