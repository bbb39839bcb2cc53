DELETE FROM occupancies WHERE waitlist_id IS NOT NULL;
ALTER TABLE occupancies DROP CONSTRAINT occupancies_one_owner;
ALTER TABLE occupancies DROP COLUMN waitlist_id;
ALTER TABLE occupancies ADD CONSTRAINT occupancies_one_owner CHECK ((booking_id IS NULL) <> (closure_id IS NULL));
DROP TABLE waitlist;
