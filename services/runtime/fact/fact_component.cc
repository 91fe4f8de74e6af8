#include "services/runtime/fact/fact_component.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/runtime/fact/fact_rules.h"
#include "services/runtime/fact/fact_store.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/judgement/working_list.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::fact {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr int kMostFacts = 10'000;

// What the caller does not say itself.
void Complete(const Call& call, const std::string& subject, v1::Fact* fact) {
  fact->set_name(absl::StrCat(subject, "/facts/", resource::IdToText(resource::NewId(call.now))));
  *fact->mutable_record_time() = resource::FromMicros(absl::ToUnixMicros(call.now));
  if (!fact->has_occur_time()) *fact->mutable_occur_time() = fact->record_time();
  *fact->mutable_actor() = call.actor();
  fact->clear_superseded_by();
}

// Whether two facts say the same, whoever recorded them when.
bool SaysTheSame(v1::Fact stored, v1::Fact sent) {
  for (v1::Fact* fact : {&stored, &sent}) {
    fact->clear_name();
    fact->clear_record_time();
    fact->clear_actor();
    fact->clear_superseded_by();
  }
  if (!sent.has_occur_time()) stored.clear_occur_time();
  return MessageDifferencer::Equals(stored, sent);
}

// The fact with the external id of `sent`, if the subject has one.
absl::StatusOr<const v1::Fact*> Recorded(const std::vector<v1::Fact>& before,
                                         const v1::Fact& sent) {
  if (!sent.has_external_id()) return nullptr;
  for (const v1::Fact& fact : before) {
    if (!MessageDifferencer::Equals(fact.external_id(), sent.external_id())) continue;
    if (SaysTheSame(fact, sent)) return &fact;
    return AlreadyExists("EXTERNAL_ID_TAKEN", fact.name(),
                         "this external id holds another fact; correct that one by its name");
  }
  return nullptr;
}

absl::StatusOr<std::vector<v1::Fact>> Before(storage::Transaction& tx, const std::string& subject) {
  COMITY_ASSIGN_OR_RETURN(const auto stored, ListFacts(tx, subject, 0, kMostFacts));
  if (stored.size() >= kMostFacts) {
    return PreconditionFailed("TOO_MANY_FACTS", subject, "a subject has at most 10,000 facts");
  }
  std::vector<v1::Fact> facts;
  for (const StoredFact& fact : stored) facts.push_back(fact.fact);
  return facts;
}

std::string EntryType(const v1::Fact& fact) {
  if (fact.kind() == v1::FACT_KIND_VOIDED) return "fact-voided";
  return fact.corrects().empty() ? "fact-recorded" : "fact-corrected";
}

journal::v1::Entry EntryOf(const std::string& subject, int64_t version, const v1::Fact& fact,
                           const google::protobuf::Message& record) {
  journal::v1::Entry entry;
  entry.set_subject(subject);
  entry.set_version(version);
  entry.set_type(EntryType(fact));
  *entry.mutable_occur_time() = fact.occur_time();
  entry.mutable_payload()->PackFrom(fact);
  entry.mutable_record()->PackFrom(record);
  return entry;
}

// The owner that the record began with, as its first journal entry says: what a voided change of
// owner falls back to.
absl::Status ResetOwner(storage::Transaction& tx, const std::string& subject,
                        google::protobuf::Message* record) {
  const auto* owner = record->GetDescriptor()->FindFieldByName("owner");
  COMITY_ASSIGN_OR_RETURN(const auto history, journal::ReadHistory(tx, subject, 0, 1));
  const std::unique_ptr<google::protobuf::Message> created(record->New());
  journal::v1::Entry entry;
  if (owner == nullptr || history.empty() || !entry.ParseFromString(history.front().body) ||
      !entry.payload().UnpackTo(created.get())) {
    return Internal("a subject's first journal entry holds no record");
  }
  record->GetReflection()->SetString(record, owner,
                                     created->GetReflection()->GetString(*created, owner));
  return absl::OkStatus();
}

// The record as the standing facts, with `fact` among them, say it; `changed` is the kind of which
// one came or went.
absl::Status Derive(storage::Transaction& tx, const SubjectFacts& facts, v1::FactKind changed,
                    const std::string& subject, std::vector<v1::Fact> all, const v1::Fact& fact,
                    google::protobuf::Message* record) {
  if (!facts.derive) return absl::OkStatus();
  if (changed == v1::FACT_KIND_OWNER_CHANGED) {
    COMITY_RETURN_IF_ERROR(ResetOwner(tx, subject, record));
  }
  all.push_back(fact);
  return facts.derive(Standing(all), record);
}

}  // namespace

absl::StatusOr<v1::Fact> Record(storage::Transaction& tx, Call& call, const SubjectFacts& facts,
                                const std::string& subject, v1::Fact fact) {
  const auto record = facts.make();
  COMITY_ASSIGN_OR_RETURN(const resource::RecordState state,
                          resource::LockRecord(tx, *facts.resource, subject, record.get()));
  COMITY_ASSIGN_OR_RETURN(std::vector<v1::Fact> before, Before(tx, subject));
  COMITY_ASSIGN_OR_RETURN(const v1::Fact* const recorded, Recorded(before, fact));
  if (recorded != nullptr) return *recorded;

  Complete(call, subject, &fact);
  COMITY_RETURN_IF_ERROR(Supersede(fact, &before));
  if (facts.check) COMITY_RETURN_IF_ERROR(facts.check(*record, before, fact));
  COMITY_RETURN_IF_ERROR(InsertFact(tx, subject, state.version + 1, fact));
  const std::string& earlier = fact.voids().empty() ? fact.corrects() : fact.voids();
  v1::FactKind changed = fact.kind();
  if (!earlier.empty()) {
    COMITY_RETURN_IF_ERROR(MarkSuperseded(tx, earlier, fact.name()));
    changed = FindFact(before, earlier)->kind();
  }

  std::unique_ptr<google::protobuf::Message> derived(record->New());
  derived->CopyFrom(*record);
  COMITY_RETURN_IF_ERROR(
      Derive(tx, facts, changed, subject, std::move(before), fact, derived.get()));
  const bool edited = !MessageDifferencer::Equals(*record, *derived);
  COMITY_RETURN_IF_ERROR(
      resource::UpdateRecord(tx, call, *facts.resource, state, edited, derived.get()).status());
  COMITY_RETURN_IF_ERROR(
      judgement::RefreshWorkingLists(tx, call, *facts.resource, subject, KindId(changed)));
  tx.Append(EntryOf(subject, state.version + 1, fact, *derived));
  return fact;
}

absl::StatusOr<std::vector<std::string>> DecidingFacts(storage::Reader& reader,
                                                       const std::string& subject) {
  COMITY_ASSIGN_OR_RETURN(const std::vector<v1::FactKind> kinds, StandingKinds(reader, subject));
  std::vector<std::string> ids;
  for (const v1::FactKind kind : kinds) ids.push_back(KindId(kind));
  return ids;
}

}  // namespace comity::fact
