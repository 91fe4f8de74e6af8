-- What a signature told support (comity.support.v1.Onboarding, in a wrapper).
ALTER TABLE cases ADD COLUMN IF NOT EXISTS onboarding MEDIUMBLOB NOT NULL;
