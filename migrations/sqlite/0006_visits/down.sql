DROP TABLE evaluations;
DROP TABLE evaluation_links;
DROP TABLE visits;
