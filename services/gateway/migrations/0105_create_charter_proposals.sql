-- Proposals that change the charter; `body` is a comity.gateway.v1.CharterProposal.
CREATE TABLE IF NOT EXISTS charter_proposals (
  id BINARY(16) NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  state INT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  KEY by_state (state, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
