-- What was asked of a workflow by others than who runs it: `STOP`, or the reason to withdraw it.
ALTER TABLE workflows ADD COLUMN IF NOT EXISTS asked VARCHAR(64) NOT NULL DEFAULT '';
-- Of one that an entry of a journal has started: the entry's position.
ALTER TABLE workflows ADD COLUMN IF NOT EXISTS start_position BIGINT NULL;
