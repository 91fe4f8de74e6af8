-- Who may sign for a department in a steward's place; `body` is a comity.gateway.v1.CharterDelegation,
-- `digest` the SHA-256 of what the steward has signed.
CREATE TABLE IF NOT EXISTS charter_delegations (
  id BINARY(16) NOT NULL PRIMARY KEY,
  digest BINARY(32) NOT NULL,
  department VARCHAR(80) NOT NULL,
  version BIGINT NOT NULL,
  body BLOB NOT NULL,
  UNIQUE KEY by_digest (digest),
  KEY by_department (department, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
