#include "services/runtime/fact/fact_component.h"

#include <optional>

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

constexpr int kMostFacts = 2'000;  // that decide a subject's state

// What the caller does not say itself. As exact as SQL keeps times, so that a record derived from
// it equals the stored one. A correction keeps the time and place of what it corrects.
void Complete(const Call& call, const std::string& subject, int64_t version,
              const v1::Fact* corrected, v1::Fact* fact) {
  fact->set_name(absl::StrCat(subject, "/facts/", resource::IdToText(resource::NewId(call.now))));
  *fact->mutable_record_time() = resource::FromMicros(absl::ToUnixMicros(call.now));
  if (fact->has_occur_time()) {
    *fact->mutable_occur_time() = resource::FromMicros(resource::ToMicros(fact->occur_time()));
  } else {
    *fact->mutable_occur_time() =
        corrected == nullptr ? fact->record_time() : corrected->occur_time();
  }
  fact->set_subject_version(corrected == nullptr ? version : corrected->subject_version());
  *fact->mutable_actor() = call.actor();
  fact->clear_superseded_by();
  if (fact->external_id().id().empty()) fact->clear_external_id();
}

// The fact that stands where `sent` was recorded before, by its external id; none: it is new.
absl::StatusOr<std::optional<v1::Fact>> Recorded(storage::Reader& reader,
                                                 const std::string& subject, const v1::Fact& sent) {
  if (sent.external_id().id().empty()) return std::optional<v1::Fact>();
  COMITY_ASSIGN_OR_RETURN(std::optional<v1::Fact> found,
                          FindByExternalId(reader, sent.external_id()));
  if (!found.has_value()) return found;
  if (resource::SubjectOf(found->name()) != subject || !SaysTheSame(*found, sent)) {
    return AlreadyExists("EXTERNAL_ID_TAKEN", subject,
                         "this external id holds another fact; correct that one by its name");
  }
  while (!found->superseded_by().empty()) {
    COMITY_ASSIGN_OR_RETURN(found, GetFact(reader, found->superseded_by()));
    if (found->kind() == v1::FACT_KIND_VOIDED) {
      return PreconditionFailed("FACT_VOIDED", found->voids(),
                                "it was recorded and voided: if it happened after all, record it "
                                "anew without its external id");
    }
  }
  return found;
}

// What a new fact stands beside.
struct Before {
  std::vector<v1::Fact> facts;  // see SubjectFacts::check
  v1::FactKind changed;         // the kind of which one comes or goes
  bool decides = false;         // whether that kind decides state
};

absl::StatusOr<Before> ReadBefore(storage::Reader& reader, const std::string& subject,
                                  const v1::Fact& fact) {
  Before before;
  before.changed = fact.kind();
  const std::string& target = fact.kind() == v1::FACT_KIND_VOIDED ? fact.voids() : fact.corrects();
  std::optional<v1::Fact> earlier;
  if (!target.empty()) {
    if (resource::SubjectOf(target) != subject) return NotFound(target);
    COMITY_ASSIGN_OR_RETURN(earlier, GetFact(reader, target));
    before.changed = earlier->kind();
  }
  before.decides = DecidesState(before.changed);
  if (before.decides) {
    COMITY_ASSIGN_OR_RETURN(before.facts, DecidingStanding(reader, subject, kMostFacts + 1));
    if (before.facts.size() >= kMostFacts && target.empty()) {
      return PreconditionFailed("TOO_MANY_FACTS", subject,
                                "a subject has at most 2,000 facts that decide its state");
    }
  }
  if (earlier.has_value() && FindFact(before.facts, target) == nullptr) {
    before.facts.push_back(*std::move(earlier));
  }
  return before;
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

// The record as the standing facts, with `fact` among them, say it.
absl::Status Derive(storage::Transaction& tx, const SubjectFacts& facts, const std::string& subject,
                    Before before, const v1::Fact& fact, google::protobuf::Message* record) {
  if (!facts.derive || !before.decides) return absl::OkStatus();
  if (before.changed == v1::FACT_KIND_OWNER_CHANGED) {
    COMITY_RETURN_IF_ERROR(ResetOwner(tx, subject, record));
  }
  before.facts.push_back(fact);
  return facts.derive(Standing(before.facts), record);
}

// Completes and checks `fact`, and marks in `before` what it supersedes.
absl::Status Prepare(const Call& call, const SubjectFacts& facts, const std::string& subject,
                     const google::protobuf::Message& record, int64_t version, Before* before,
                     v1::Fact* fact) {
  const v1::Fact* const corrected =
      fact->corrects().empty() ? nullptr : FindFact(before->facts, fact->corrects());
  Complete(call, subject, version, corrected, fact);
  if (facts.complete) facts.complete(record, before->facts, fact);
  COMITY_RETURN_IF_ERROR(Supersede(*fact, &before->facts));
  if (!facts.check || !before->decides) return absl::OkStatus();
  return facts.check(record, before->facts, *fact);
}

}  // namespace

absl::StatusOr<v1::Fact> Record(storage::Transaction& tx, Call& call, const SubjectFacts& facts,
                                const std::string& subject, v1::Fact fact) {
  const auto record = facts.make();
  COMITY_ASSIGN_OR_RETURN(const resource::RecordState state,
                          resource::LockRecord(tx, *facts.resource, subject, record.get()));
  COMITY_ASSIGN_OR_RETURN(const std::optional<v1::Fact> recorded, Recorded(tx, subject, fact));
  if (recorded.has_value()) return *recorded;

  COMITY_ASSIGN_OR_RETURN(Before before, ReadBefore(tx, subject, fact));
  COMITY_RETURN_IF_ERROR(Prepare(call, facts, subject, *record, state.version + 1, &before, &fact));
  COMITY_RETURN_IF_ERROR(InsertFact(tx, subject, state.version + 1, fact));
  const std::string& earlier = fact.voids().empty() ? fact.corrects() : fact.voids();
  if (!earlier.empty()) COMITY_RETURN_IF_ERROR(MarkSuperseded(tx, earlier, fact.name()));

  const std::string changed = KindId(before.changed);
  std::unique_ptr<google::protobuf::Message> derived(record->New());
  derived->CopyFrom(*record);
  COMITY_RETURN_IF_ERROR(Derive(tx, facts, subject, std::move(before), fact, derived.get()));
  const bool edited = !MessageDifferencer::Equals(*record, *derived);
  COMITY_RETURN_IF_ERROR(
      resource::UpdateRecord(tx, call, *facts.resource, state, edited, derived.get()).status());
  COMITY_RETURN_IF_ERROR(
      judgement::RefreshWorkingLists(tx, call, *facts.resource, subject, changed));
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
