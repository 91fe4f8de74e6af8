CREATE TABLE IF NOT EXISTS `@names@` (
  id BINARY(16) NOT NULL,
  version BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  create_time BIGINT NOT NULL,
  update_time BIGINT NOT NULL,
  external_source VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  display_name VARCHAR(200) NOT NULL,
  owner VARCHAR(80) NOT NULL,
  attributes MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY external (external_id, external_source),
  KEY by_external_source (external_source, id),
  KEY by_owner (owner, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
