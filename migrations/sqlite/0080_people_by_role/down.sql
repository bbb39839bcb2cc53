DROP INDEX people_by_role;
