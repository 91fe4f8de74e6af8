-- Facts about cases: who holds a case, and when something happened to it. Read when a report of
-- handovers is asked for, and not kept in memory. What was taken in before this table was there, a
-- rebuild brings in.
CREATE TABLE IF NOT EXISTS case_facts (
  generation BIGINT NOT NULL,
  intake BIGINT NOT NULL,
  position BIGINT NOT NULL,
  fact BINARY(16) NOT NULL,
  case_id BINARY(16) NOT NULL,
  kind SMALLINT NOT NULL,
  occur_time BIGINT NOT NULL,
  team VARCHAR(80) NOT NULL,
  owner VARCHAR(80) NOT NULL,
  supersedes BINARY(16) NULL,
  PRIMARY KEY (generation, intake, position)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
