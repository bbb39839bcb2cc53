-- Does the person want a letter when visitors that were announced for its booking have come?
ALTER TABLE people ADD COLUMN arrival_letters boolean NOT NULL DEFAULT true;
-- People who are announced for a gathering: how many, and when. No names.
CREATE TABLE expected_visitors (
  id uuid PRIMARY KEY,
  booking_id uuid NOT NULL REFERENCES bookings (id) ON DELETE CASCADE,
  headcount integer NOT NULL CHECK (headcount BETWEEN 1 AND 500),
  expected_at timestamp NOT NULL,
  -- For the desk; forgotten a day after.
  note text NOT NULL,
  announced_by uuid REFERENCES people (id) ON DELETE SET NULL,
  announced_at timestamp NOT NULL,
  arrived_at timestamp,
  visit_id uuid REFERENCES visits (id),
  CHECK ((arrived_at IS NULL) = (visit_id IS NULL))
);
CREATE INDEX expected_visitors_by_time ON expected_visitors (expected_at, id);
CREATE INDEX expected_visitors_by_booking ON expected_visitors (booking_id);
CREATE INDEX expected_visitors_by_announcer ON expected_visitors (announced_by) WHERE announced_by IS NOT NULL;
CREATE INDEX expected_visitors_by_visit ON expected_visitors (visit_id) WHERE visit_id IS NOT NULL;
CREATE INDEX expected_visitors_with_note ON expected_visitors (expected_at) WHERE note <> '';
