#include "services/runtime/fact/fact_component.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/runtime/fact/fact_rules.h"
#include "services/runtime/fact/fact_store.h"
#include "services/runtime/fact/open_subject.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::fact {
namespace {

using google::protobuf::util::MessageDifferencer;

// What the caller does not say itself. As exact as SQL keeps times, so that a record derived from
// it equals the stored one. A correction keeps the time and place of what it corrects.
void Complete(const Call& call, const std::string& subject, int64_t version,
              const v1::Fact* corrected, v1::Fact* fact) {
  fact->set_name(absl::StrCat(subject, "/facts/", resource::IdToText(resource::NewId(call.now))));
  *fact->mutable_record_time() = resource::FromTime(call.now);
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

// The fact that stands where `sent` was recorded before, by its external id; none: it is new. Of a
// new subject nothing was: where another subject has the id, its key says so.
absl::StatusOr<std::optional<v1::Fact>> Recorded(OpenSubject& open, const v1::Fact& sent) {
  if (!open.MayHold(sent.external_id())) return std::optional<v1::Fact>();
  storage::Reader& reader = open.tx();
  const std::string& subject = open.name();
  COMITY_ASSIGN_OR_RETURN(std::optional<v1::Fact> found,
                          FindByExternalId(reader, sent.external_id()));
  if (!found.has_value()) return found;
  if (resource::SubjectOf(found->name()) != subject || !SaysTheSame(*found, sent)) {
    return AlreadyExists("EXTERNAL_ID_TAKEN", found->name(),
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

absl::StatusOr<Before> ReadBefore(OpenSubject& subject, const v1::Fact& fact) {
  Before before;
  before.changed = fact.kind();
  const std::string& target = fact.kind() == v1::FACT_KIND_VOIDED ? fact.voids() : fact.corrects();
  std::optional<v1::Fact> earlier;
  if (!target.empty()) {
    if (resource::SubjectOf(target) != subject.name()) return NotFound(target);
    COMITY_ASSIGN_OR_RETURN(earlier, GetFact(subject.tx(), target));
    before.changed = earlier->kind();
  }
  before.decides = DecidesState(before.changed);
  if (before.decides) {
    COMITY_ASSIGN_OR_RETURN(const std::vector<v1::Fact>* deciding, subject.Deciding());
    before.facts = *deciding;
    if (before.facts.size() >= kMostFacts && target.empty()) {
      return PreconditionFailed("TOO_MANY_FACTS", subject.name(),
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

absl::Status ResetOwner(OpenSubject& subject, google::protobuf::Message* record) {
  const auto* owner = record->GetDescriptor()->FindFieldByName("owner");
  if (owner == nullptr) return Internal("a subject without an owner changes it");
  COMITY_ASSIGN_OR_RETURN(const std::string first, subject.FirstOwner());
  record->GetReflection()->SetString(record, owner, first);
  return absl::OkStatus();
}

// The record as the facts that stand after `fact` say it. Returns whether it says something else.
absl::StatusOr<bool> Derive(OpenSubject& subject, const Before& before,
                            const std::vector<v1::Fact>& after) {
  if (!subject.kind().derive || !before.decides) return false;
  google::protobuf::Message* const record = subject.Edit();
  const std::unique_ptr<google::protobuf::Message> earlier(record->New());
  earlier->CopyFrom(*record);
  if (before.changed == v1::FACT_KIND_OWNER_CHANGED) {
    COMITY_RETURN_IF_ERROR(ResetOwner(subject, record));
  }
  COMITY_RETURN_IF_ERROR(subject.kind().derive(Standing(after), record));
  return !MessageDifferencer::Equals(*earlier, *record);
}

// Completes and checks `fact`, and marks in `before` what it supersedes.
absl::Status Prepare(const OpenSubject& subject, Before* before, v1::Fact* fact) {
  const SubjectFacts& kind = subject.kind();
  const v1::Fact* const corrected =
      fact->corrects().empty() ? nullptr : FindFact(before->facts, fact->corrects());
  Complete(subject.call(), subject.name(), subject.next_version(), corrected, fact);
  if (kind.complete) kind.complete(subject.record(), before->facts, fact);
  COMITY_RETURN_IF_ERROR(Supersede(*fact, &before->facts));
  if (!kind.check || !before->decides) return absl::OkStatus();
  return kind.check(subject.record(), before->facts, *fact);
}

// The questions about the subject of which facts of that kind decide an answer.
std::vector<const type::v1::Question*> QuestionsDecidedBy(const OpenSubject& subject,
                                                          v1::FactKind kind) {
  std::vector<const type::v1::Question*> decided;
  for (const auto* question :
       subject.call().charter().QuestionsAbout(subject.kind().resource->collection)) {
    if (charter::FactsDecide(*question, KindId(kind))) decided.push_back(question);
  }
  return decided;
}

// Journals the fact as the subject's next version, with what it settles.
absl::Status Append(OpenSubject& subject, const v1::Fact& fact, bool edited,
                    const std::vector<const type::v1::Question*>& decided) {
  const int64_t version = subject.next_version();
  subject.Advance(edited);
  journal::v1::Entry entry = EntryOf(subject.name(), version, fact, subject.record());
  for (const type::v1::Question* question : decided) {
    COMITY_RETURN_IF_ERROR(subject.Settle(*question, &entry));
  }
  subject.tx().Append(std::move(entry));
  return absl::OkStatus();
}

// The facts that decide and stand once `fact` is recorded.
std::vector<v1::Fact> After(std::vector<v1::Fact> before, const v1::Fact& fact) {
  before.erase(std::remove_if(before.begin(), before.end(),
                              [](const v1::Fact& other) { return !other.superseded_by().empty(); }),
               before.end());
  if (DecidesState(fact.kind())) before.push_back(fact);
  return before;
}

}  // namespace

absl::StatusOr<v1::Fact> Record(OpenSubject& subject, v1::Fact fact) {
  storage::Transaction& tx = subject.tx();
  COMITY_ASSIGN_OR_RETURN(const std::optional<v1::Fact> recorded, Recorded(subject, fact));
  if (recorded.has_value()) return *recorded;

  COMITY_ASSIGN_OR_RETURN(Before before, ReadBefore(subject, fact));
  const auto decided = QuestionsDecidedBy(subject, before.changed);
  if (!decided.empty()) COMITY_RETURN_IF_ERROR(subject.EndTerms());
  COMITY_RETURN_IF_ERROR(Prepare(subject, &before, &fact));
  COMITY_RETURN_IF_ERROR(InsertFact(tx, subject.next_version(), fact));
  const std::string& earlier = fact.voids().empty() ? fact.corrects() : fact.voids();
  if (!earlier.empty()) COMITY_RETURN_IF_ERROR(MarkSuperseded(tx, earlier, fact.name()));

  bool edited = false;
  if (before.decides) {
    std::vector<v1::Fact> after = After(before.facts, fact);
    COMITY_ASSIGN_OR_RETURN(edited, Derive(subject, before, after));
    COMITY_ASSIGN_OR_RETURN(std::vector<v1::Fact> * deciding, subject.Deciding());
    *deciding = std::move(after);
  }
  subject.TouchLists(KindId(before.changed));
  COMITY_RETURN_IF_ERROR(Append(subject, fact, edited, decided));
  return fact;
}

absl::StatusOr<v1::Fact> Record(storage::Transaction& tx, Call& call, const SubjectFacts& kind,
                                const std::string& name, v1::Fact fact) {
  COMITY_ASSIGN_OR_RETURN(OpenSubject subject, OpenSubject::Lock(tx, call, kind, name));
  COMITY_ASSIGN_OR_RETURN(fact, Record(subject, std::move(fact)));
  COMITY_RETURN_IF_ERROR(subject.Close());
  return fact;
}

std::vector<std::string> KindIds(const std::vector<v1::Fact>& facts) {
  std::set<std::string> ids;
  for (const v1::Fact& fact : facts) ids.insert(KindId(fact.kind()));
  return {ids.begin(), ids.end()};
}

absl::StatusOr<std::vector<std::string>> DecidingFacts(storage::Reader& reader,
                                                       const std::string& subject) {
  COMITY_ASSIGN_OR_RETURN(const std::vector<v1::FactKind> kinds, StandingKinds(reader, subject));
  std::vector<std::string> ids;
  for (const v1::FactKind kind : kinds) ids.push_back(KindId(kind));
  return ids;
}

}  // namespace comity::fact
