-- When the workflow that opened a case was undone.
ALTER TABLE cases ADD COLUMN IF NOT EXISTS withdraw_time BIGINT NULL;
