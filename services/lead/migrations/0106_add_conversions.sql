-- What converts a lead, and what it became (comity.lead.v1.Conversion, in a wrapper); and when a
-- workflow that made an opportunity was undone.
ALTER TABLE leads ADD COLUMN IF NOT EXISTS conversion BLOB NOT NULL;
ALTER TABLE opportunities ADD COLUMN IF NOT EXISTS withdraw_time BIGINT NULL;
