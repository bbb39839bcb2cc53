-- So many people may be in the house at once, staff included; null where nobody has said.
ALTER TABLE house_settings ADD COLUMN house_max_persons integer CHECK (house_max_persons BETWEEN 1 AND 100000);
