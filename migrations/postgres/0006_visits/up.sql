-- Head counts: added to, never changed. A correction is a row of its own with the difference, at the instant of what it corrects.
CREATE TABLE visits (
  id uuid PRIMARY KEY,
  at timestamp NOT NULL,
  recorded_at timestamp NOT NULL,
  kind text NOT NULL CHECK (kind IN ('in', 'out')),
  headcount integer NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('gathering', 'office', 'walk_in', 'tour', 'event', 'other')),
  organisation_id uuid REFERENCES organisations (id),
  booking_id uuid REFERENCES bookings (id),
  corrects uuid REFERENCES visits (id),
  reason text,
  late_entry boolean NOT NULL,
  recorded_by uuid REFERENCES people (id),
  client_id uuid UNIQUE,
  import_key text UNIQUE,
  CONSTRAINT visits_counted CHECK (corrects IS NOT NULL OR headcount BETWEEN 1 AND 5000)
);
CREATE INDEX visits_by_time ON visits (at, id);
CREATE INDEX visits_by_booking ON visits (booking_id, at);
CREATE INDEX visits_by_organisation ON visits (organisation_id, at);
CREATE INDEX visits_by_corrected ON visits (corrects);

CREATE TABLE evaluation_links (
  code text PRIMARY KEY,
  booking_id uuid NOT NULL UNIQUE REFERENCES bookings (id) ON DELETE CASCADE,
  created_at timestamp NOT NULL
);

-- Anonymous from birth: nothing here says who answered.
CREATE TABLE evaluations (
  id uuid PRIMARY KEY,
  booking_id uuid NOT NULL REFERENCES bookings (id) ON DELETE CASCADE,
  rating integer NOT NULL CHECK (rating BETWEEN 1 AND 5),
  comment text NOT NULL,
  created_at timestamp NOT NULL,
  import_key text UNIQUE
);
CREATE INDEX evaluations_by_booking ON evaluations (booking_id);

CREATE FUNCTION visits_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'visits_append_only';
END $$;
CREATE TRIGGER visits_append_only BEFORE UPDATE OR DELETE ON visits FOR EACH ROW EXECUTE FUNCTION visits_append_only();
