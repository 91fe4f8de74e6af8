-- Credit statements; `body` is a comity.gateway.v1.CreditStatement as it was drawn, and `detail` its
-- touches and models: neither ever changes. What becomes of it stands in `progress` (the same message:
-- state, acknowledgements, final_time).
-- `standing_opportunity` is the opportunity while this is its statement: it has one at most. `due_time`:
-- when the term of its parties ends, in microseconds; NULL: nothing is awaited.
CREATE TABLE IF NOT EXISTS credit_statements (
  id BINARY(16) NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  state INT NOT NULL,
  opportunity VARCHAR(80) NOT NULL,
  standing_opportunity VARCHAR(80) NULL,
  source_position BIGINT NOT NULL,
  due_time BIGINT NULL,
  body MEDIUMBLOB NOT NULL,
  detail MEDIUMBLOB NOT NULL,
  progress MEDIUMBLOB NOT NULL,
  UNIQUE KEY standing_opportunity (standing_opportunity),
  KEY by_due_time (due_time),
  KEY by_state (state, id),
  KEY by_opportunity (opportunity, id),
  KEY by_source (opportunity, source_position)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
