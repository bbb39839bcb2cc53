DROP TABLE floor_plans;
