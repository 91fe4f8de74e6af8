-- A person's opportunities in the order in which they are expected to close.
ALTER TABLE opportunities ADD KEY by_owner_close_date (owner, expected_close_date, id);
ALTER TABLE opportunity_lists
  ADD KEY by_owner_close_date (department, listed, owner, expected_close_date, id);
