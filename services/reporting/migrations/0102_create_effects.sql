-- What intakes changed: one row an entry, never updated. A row is valid from its intake until the
-- intake of the next row of the same thing; position is that of the entry in its journal. Times are
-- microseconds since the epoch, amounts minor units, dates yyyymmdd.
CREATE TABLE IF NOT EXISTS opportunity_versions (
  generation BIGINT NOT NULL,
  intake BIGINT NOT NULL,
  position BIGINT NOT NULL,
  opportunity BINARY(16) NOT NULL,
  account BINARY(16) NULL,
  owner VARCHAR(80) NOT NULL,
  external_id VARCHAR(191) NOT NULL,
  amount BIGINT NULL,
  currency CHAR(3) NULL,
  close_date INT NULL,
  open_time BIGINT NULL,
  engage_time BIGINT NULL,
  sign_time BIGINT NULL,
  decline_time BIGINT NULL,
  line_items MEDIUMBLOB NOT NULL,
  PRIMARY KEY (generation, intake, position)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Facts about opportunities, for reports of what had happened before an instant.
CREATE TABLE IF NOT EXISTS opportunity_facts (
  generation BIGINT NOT NULL,
  intake BIGINT NOT NULL,
  position BIGINT NOT NULL,
  fact BINARY(16) NOT NULL,
  opportunity BINARY(16) NOT NULL,
  kind SMALLINT NOT NULL,
  occur_time BIGINT NOT NULL,
  amount BIGINT NULL,
  currency CHAR(3) NULL,
  close_date INT NULL,
  owner VARCHAR(80) NOT NULL,
  supersedes BINARY(16) NULL,
  PRIMARY KEY (generation, intake, position)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Judgements of opportunities; an empty answer withdraws.
CREATE TABLE IF NOT EXISTS opportunity_judgements (
  generation BIGINT NOT NULL,
  intake BIGINT NOT NULL,
  position BIGINT NOT NULL,
  opportunity BINARY(16) NOT NULL,
  question VARCHAR(80) NOT NULL,
  department VARCHAR(80) NOT NULL,
  answer VARCHAR(64) NOT NULL,
  occur_time BIGINT NOT NULL,
  PRIMARY KEY (generation, intake, position)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Persons, teams, products and accounts, as far as reports group by them.
CREATE TABLE IF NOT EXISTS named_versions (
  generation BIGINT NOT NULL,
  intake BIGINT NOT NULL,
  position BIGINT NOT NULL,
  name VARCHAR(80) NOT NULL,
  display_name VARCHAR(200) NOT NULL,
  team VARCHAR(80) NOT NULL,
  office VARCHAR(64) NOT NULL,
  manager VARCHAR(80) NOT NULL,
  sector VARCHAR(64) NOT NULL,
  PRIMARY KEY (generation, intake, position)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
