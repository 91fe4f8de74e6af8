CREATE TABLE IF NOT EXISTS leads (
  id BINARY(16) NOT NULL,
  version BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  create_time BIGINT NOT NULL,
  update_time BIGINT NOT NULL,
  external_source VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  given_name VARCHAR(100) NOT NULL,
  family_name VARCHAR(100) NOT NULL,
  email_address VARCHAR(254) NOT NULL,
  phone_number VARCHAR(40) NOT NULL,
  job_title VARCHAR(100) NOT NULL,
  organization VARCHAR(200) NOT NULL,
  domain VARCHAR(253) NOT NULL,
  country VARCHAR(64) NOT NULL,
  source VARCHAR(64) NOT NULL,
  capture_time BIGINT NULL,
  owner VARCHAR(80) NOT NULL,
  responsible_department VARCHAR(80) NOT NULL,
  attributes MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY external (external_id, external_source),
  KEY by_external_source (external_source, id),
  KEY by_owner (owner, id),
  KEY by_responsible_department (responsible_department, id),
  KEY by_source (source, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The working list of each department that has one, with what it is filtered and ordered by.
CREATE TABLE IF NOT EXISTS lead_lists (
  department VARCHAR(80) NOT NULL,
  id BINARY(16) NOT NULL,
  listed TINYINT NOT NULL,
  owner VARCHAR(80) NOT NULL,
  responsible_department VARCHAR(80) NOT NULL,
  source VARCHAR(64) NOT NULL,
  PRIMARY KEY (department, id),
  KEY by_id (department, listed, id),
  KEY by_owner (department, listed, owner, id),
  KEY by_responsible_department (department, listed, responsible_department, id),
  KEY by_source (department, listed, source, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
