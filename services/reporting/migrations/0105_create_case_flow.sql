-- Cases and the facts about them, for the reports on handovers. Where support's journal was followed
-- before these tables were there, a rebuild fills them (comity admin rebuild-reporting).
CREATE TABLE IF NOT EXISTS case_versions (
  generation BIGINT NOT NULL,
  intake BIGINT NOT NULL,
  position BIGINT NOT NULL,
  subject BINARY(16) NOT NULL,
  account BINARY(16) NULL,
  product VARCHAR(80) NOT NULL,
  source VARCHAR(64) NOT NULL,
  external_id VARCHAR(191) NOT NULL,
  PRIMARY KEY (generation, intake, position)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS case_events (
  generation BIGINT NOT NULL,
  intake BIGINT NOT NULL,
  position BIGINT NOT NULL,
  fact BINARY(16) NOT NULL,
  subject BINARY(16) NOT NULL,
  kind SMALLINT NOT NULL,
  occur_time BIGINT NOT NULL,
  team VARCHAR(80) NOT NULL,
  owner VARCHAR(80) NOT NULL,
  supersedes BINARY(16) NULL,
  PRIMARY KEY (generation, intake, position)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
