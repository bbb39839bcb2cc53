ALTER TABLE house_settings DROP COLUMN second_factor_required;
ALTER TABLE sessions DROP COLUMN second_factor;
DROP TABLE recovery_codes;
ALTER TABLE people DROP COLUMN totp_step;
ALTER TABLE people DROP COLUMN totp_since;
ALTER TABLE people DROP COLUMN totp_salt;
