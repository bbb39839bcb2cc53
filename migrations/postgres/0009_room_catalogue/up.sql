-- One row that becomes another whenever a room, its floor or an opening hour does: a process keeps what it has read of them
-- under this version, which it asks for in every transaction. At random, so that no version is ever two states.
CREATE TABLE room_catalogue (
  id integer PRIMARY KEY CHECK (id = 1),
  version text NOT NULL
);
INSERT INTO room_catalogue (id, version) VALUES (1, gen_random_uuid()::text);

CREATE FUNCTION room_catalogue_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE room_catalogue SET version = gen_random_uuid()::text;
  RETURN NULL;
END $$;
CREATE TRIGGER rooms_change_catalogue AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON rooms
  FOR EACH STATEMENT EXECUTE FUNCTION room_catalogue_changed();
CREATE TRIGGER spaces_change_catalogue AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON spaces
  FOR EACH STATEMENT EXECUTE FUNCTION room_catalogue_changed();
CREATE TRIGGER room_spaces_change_catalogue AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON room_spaces
  FOR EACH STATEMENT EXECUTE FUNCTION room_catalogue_changed();
CREATE TRIGGER opening_hours_change_catalogue AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON opening_hours
  FOR EACH STATEMENT EXECUTE FUNCTION room_catalogue_changed();
CREATE TRIGGER own_opening_hours_change_catalogue AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON own_opening_hours
  FOR EACH STATEMENT EXECUTE FUNCTION room_catalogue_changed();
CREATE TRIGGER floor_plans_change_catalogue AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON floor_plans
  FOR EACH STATEMENT EXECUTE FUNCTION room_catalogue_changed();
