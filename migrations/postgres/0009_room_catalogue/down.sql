DROP TRIGGER floor_plans_change_catalogue ON floor_plans;
DROP TRIGGER own_opening_hours_change_catalogue ON own_opening_hours;
DROP TRIGGER opening_hours_change_catalogue ON opening_hours;
DROP TRIGGER room_spaces_change_catalogue ON room_spaces;
DROP TRIGGER spaces_change_catalogue ON spaces;
DROP TRIGGER rooms_change_catalogue ON rooms;
DROP FUNCTION room_catalogue_changed;
DROP TABLE room_catalogue;
