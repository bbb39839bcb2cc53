DROP INDEX audit_log_unsealed;
ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only;
ALTER TABLE audit_seals DISABLE TRIGGER audit_seals_append_only;
UPDATE audit_log SET seal = NULL;
DELETE FROM audit_seals;
ALTER TABLE audit_seals DROP COLUMN digest;
ALTER TABLE audit_seals ENABLE TRIGGER audit_seals_append_only;
ALTER TABLE audit_log ENABLE TRIGGER audit_log_append_only;
