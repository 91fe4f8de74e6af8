-- Facts are immutable: the only column that ever changes is superseded_by, the mark of the later fact
-- that corrected or voided this one. body is the comity.fact.v1.Fact as recorded.
CREATE TABLE IF NOT EXISTS facts (
  subject_id BINARY(16) NOT NULL,
  version BIGINT NOT NULL,
  id BINARY(16) NOT NULL,
  kind SMALLINT NOT NULL,
  superseded_by BINARY(16) NULL,
  external_source VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  body MEDIUMBLOB NOT NULL,
  PRIMARY KEY (subject_id, version),
  UNIQUE KEY id (id),
  UNIQUE KEY external (external_id, external_source),
  KEY standing (subject_id, kind, superseded_by)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
