-- What a case's facts make of it (comity.support.v1.CaseState), so that the open ones can be listed.
ALTER TABLE cases
  ADD COLUMN IF NOT EXISTS state TINYINT NOT NULL DEFAULT 1,
  ADD KEY IF NOT EXISTS by_state (state, id),
  ADD KEY IF NOT EXISTS by_team_state (team, state, id),
  ADD KEY IF NOT EXISTS by_owner_state (owner, state, id);
ALTER TABLE case_lists
  ADD COLUMN IF NOT EXISTS state TINYINT NOT NULL DEFAULT 1,
  ADD KEY IF NOT EXISTS by_state (department, listed, state, id),
  ADD KEY IF NOT EXISTS by_team_state (department, listed, team, state, id),
  ADD KEY IF NOT EXISTS by_owner_state (department, listed, owner, state, id);
UPDATE cases SET state =
  CASE WHEN close_time IS NOT NULL THEN 3 WHEN resolve_time IS NOT NULL THEN 2 ELSE 1 END;
UPDATE case_lists l JOIN cases c ON c.id = l.id SET l.state = c.state;
