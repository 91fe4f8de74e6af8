-- One row: the last generation that a rebuild writes or wrote, and until when (seconds since the epoch,
-- by the database's clock) its replica holds the claim to do so; 0: it is free. Every transaction of a
-- rebuild renews its claim, and fails without it.
CREATE TABLE IF NOT EXISTS rebuilds (
  id TINYINT NOT NULL PRIMARY KEY,
  generation BIGINT NOT NULL,
  claimed_until BIGINT NOT NULL
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT IGNORE INTO rebuilds (id, generation, claimed_until)
  SELECT 1, generation, 0 FROM intake_heads WHERE id = 1;
