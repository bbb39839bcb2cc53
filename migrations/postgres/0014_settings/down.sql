DROP TABLE house_settings;
