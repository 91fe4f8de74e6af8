#include "services/lead/touch_set.h"

#include <set>
#include <vector>

#include "services/lead/opportunity_store.h"
#include "services/lead/touch_rules.h"
#include "services/lead/touch_store.h"
#include "services/runtime/resource/record_store.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::lead {
namespace {

constexpr size_t kMostLeads = 50;
// Of a contact; later ones are not looked at.
constexpr int kMostOpportunities = 1'000;
// Signatures and what was voided of one opportunity; later ones are not looked at.
constexpr int kMostSignatures = 5'000;

// What it was when it was made: no later change moves its credit.
absl::Status DescribeBeginning(storage::Reader& reader, v1::TouchSet* set) {
  COMITY_ASSIGN_OR_RETURN(const auto first, FirstEntry(reader, set->opportunity()));
  v1::Opportunity made;
  if (!first.entry().payload().UnpackTo(&made)) return Internal("an opportunity began otherwise");
  set->set_responsible_department(made.responsible_department());
  set->set_charter_revision(first.entry().charter_revision());
  return absl::OkStatus();
}

// Adds the leads that became one of `contacts` in another opportunity that stood at the cut.
absl::Status AddLeadsOfContacts(storage::Reader& reader, const std::set<std::string>& contacts,
                                int64_t cut, std::set<std::string>* leads) {
  for (const std::string& contact : contacts) {
    COMITY_ASSIGN_OR_RETURN(const auto opportunities,
                            OpportunitiesOfContact(reader, contact, kMostOpportunities));
    for (const std::string& opportunity : opportunities) {
      COMITY_ASSIGN_OR_RETURN(Origins origins, ReadOrigins(reader, opportunity, cut));
      if (!origins.is_withdrawn) leads->merge(origins.became[contact]);
      if (leads->size() > kMostLeads) return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

absl::Status AddTouchesOf(storage::Reader& reader, const std::string& subject, int64_t cut,
                          v1::TouchSet* set) {
  COMITY_ASSIGN_OR_RETURN(const auto facts,
                          ReadFactsBefore(reader, subject, KindsOfTouches(), cut, kMostTouches));
  if (facts.has_value()) {
    AddTouches(*facts, cut, set);
  } else {
    set->set_too_many(true);
  }
  return absl::OkStatus();
}

absl::Status AddTouchesOfLead(storage::Reader& reader, const std::string& lead, bool is_source,
                              int64_t cut, v1::TouchSet* set) {
  COMITY_ASSIGN_OR_RETURN(const auto first, FirstEntry(reader, lead));
  v1::Touch creation = CreationOf(first);
  creation.set_lead_creation(is_source);
  *set->add_touches() = std::move(creation);
  return AddTouchesOf(reader, lead, cut, set);
}

absl::Status AddAllTouches(storage::Reader& reader, int64_t cut, v1::TouchSet* set) {
  COMITY_RETURN_IF_ERROR(AddTouchesOf(reader, set->opportunity(), cut, set));
  COMITY_ASSIGN_OR_RETURN(const Origins own, ReadOrigins(reader, set->opportunity(), cut));
  std::set<std::string> leads = own.leads;
  COMITY_RETURN_IF_ERROR(AddLeadsOfContacts(reader, own.contacts, cut, &leads));
  if (leads.size() > kMostLeads) set->set_too_many(true);
  for (const std::string& lead : leads) {
    if (set->too_many()) break;
    COMITY_RETURN_IF_ERROR(AddTouchesOfLead(reader, lead, own.leads.contains(lead), cut, set));
  }
  LimitTouches(cut, set);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::TouchSet> ReadTouchSet(storage::Reader& reader, const std::string& opportunity) {
  v1::Opportunity record;
  COMITY_RETURN_IF_ERROR(
      resource::GetRecord(reader, OpportunityResource(), opportunity, &record).status());
  v1::TouchSet set;
  set.set_opportunity(opportunity);
  if (record.has_amount()) *set.mutable_amount() = record.amount();
  COMITY_RETURN_IF_ERROR(DescribeBeginning(reader, &set));
  COMITY_ASSIGN_OR_RETURN(
      const auto signatures,
      fact::ListJournaled(reader, opportunity, KindsOfSignatures(), kMostSignatures));
  const std::optional<v1::Signature> signature = SignatureAmong(signatures);
  if (signature.has_value()) *set.mutable_signature() = *signature;
  COMITY_RETURN_IF_ERROR(AddAllTouches(reader, CutOf(signature), &set));
  return set;
}

}  // namespace comity::lead
