-- The journal. The running user may SELECT and INSERT entries and positions, INSERT and DELETE
-- pending ids, UPDATE the head, and nothing else here.
CREATE TABLE IF NOT EXISTS journal_entries (
  id BINARY(16) NOT NULL PRIMARY KEY,
  subject VARCHAR(80) NOT NULL,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  UNIQUE KEY subject_version (subject, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Entries that have no position yet.
CREATE TABLE IF NOT EXISTS journal_pending (
  id BINARY(16) NOT NULL PRIMARY KEY
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS journal_positions (
  position BIGINT NOT NULL PRIMARY KEY,
  id BINARY(16) NOT NULL,
  UNIQUE KEY entry (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One row: how many entries have positions.
CREATE TABLE IF NOT EXISTS journal_head (
  id TINYINT NOT NULL PRIMARY KEY,
  size BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT IGNORE INTO journal_head (id, size) VALUES (1, 0);
