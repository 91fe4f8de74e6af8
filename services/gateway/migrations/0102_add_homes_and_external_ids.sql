-- home: the department whose stewards keep the profile; empty: that of the first membership.
ALTER TABLE persons
  ADD COLUMN external_source VARCHAR(64) NULL,
  ADD COLUMN external_id VARCHAR(191) NULL,
  ADD COLUMN home VARCHAR(80) NOT NULL DEFAULT '',
  ADD UNIQUE KEY external (external_id, external_source),
  ADD KEY by_external_source (external_source, id),
  ADD KEY by_home (home, id),
  ADD KEY by_create_time (create_time, id),
  ADD KEY by_display_name (display_name, id);

ALTER TABLE teams
  ADD COLUMN external_source VARCHAR(64) NULL,
  ADD COLUMN external_id VARCHAR(191) NULL,
  ADD UNIQUE KEY external (external_id, external_source),
  ADD KEY by_external_source (external_source, id),
  ADD KEY by_create_time (create_time, id);

ALTER TABLE departments
  ADD KEY by_create_time (create_time, id);
