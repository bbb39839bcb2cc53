DROP INDEX bookings_by_change;
DROP TABLE calendar_keys;
