CREATE TABLE IF NOT EXISTS relationships (
  id BINARY(16) NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  create_time BIGINT NOT NULL,
  update_time BIGINT NOT NULL,
  external_source VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  account BINARY(16) NULL,
  contact BINARY(16) NULL,
  kind INT NOT NULL,
  other_party VARCHAR(80) NOT NULL,
  start_date INT NULL,
  end_date INT NULL,
  attributes MEDIUMBLOB NOT NULL,
  UNIQUE KEY external (external_id, external_source),
  KEY by_external_source (external_source, id),
  KEY account (account, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
