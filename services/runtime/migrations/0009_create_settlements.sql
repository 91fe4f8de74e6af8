-- What is settled: the comity.type.v1.SettledAnswer as it was last journaled, for each question about
-- a subject. The journal holds how it came to be.
CREATE TABLE IF NOT EXISTS settlements (
  subject_id BINARY(16) NOT NULL,
  question VARCHAR(63) NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (subject_id, question)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Judgements that are awaited before silence assents. Follows from standings and the charter.
CREATE TABLE IF NOT EXISTS awaited_judgements (
  subject_id BINARY(16) NOT NULL,
  question VARCHAR(63) NOT NULL,
  department VARCHAR(80) NOT NULL,
  collection VARCHAR(32) NOT NULL,
  deliver_time BIGINT NOT NULL,
  due_time BIGINT NOT NULL,
  PRIMARY KEY (subject_id, question, department),
  KEY due (due_time, subject_id),
  KEY inbox (department, collection, due_time, subject_id, question)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How far the subjects of a collection have been settled anew by a revision of the charter and a
-- version of the rules: up to that subject, or all of them.
CREATE TABLE IF NOT EXISTS settlement_passes (
  collection VARCHAR(32) NOT NULL PRIMARY KEY,
  revision INT NOT NULL,
  rule_version INT NOT NULL,
  last_id BINARY(16) NOT NULL,
  done BOOLEAN NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
