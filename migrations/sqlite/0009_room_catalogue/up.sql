-- One row that becomes another whenever a room, its floor or an opening hour does: a process keeps what it has read of them
-- under this version, which it asks for in every transaction. At random, so that no version is ever two states.
CREATE TABLE room_catalogue (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  version TEXT NOT NULL
) STRICT;
INSERT INTO room_catalogue (id, version) VALUES (1, lower(hex(randomblob(16))));

CREATE TRIGGER rooms_added_change_catalogue AFTER INSERT ON rooms BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER rooms_changed_change_catalogue AFTER UPDATE ON rooms BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER rooms_deleted_change_catalogue AFTER DELETE ON rooms BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;

CREATE TRIGGER spaces_added_change_catalogue AFTER INSERT ON spaces BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER spaces_changed_change_catalogue AFTER UPDATE ON spaces BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER spaces_deleted_change_catalogue AFTER DELETE ON spaces BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;

CREATE TRIGGER room_spaces_added_change_catalogue AFTER INSERT ON room_spaces BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER room_spaces_changed_change_catalogue AFTER UPDATE ON room_spaces BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER room_spaces_deleted_change_catalogue AFTER DELETE ON room_spaces BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;

CREATE TRIGGER opening_hours_added_change_catalogue AFTER INSERT ON opening_hours BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER opening_hours_changed_change_catalogue AFTER UPDATE ON opening_hours BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER opening_hours_deleted_change_catalogue AFTER DELETE ON opening_hours BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;

CREATE TRIGGER own_opening_hours_added_change_catalogue AFTER INSERT ON own_opening_hours BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER own_opening_hours_changed_change_catalogue AFTER UPDATE ON own_opening_hours BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER own_opening_hours_deleted_change_catalogue AFTER DELETE ON own_opening_hours BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;

CREATE TRIGGER floor_plans_added_change_catalogue AFTER INSERT ON floor_plans BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER floor_plans_changed_change_catalogue AFTER UPDATE ON floor_plans BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
CREATE TRIGGER floor_plans_deleted_change_catalogue AFTER DELETE ON floor_plans BEGIN
  UPDATE room_catalogue SET version = lower(hex(randomblob(16)));
END;
