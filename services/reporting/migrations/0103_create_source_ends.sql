-- The last entry that was taken in of each source: one that no longer holds it at that place was
-- restored from an older backup, and must not be followed on.
CREATE TABLE IF NOT EXISTS source_ends (
  source VARCHAR(32) NOT NULL PRIMARY KEY,
  to_position BIGINT NOT NULL,
  last_entry BINARY(16) NOT NULL
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
