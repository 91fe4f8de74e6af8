CREATE TABLE IF NOT EXISTS products (
  id BINARY(16) NOT NULL,
  version BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  create_time BIGINT NOT NULL,
  update_time BIGINT NOT NULL,
  external_source VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  display_name VARCHAR(100) NOT NULL,
  series VARCHAR(64) NOT NULL,
  list_price BIGINT NULL,
  list_price_currency CHAR(3) NULL,
  attributes MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY external (external_id, external_source),
  UNIQUE KEY display_name (display_name),
  KEY by_external_source (external_source, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
