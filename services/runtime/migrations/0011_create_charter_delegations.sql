-- Statements of delegates that this service has seen in the gateway's journal before their delegation was
-- revoked, by SHA-256, and before when, as far as it knows, they were not there.
CREATE TABLE IF NOT EXISTS charter_delegate_uses (
  statement BINARY(32) NOT NULL PRIMARY KEY,
  earliest BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Delegations that were revoked, by the SHA-256 of what the steward has signed.
CREATE TABLE IF NOT EXISTS charter_revocations (
  delegation BINARY(32) NOT NULL PRIMARY KEY,
  record_time BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
