-- When disputes about opportunities and cases were open: a row for the opening, and one for each entry
-- since the end. What was opened before this table was there is in it once reporting is rebuilt.
CREATE TABLE IF NOT EXISTS dispute_versions (
  generation BIGINT NOT NULL,
  intake BIGINT NOT NULL,
  position BIGINT NOT NULL,
  dispute BINARY(16) NOT NULL,
  subject VARCHAR(80) NOT NULL,
  is_open TINYINT NOT NULL,
  occur_time BIGINT NOT NULL,
  PRIMARY KEY (generation, intake, position)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
