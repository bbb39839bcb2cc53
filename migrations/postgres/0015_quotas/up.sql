-- How much an organisation, or every organisation of a kind, may book.
CREATE TABLE quotas (
  id uuid PRIMARY KEY,
  organisation_id uuid UNIQUE REFERENCES organisations (id) ON DELETE CASCADE,
  kind text UNIQUE,
  hours_per_week integer CHECK (hours_per_week BETWEEN 0 AND 1000),
  hours_per_month integer CHECK (hours_per_month BETWEEN 0 AND 5000),
  prime_hours_per_week integer CHECK (prime_hours_per_week BETWEEN 0 AND 1000),
  bookings_ahead integer CHECK (bookings_ahead BETWEEN 0 AND 10000),
  version integer NOT NULL,
  CONSTRAINT quotas_of_one_holder CHECK ((organisation_id IS NULL) <> (kind IS NULL))
);

-- Quotas are kept in memory like rooms are.
CREATE TRIGGER quotas_change_catalogue AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON quotas
  FOR EACH STATEMENT EXECUTE FUNCTION room_catalogue_changed();
