#include "services/lead/touch_store.h"

#include "google/protobuf/repeated_ptr_field.h"
#include "services/runtime/journal/entries.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::lead {

absl::StatusOr<std::vector<std::string>> LeadsOfContact(storage::Reader& reader,
                                                        const v1::Opportunity& opportunity,
                                                        int limit) {
  std::vector<std::string> leads;
  if (opportunity.contact().empty() || opportunity.account().empty()) return leads;
  COMITY_ASSIGN_OR_RETURN(const std::string account,
                          resource::IdOf(opportunity.account(), "accounts"));
  COMITY_ASSIGN_OR_RETURN(const std::string contact,
                          resource::IdOf(opportunity.contact(), "contacts"));
  // A contact is of one account, whose opportunities are few.
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT DISTINCT `lead` FROM opportunities FORCE INDEX (by_account) "
                   "WHERE account = ? AND contact = ? AND `lead` IS NOT NULL "
                   "AND withdraw_time IS NULL ORDER BY `lead` LIMIT ?",
                   {account, contact, int64_t{limit}}));
  while (rows->Next()) leads.push_back(resource::MakeName("leads", rows->Bytes(0)));
  return leads;
}

absl::StatusOr<journal::v1::PositionedEntry> FirstEntry(storage::Reader& reader,
                                                        const std::string& name) {
  COMITY_ASSIGN_OR_RETURN(const auto stored, journal::ReadHistory(reader, name, 0, 1));
  google::protobuf::RepeatedPtrField<journal::v1::PositionedEntry> entries;
  COMITY_RETURN_IF_ERROR(journal::AddEntries(stored, &entries));
  if (entries.empty()) return NotFound(name);
  return entries.Get(0);
}

}  // namespace comity::lead
