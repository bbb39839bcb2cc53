-- Who gets the letters to admins is looked up, however many have come and gone.
CREATE INDEX people_by_role ON people (role, id);
