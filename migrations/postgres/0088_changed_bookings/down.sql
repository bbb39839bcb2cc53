CREATE INDEX bookings_by_change ON bookings (updated_at);
