-- Since when the department has held an answer to the question without a break, or has withdrawn it:
-- microseconds; 0 for what was judged before this was noted.
ALTER TABLE standings ADD COLUMN IF NOT EXISTS said_time BIGINT NOT NULL DEFAULT 0;
