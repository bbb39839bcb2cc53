DROP TABLE attendance_questions;
