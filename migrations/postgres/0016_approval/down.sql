DROP INDEX bookings_lapsing;
ALTER TABLE bookings DROP COLUMN lapses_at;
