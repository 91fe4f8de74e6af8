-- Workflows: what is shown, the request and what the steps have learnt stand in `body`
-- (comity.gateway.v1.WorkflowRecord). Who runs one has claimed it: `epoch` grows with each claim, and
-- a write names its epoch. Times are microseconds by the database's clock.
CREATE TABLE IF NOT EXISTS workflows (
  id BINARY(16) NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  kind VARCHAR(64) NOT NULL,
  subject VARCHAR(80) NOT NULL,
  start_key VARCHAR(191) NULL,
  state INT NOT NULL,
  due TINYINT NOT NULL,
  epoch BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  next_time BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  UNIQUE KEY start_key (start_key),
  KEY due (due, next_time),
  KEY by_state (state, id),
  KEY by_kind (kind, id),
  KEY by_subject (subject, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
