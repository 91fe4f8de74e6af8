-- Revisions of the charter that were signed, as this service has checked them.
CREATE TABLE IF NOT EXISTS charter_revisions (
  revision INT NOT NULL PRIMARY KEY,
  signed MEDIUMBLOB NOT NULL,
  record_time BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- From when on they are in force: a charter.v1.EffectiveRevision without what was signed.
CREATE TABLE IF NOT EXISTS charter_effects (
  revision INT NOT NULL PRIMARY KEY,
  effect BLOB NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Whether all that the source's journal held has been taken in once: see journal/followed.h.
ALTER TABLE followed_positions ADD COLUMN IF NOT EXISTS caught_up BOOLEAN NOT NULL DEFAULT FALSE;

-- When this service first saw a proposal, by the digest of its body: an arbiter's term counts from
-- then on. By its own clock; of what it reads before it has caught up once, by the journal's.
CREATE TABLE IF NOT EXISTS charter_sightings (
  digest BINARY(32) NOT NULL PRIMARY KEY,
  sight_time BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
