-- What is taken in a stretch of time, whatever the room.
CREATE INDEX occupancies_by_end ON occupancies (ends_at);
-- Who waits, and what is held for somebody, in a stretch of time.
CREATE INDEX waitlist_by_state ON waitlist (status, ends_at);
CREATE INDEX waitlist_by_offer ON waitlist (offer_ends_at) WHERE offer_ends_at IS NOT NULL;
-- Closures in the order in which they are listed, and those of the whole house that are not over.
CREATE INDEX closures_by_start ON closures (starts_at, id);
CREATE INDEX closures_of_the_house ON closures (whole_house, ends_at);
