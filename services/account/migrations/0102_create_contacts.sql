CREATE TABLE IF NOT EXISTS contacts (
  id BINARY(16) NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  create_time BIGINT NOT NULL,
  update_time BIGINT NOT NULL,
  external_source VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  account BINARY(16) NULL,
  given_name VARCHAR(100) NOT NULL,
  family_name VARCHAR(100) NOT NULL,
  email_address VARCHAR(254) NOT NULL,
  phone_number VARCHAR(40) NOT NULL,
  job_title VARCHAR(100) NOT NULL,
  attributes MEDIUMBLOB NOT NULL,
  UNIQUE KEY external (external_id, external_source),
  KEY by_external_source (external_source, id),
  KEY account (account, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
