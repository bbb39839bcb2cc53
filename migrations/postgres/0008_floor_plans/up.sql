-- What an admin shows of a room instead of the drawn sketch: re-encoded on its way in, so small enough to lie here.
CREATE TABLE floor_plans (
  room_id uuid PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
  version integer NOT NULL CHECK (version > 0),
  media_type text NOT NULL CHECK (media_type IN ('image/webp', 'image/jpeg')),
  width integer NOT NULL CHECK (width > 0),
  height integer NOT NULL CHECK (height > 0),
  alternative_text text NOT NULL,
  image bytea NOT NULL,
  created_at timestamp NOT NULL
);
