-- Opportunities and cases of workflows that were undone: they count in no report.
ALTER TABLE opportunity_versions ADD COLUMN IF NOT EXISTS withdrawn TINYINT NOT NULL DEFAULT 0;
ALTER TABLE case_versions ADD COLUMN IF NOT EXISTS withdrawn TINYINT NOT NULL DEFAULT 0;
