DROP INDEX letters_invited;
DROP INDEX letters_to_forget;
ALTER TABLE letters DROP COLUMN forgotten_at;
