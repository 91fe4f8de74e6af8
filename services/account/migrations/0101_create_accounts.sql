CREATE TABLE IF NOT EXISTS accounts (
  id BINARY(16) NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  create_time BIGINT NOT NULL,
  update_time BIGINT NOT NULL,
  external_source VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  kind INT NOT NULL,
  display_name VARCHAR(200) NOT NULL,
  domain VARCHAR(253) NOT NULL,
  parent_account BINARY(16) NULL,
  sector VARCHAR(64) NOT NULL,
  country VARCHAR(64) NOT NULL,
  city VARCHAR(100) NOT NULL,
  owner VARCHAR(80) NOT NULL,
  responsible_department VARCHAR(80) NOT NULL,
  attributes MEDIUMBLOB NOT NULL,
  UNIQUE KEY external (external_id, external_source),
  KEY by_external_source (external_source, id),
  KEY owner (owner, id),
  KEY sector (sector, id),
  KEY domain (domain, id),
  KEY parent_account (parent_account, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A row per account and department whose own judgements can take accounts off its working list.
CREATE TABLE IF NOT EXISTS account_lists (
  department VARCHAR(80) NOT NULL,
  id BINARY(16) NOT NULL,
  listed TINYINT NOT NULL,
  owner VARCHAR(80) NOT NULL,
  sector VARCHAR(64) NOT NULL,
  domain VARCHAR(253) NOT NULL,
  parent_account BINARY(16) NULL,
  PRIMARY KEY (department, id),
  KEY by_id (department, listed, id),
  KEY by_owner (department, listed, owner, id),
  KEY by_sector (department, listed, sector, id),
  KEY by_domain (department, listed, domain, id),
  KEY by_parent_account (department, listed, parent_account, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
