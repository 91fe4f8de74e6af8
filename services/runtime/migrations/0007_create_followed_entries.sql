-- Which entry of each followed journal was taken last, and the position after it: so that a journal
-- which was restored from an older backup, and has grown since, is told from the one that was
-- followed. Where followed_positions says another position, nothing is known.
CREATE TABLE IF NOT EXISTS followed_entries (
  source VARCHAR(32) NOT NULL PRIMARY KEY,
  position BIGINT NOT NULL,
  entry_id BINARY(16) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
