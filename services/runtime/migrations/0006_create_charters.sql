-- One row: the charter that this database is used under, as it was first started with.
CREATE TABLE IF NOT EXISTS charters (
  id TINYINT NOT NULL PRIMARY KEY,
  revision BIGINT NOT NULL,
  document MEDIUMBLOB NOT NULL,
  record_time BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
