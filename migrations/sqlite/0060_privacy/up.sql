-- Who answers for what is kept about people, where to ask, and for how long it is kept: days by what, as JSON; what is not there is
-- as by default.
ALTER TABLE house_settings ADD COLUMN controller TEXT NOT NULL DEFAULT '';
ALTER TABLE house_settings ADD COLUMN privacy_contact TEXT NOT NULL DEFAULT '';
ALTER TABLE house_settings ADD COLUMN retention TEXT NOT NULL DEFAULT '{}';

-- An account that is nobody's any more: what it did stays, and nothing says who it was.
ALTER TABLE people ADD COLUMN erased_at TEXT CHECK (erased_at = datetime(erased_at));
CREATE INDEX people_closed ON people (disabled_at) WHERE disabled_at IS NOT NULL AND erased_at IS NULL;

-- By which phone numbers are found whose time is over.
CREATE INDEX bookings_with_phone ON bookings (ends_at) WHERE contact_phone IS NOT NULL;
CREATE INDEX waitlist_with_phone ON waitlist (ends_at) WHERE contact_phone IS NOT NULL;
