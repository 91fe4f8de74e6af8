-- The revision of the charter that was in force when the intake was taken in; there was one until now.
ALTER TABLE intakes ADD COLUMN IF NOT EXISTS charter_revision INT NOT NULL DEFAULT 1;
