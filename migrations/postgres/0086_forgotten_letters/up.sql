-- When was forgotten what a letter said and to whom. Every hour looks for what is still to be forgotten, and not through all that was.
ALTER TABLE letters ADD COLUMN forgotten_at timestamp;
CREATE INDEX letters_to_forget ON letters (created_at) WHERE forgotten_at IS NULL;
CREATE INDEX letters_invited ON letters (created_at) WHERE calendar IS NOT NULL;
