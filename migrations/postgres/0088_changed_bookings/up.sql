-- Feeds ask for a stretch of time, not for what changed lately: nobody found anything by this, and each booking kept it up to date.
DROP INDEX bookings_by_change;
