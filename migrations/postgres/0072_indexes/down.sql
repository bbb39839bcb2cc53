DROP INDEX closures_of_the_house;
DROP INDEX closures_by_start;
DROP INDEX waitlist_by_offer;
DROP INDEX waitlist_by_state;
DROP INDEX occupancies_by_end;
