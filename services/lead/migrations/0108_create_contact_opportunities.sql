-- The opportunities that have ever named a contact together with a lead: by them the leads are found that
-- became the contact. When each was named, the opportunity's journal says; so no row ever changes.
CREATE TABLE IF NOT EXISTS contact_opportunities (
  contact BINARY(16) NOT NULL,
  opportunity BINARY(16) NOT NULL,
  PRIMARY KEY (contact, opportunity)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT IGNORE INTO contact_opportunities (contact, opportunity)
  SELECT contact, id FROM opportunities WHERE contact IS NOT NULL AND `lead` IS NOT NULL;
