CREATE OR REPLACE FUNCTION audit_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_log_append_only';
END $$;
ALTER TABLE audit_log DROP COLUMN seal;
DROP TABLE audit_seals;
DROP FUNCTION audit_seals_append_only();
