-- Which disputes are open about which record: this service's copy of what the gateway's journal tells.
-- `subject` is the id of the record, of whatever collection.
CREATE TABLE IF NOT EXISTS open_disputes (
  subject BINARY(16) NOT NULL,
  dispute VARCHAR(80) NOT NULL,
  PRIMARY KEY (subject, dispute)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
