ALTER TABLE bookings DROP COLUMN checked_in_at;
