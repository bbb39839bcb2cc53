-- When a request lapses that nobody has answered: as the house's settings said when it came in.
ALTER TABLE bookings ADD COLUMN lapses_at timestamp;
CREATE INDEX bookings_lapsing ON bookings (lapses_at) WHERE lapses_at IS NOT NULL;
