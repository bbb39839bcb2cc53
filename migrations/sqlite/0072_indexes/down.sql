DROP INDEX shift_notes_by_time;
DROP INDEX closures_of_the_house;
DROP INDEX closures_by_start;
DROP INDEX waitlist_by_offer;
DROP INDEX waitlist_by_state;
DROP INDEX occupancies_by_end;
CREATE INDEX waitlist_waiting ON waitlist (ends_at) WHERE status = 'waiting';
CREATE INDEX waitlist_offered ON waitlist (held_until) WHERE status = 'offered';
