DROP TABLE loans;
DROP TABLE shift_notes;
