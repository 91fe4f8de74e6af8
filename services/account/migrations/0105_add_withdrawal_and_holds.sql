-- When the workflow that made it was undone.
ALTER TABLE accounts ADD COLUMN IF NOT EXISTS withdraw_time BIGINT NULL;
ALTER TABLE contacts ADD COLUMN IF NOT EXISTS withdraw_time BIGINT NULL;
ALTER TABLE relationships ADD COLUMN IF NOT EXISTS withdraw_time BIGINT NULL;

-- A row for each domain for which an account was ever looked for: whoever looks holds its lock, so
-- that of two who find none one makes it.
CREATE TABLE IF NOT EXISTS domain_locks (
  domain VARCHAR(253) NOT NULL PRIMARY KEY
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Which workflows use an account: one that is undone takes back only what it alone has made and uses.
CREATE TABLE IF NOT EXISTS account_holds (
  account BINARY(16) NOT NULL,
  workflow VARCHAR(80) NOT NULL,
  PRIMARY KEY (account, workflow)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
