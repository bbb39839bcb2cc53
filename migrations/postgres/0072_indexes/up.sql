-- What is taken in a stretch of time, whatever the room.
CREATE INDEX occupancies_by_end ON occupancies (ends_at);
-- Those of one state alone were of no use: the state is a bound value, of which no planner can know which it is.
DROP INDEX waitlist_waiting;
DROP INDEX waitlist_offered;
-- Who waits, and what is held for somebody, in a stretch of time.
CREATE INDEX waitlist_by_state ON waitlist (status, ends_at);
CREATE INDEX waitlist_by_offer ON waitlist (offer_ends_at) WHERE offer_ends_at IS NOT NULL;
-- Closures in the order in which they are listed, and those of the whole house that are not over.
CREATE INDEX closures_by_start ON closures (starts_at, id);
CREATE INDEX closures_of_the_house ON closures (whole_house, ends_at);
-- What is forgotten, of the hand-over.
CREATE INDEX shift_notes_by_time ON shift_notes (written_at);
