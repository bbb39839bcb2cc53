-- A letter that the mail server takes only when nobody has any use for it is not sent: a reminder after the gathering, an offer that is over.
ALTER TABLE letters ADD COLUMN good_until TEXT CHECK (good_until = datetime(good_until));
