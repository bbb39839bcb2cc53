-- How much an organisation, or every organisation of a kind, may book.
CREATE TABLE quotas (
  id TEXT NOT NULL PRIMARY KEY,
  organisation_id TEXT UNIQUE REFERENCES organisations (id) ON DELETE CASCADE,
  kind TEXT UNIQUE,
  hours_per_week INTEGER CHECK (hours_per_week BETWEEN 0 AND 1000),
  hours_per_month INTEGER CHECK (hours_per_month BETWEEN 0 AND 5000),
  prime_hours_per_week INTEGER CHECK (prime_hours_per_week BETWEEN 0 AND 1000),
  bookings_ahead INTEGER CHECK (bookings_ahead BETWEEN 0 AND 10000),
  version INTEGER NOT NULL,
  CONSTRAINT quotas_of_one_holder CHECK ((organisation_id IS NULL) <> (kind IS NULL))
) STRICT;

-- Quotas are kept in memory like rooms are.
CREATE TRIGGER quotas_added_change_catalogue AFTER INSERT ON quotas BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER quotas_changed_change_catalogue AFTER UPDATE ON quotas BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER quotas_deleted_change_catalogue AFTER DELETE ON quotas BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
