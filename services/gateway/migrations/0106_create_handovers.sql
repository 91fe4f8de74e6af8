-- Handovers; `body` is a comity.gateway.v1.Handover. `open_subject` is the subject while the offer is
-- open: there is one at a time. `awaits`: the department that is to answer it, or to act, next; NULL:
-- none. `due_time`: when its clocks have something to say, in microseconds;
-- NULL: nothing more.
CREATE TABLE IF NOT EXISTS handovers (
  id BINARY(16) NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  state INT NOT NULL,
  agreement VARCHAR(80) NOT NULL,
  subject VARCHAR(80) NOT NULL,
  open_subject VARCHAR(80) NULL,
  from_department VARCHAR(80) NOT NULL,
  to_department VARCHAR(80) NOT NULL,
  awaits VARCHAR(80) NULL,
  due_time BIGINT NULL,
  body MEDIUMBLOB NOT NULL,
  UNIQUE KEY open_subject (open_subject),
  KEY by_awaits (awaits, id),
  KEY by_due_time (due_time),
  KEY by_state (state, id),
  KEY by_from (from_department, id),
  KEY by_from_state (from_department, state, id),
  KEY by_to (to_department, id),
  KEY by_to_state (to_department, state, id),
  KEY by_subject (subject, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
