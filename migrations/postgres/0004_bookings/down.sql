DROP TABLE occupancies;
DROP TABLE bookings;
