-- Relationships are also looked for from the contact, from the other side and by kind.
ALTER TABLE relationships
  ADD KEY IF NOT EXISTS by_contact (contact, id),
  ADD KEY IF NOT EXISTS by_other_party (other_party, id),
  ADD KEY IF NOT EXISTS by_kind (kind, id);
