-- The department to which was escalated that `awaits` is late, until it has answered or acted; NULL:
-- none.
ALTER TABLE handovers ADD COLUMN IF NOT EXISTS escalated_to VARCHAR(80) NULL;
ALTER TABLE handovers ADD KEY IF NOT EXISTS by_escalated_to (escalated_to, id);
