DROP TRIGGER audit_log_append_only_update;
DROP TRIGGER audit_log_append_only_delete;
DROP INDEX audit_log_by_seal;
ALTER TABLE audit_log DROP COLUMN seal;
CREATE TRIGGER audit_log_append_only_update BEFORE UPDATE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'audit_log_append_only');
END;
CREATE TRIGGER audit_log_append_only_delete BEFORE DELETE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'audit_log_append_only');
END;
DROP TABLE audit_seals;
