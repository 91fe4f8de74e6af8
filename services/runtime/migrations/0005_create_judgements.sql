-- Judgements are append-only. body is the comity.judgement.v1.Judgement as recorded.
CREATE TABLE IF NOT EXISTS judgements (
  subject_id BINARY(16) NOT NULL,
  version BIGINT NOT NULL,
  id BINARY(16) NOT NULL,
  body MEDIUMBLOB NOT NULL,
  PRIMARY KEY (subject_id, version),
  UNIQUE KEY id (id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The latest judgement of each department on each question: derived, for reading. An empty answer:
-- withdrawn.
CREATE TABLE IF NOT EXISTS standings (
  subject_id BINARY(16) NOT NULL,
  question VARCHAR(63) NOT NULL,
  department VARCHAR(80) NOT NULL,
  answer VARCHAR(63) NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (subject_id, question, department)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
