-- What an admin shows of a room instead of the drawn sketch: re-encoded on its way in, so small enough to lie here.
CREATE TABLE floor_plans (
  room_id TEXT NOT NULL PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
  version INTEGER NOT NULL CHECK (version > 0),
  media_type TEXT NOT NULL CHECK (media_type IN ('image/webp', 'image/jpeg')),
  width INTEGER NOT NULL CHECK (width > 0),
  height INTEGER NOT NULL CHECK (height > 0),
  alternative_text TEXT NOT NULL,
  image BLOB NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at = datetime(created_at))
) STRICT;
