-- What the account that serves the house may do, so that whoever gets hold of it can change no table, trigger or constraint.
-- Run once as a superuser, in the house's database, after `nobel21 migrate` has been run as the owner.
GRANT USAGE ON SCHEMA public TO nobel21;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO nobel21;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO nobel21;
REVOKE INSERT, UPDATE, DELETE ON __diesel_schema_migrations FROM nobel21;
-- A deadlock or a limit of time is told by its English words, and only a superuser may choose the language of messages.
ALTER ROLE nobel21 SET lc_messages = 'C';
-- What later versions add.
ALTER DEFAULT PRIVILEGES FOR ROLE nobel21_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO nobel21;
ALTER DEFAULT PRIVILEGES FOR ROLE nobel21_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO nobel21;
