-- Disputes; `body` is a comity.gateway.v1.Dispute. `open_key` is what it is about and the department that
-- objects, while it is open: there is one at a time. `awaits`: the departments that are to do something
-- next, each between commas; `waits` says whether there are any. `precedent`: what makes it one for
-- another, once it has ended with an outcome. `due_time`: when its clocks have something to say, in
-- microseconds; NULL: nothing more.
CREATE TABLE IF NOT EXISTS disputes (
  id BINARY(16) NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  state INT NOT NULL,
  is_open INT NOT NULL,
  kind INT NOT NULL,
  department VARCHAR(80) NOT NULL,
  about VARCHAR(200) NOT NULL,
  subject VARCHAR(80) NOT NULL,
  question VARCHAR(80) NOT NULL,
  open_key VARCHAR(400) NULL,
  waits INT NOT NULL,
  awaits VARCHAR(4000) NOT NULL,
  precedent VARCHAR(160) NULL,
  due_time BIGINT NULL,
  body MEDIUMBLOB NOT NULL,
  UNIQUE KEY open_key (open_key),
  KEY by_about (about, is_open),
  KEY by_due_time (due_time),
  KEY by_state (state, id),
  KEY by_open (is_open, id),
  KEY by_kind (kind, id),
  KEY by_department (department, id),
  KEY by_subject (subject, id),
  KEY by_question (question, id),
  KEY by_waits (waits, id),
  KEY by_precedent (precedent, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
