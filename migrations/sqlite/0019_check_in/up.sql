-- When somebody said that people have come, without counting them.
ALTER TABLE bookings ADD COLUMN checked_in_at TEXT CHECK (checked_in_at = datetime(checked_in_at));
