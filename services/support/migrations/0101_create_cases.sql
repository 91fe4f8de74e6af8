CREATE TABLE IF NOT EXISTS cases (
  id BINARY(16) NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  create_time BIGINT NOT NULL,
  update_time BIGINT NOT NULL,
  external_source VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  title VARCHAR(300) NOT NULL,
  account BINARY(16) NULL,
  contact BINARY(16) NULL,
  channel VARCHAR(64) NOT NULL,
  product BINARY(16) NULL,
  team VARCHAR(80) NOT NULL,
  open_time BIGINT NULL,
  resolve_time BIGINT NULL,
  close_time BIGINT NULL,
  waiting_for_customer TINYINT NOT NULL,
  owner VARCHAR(80) NOT NULL,
  responsible_department VARCHAR(80) NOT NULL,
  attributes MEDIUMBLOB NOT NULL,
  UNIQUE KEY external (external_id, external_source),
  KEY by_external_source (external_source, id),
  KEY account (account, id),
  KEY team (team, id),
  KEY owner (owner, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A row per case and department whose own judgements can take cases off its working list. The starting
-- charter names none.
CREATE TABLE IF NOT EXISTS case_lists (
  department VARCHAR(80) NOT NULL,
  id BINARY(16) NOT NULL,
  listed TINYINT NOT NULL,
  account BINARY(16) NULL,
  team VARCHAR(80) NOT NULL,
  owner VARCHAR(80) NOT NULL,
  PRIMARY KEY (department, id),
  KEY by_id (department, listed, id),
  KEY by_account (department, listed, account, id),
  KEY by_team (department, listed, team, id),
  KEY by_owner (department, listed, owner, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
