#include "services/lead/touch_store.h"

#include <utility>

#include "google/protobuf/repeated_ptr_field.h"
#include "services/runtime/journal/entries.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::lead {
namespace {

constexpr int kEntriesPage = 500;

}  // namespace

absl::Status NoteContact(storage::Transaction& tx, const v1::Opportunity& opportunity) {
  if (opportunity.contact().empty() || opportunity.lead().empty()) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(const std::string contact,
                          resource::IdOf(opportunity.contact(), "contacts"));
  COMITY_ASSIGN_OR_RETURN(const std::string id,
                          resource::IdOf(opportunity.name(), "opportunities"));
  static const storage::MultiRow* const note = new storage::MultiRow(
      "INSERT IGNORE INTO contact_opportunities (contact, opportunity) VALUES ", "(?, ?)", "");
  return tx.Insert(*note, contact + id, {contact, id});
}

absl::StatusOr<std::vector<std::string>> OpportunitiesOfContact(storage::Reader& reader,
                                                                const std::string& contact,
                                                                int limit) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, resource::IdOf(contact, "contacts"));
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          reader.Query("SELECT opportunity FROM contact_opportunities "
                                       "WHERE contact = ? ORDER BY opportunity LIMIT ?",
                                       {id, int64_t{limit}}));
  std::vector<std::string> names;
  while (rows->Next()) names.push_back(resource::MakeName("opportunities", rows->Bytes(0)));
  return names;
}

absl::StatusOr<journal::v1::PositionedEntry> FirstEntry(storage::Reader& reader,
                                                        const std::string& name) {
  COMITY_ASSIGN_OR_RETURN(const auto stored, journal::ReadHistory(reader, name, 0, 1));
  google::protobuf::RepeatedPtrField<journal::v1::PositionedEntry> entries;
  COMITY_RETURN_IF_ERROR(journal::AddEntries(stored, &entries));
  if (entries.empty()) return NotFound(name);
  return entries.Get(0);
}

absl::StatusOr<Origins> ReadOrigins(storage::Reader& reader, const std::string& opportunity,
                                    int64_t cut) {
  Origins origins;
  for (int64_t after = 0;;) {
    COMITY_ASSIGN_OR_RETURN(const auto stored,
                            journal::ReadHistory(reader, opportunity, after, kEntriesPage));
    google::protobuf::RepeatedPtrField<journal::v1::PositionedEntry> entries;
    COMITY_RETURN_IF_ERROR(journal::AddEntries(stored, &entries));
    for (const auto& entry : entries) AddOrigins(entry, cut, &origins);
    if (entries.size() < kEntriesPage) return origins;
    // Positions follow versions: all that comes next is later still.
    const auto& last = *entries.rbegin();
    if (!IsBeforeCut(last.position(), cut)) return origins;
    after = last.entry().version();
  }
}

absl::StatusOr<std::optional<std::vector<fact::JournaledFact>>> ReadFactsBefore(
    storage::Reader& reader, const std::string& subject,
    const std::vector<fact::v1::FactKind>& kinds, int64_t cut, int limit) {
  COMITY_ASSIGN_OR_RETURN(auto facts, fact::ListJournaled(reader, subject, kinds, limit + 1));
  const bool is_more = facts.size() > static_cast<size_t>(limit);
  std::optional<std::vector<fact::JournaledFact>> found;
  if (is_more && IsBeforeCut(facts.back().position, cut)) return found;
  if (is_more) facts.pop_back();
  found = std::move(facts);
  return found;
}

}  // namespace comity::lead
