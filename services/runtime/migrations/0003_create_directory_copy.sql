-- This service's copy of the gateway's directory: records by name, without personal data.
CREATE TABLE IF NOT EXISTS directory_records (
  name VARCHAR(80) NOT NULL PRIMARY KEY,
  body MEDIUMBLOB NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How far this service has read each journal that it follows: the next position wanted.
CREATE TABLE IF NOT EXISTS followed_positions (
  source VARCHAR(32) NOT NULL PRIMARY KEY,
  position BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
