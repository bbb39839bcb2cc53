DROP INDEX waitlist_with_phone;
DROP INDEX bookings_with_phone;
DROP INDEX people_closed;
ALTER TABLE people DROP COLUMN erased_at;
ALTER TABLE house_settings DROP COLUMN retention;
ALTER TABLE house_settings DROP COLUMN privacy_contact;
ALTER TABLE house_settings DROP COLUMN controller;
