DROP TABLE evaluations;
DROP TABLE evaluation_links;
DROP TABLE visits;
DROP FUNCTION visits_append_only();
