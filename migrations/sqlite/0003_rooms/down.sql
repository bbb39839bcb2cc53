DROP TABLE closure_rooms;
DROP TABLE closures;
DROP TABLE own_opening_hours;
DROP TABLE opening_hours;
DROP TABLE room_spaces;
DROP TABLE rooms;
DROP TABLE spaces;
