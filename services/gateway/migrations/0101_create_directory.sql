CREATE TABLE IF NOT EXISTS departments (
  id VARCHAR(63) NOT NULL,
  version BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  create_time BIGINT NOT NULL,
  update_time BIGINT NOT NULL,
  display_name VARCHAR(100) NOT NULL,
  attributes MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS teams (
  id VARCHAR(63) NOT NULL,
  version BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  create_time BIGINT NOT NULL,
  update_time BIGINT NOT NULL,
  department VARCHAR(80) NOT NULL,
  display_name VARCHAR(100) NOT NULL,
  attributes MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id),
  KEY by_department (department, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- memberships: a Person with nothing but its memberships, serialised.
CREATE TABLE IF NOT EXISTS persons (
  id VARCHAR(63) NOT NULL,
  version BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  create_time BIGINT NOT NULL,
  update_time BIGINT NOT NULL,
  display_name VARCHAR(100) NOT NULL,
  email_address VARCHAR(254) NOT NULL,
  team VARCHAR(80) NOT NULL,
  office VARCHAR(64) NOT NULL,
  manager VARCHAR(80) NOT NULL,
  memberships MEDIUMBLOB NOT NULL,
  attributes MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id),
  KEY by_team (team, id),
  KEY by_office (office, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Follows from persons.memberships; changed and counted under the lock of the department's row.
CREATE TABLE IF NOT EXISTS department_stewards (
  department VARCHAR(80) NOT NULL,
  person VARCHAR(80) NOT NULL,
  PRIMARY KEY (department, person)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
