-- Does the person want the figures by mail: monthly for admins, half-yearly for those who run an association?
ALTER TABLE people ADD COLUMN report_letters INTEGER NOT NULL DEFAULT 1 CHECK (report_letters IN (0, 1));

-- Which figures were sent to whom, so that no process sends them twice.
CREATE TABLE report_letters (
  -- 2026-10 or 2026-H2
  period TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  -- The association's key, or empty for the house.
  about TEXT NOT NULL,
  sent_at TEXT NOT NULL CHECK (sent_at = datetime(sent_at)),
  PRIMARY KEY (period, person_id, about)
) STRICT;
CREATE INDEX report_letters_by_person ON report_letters (person_id);
