-- The answer to each mutating request, stored with its effect: a repeated request_id gets the answer
-- again and has no second effect. actor is the person, or the workload where there is none. Purged
-- after 30 days.
CREATE TABLE IF NOT EXISTS request_replies (
  actor VARBINARY(160) NOT NULL,
  method VARCHAR(120) NOT NULL,
  request_id BINARY(16) NOT NULL,
  digest BINARY(32) NOT NULL,
  reply MEDIUMBLOB NOT NULL,
  create_time BIGINT NOT NULL,
  PRIMARY KEY (actor, method, request_id),
  KEY create_time (create_time)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
