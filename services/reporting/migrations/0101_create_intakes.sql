-- One row for each batch of another service's journal that was taken in. The number is the as-of
-- position of reports; the rows of an intake's effects carry it.
CREATE TABLE IF NOT EXISTS intakes (
  number BIGINT NOT NULL PRIMARY KEY,
  source VARCHAR(32) NOT NULL,
  from_position BIGINT NOT NULL,
  to_position BIGINT NOT NULL,
  newest_record_time BIGINT NOT NULL,
  record_time BIGINT NOT NULL,
  UNIQUE KEY by_source (source, number)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row: the last intake, and the generation of effect rows in use. A rebuild writes the next
-- generation beside it and switches here.
CREATE TABLE IF NOT EXISTS intake_heads (
  id TINYINT NOT NULL PRIMARY KEY,
  generation BIGINT NOT NULL,
  number BIGINT NOT NULL
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT IGNORE INTO intake_heads (id, generation, number) VALUES (1, 1, 0);
