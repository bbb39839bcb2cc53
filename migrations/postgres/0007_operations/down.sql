DROP TABLE audit_log;
DROP TABLE idempotency_keys;
DROP FUNCTION audit_log_append_only();
