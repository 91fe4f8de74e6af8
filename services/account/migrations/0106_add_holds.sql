-- Workflows that rely on a relationship, as account_holds has those that rely on an account. Where one of
-- them made it, the last one that releases it withdraws it.
CREATE TABLE IF NOT EXISTS relationship_holds (
  relationship BINARY(16) NOT NULL,
  workflow VARCHAR(80) NOT NULL,
  made TINYINT NOT NULL,
  released TINYINT NOT NULL,
  PRIMARY KEY (relationship, workflow)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
ALTER TABLE account_holds
  ADD COLUMN IF NOT EXISTS made TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS released TINYINT NOT NULL DEFAULT 0;
