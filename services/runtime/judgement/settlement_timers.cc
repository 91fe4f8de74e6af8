#include "services/runtime/judgement/settlement_timers.h"

#include <utility>

#include "absl/time/clock.h"
#include "google/protobuf/empty.pb.h"
#include "services/runtime/fact/open_subject.h"
#include "services/runtime/judgement/outdated.h"
#include "services/runtime/judgement/settlement_store.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::judgement {
namespace {

using Subjects = std::vector<fact::SubjectFacts>;

constexpr absl::Duration kTermPoll = absl::Seconds(1);
constexpr absl::Duration kPassPoll = absl::Seconds(2);
constexpr int kSubjectsAtOnce = 200;
// Longer than any call has: then none is under way that was admitted before.
constexpr absl::Duration kCallsEnd = absl::Minutes(2);
constexpr absl::Duration kTimeToStore = absl::Seconds(2);  // of a look, for its last subjects

const fact::SubjectFacts* FindKind(const Subjects& subjects, const std::string& collection) {
  for (const fact::SubjectFacts& subject : subjects) {
    if (subject.resource->collection == collection) return &subject;
  }
  return nullptr;
}

absl::Status Own(Call& call, const std::function<absl::Status(storage::Transaction&)>& body) {
  google::protobuf::Empty none;
  return storage::TransactInto(call, storage::TransactOptions(), body, &none);
}

// Locks the subject and acts on it; of one that is withdrawn nothing is awaited.
absl::Status ActOn(Call& call, const Subjects& subjects, const std::string& name,
                   absl::Status (fact::OpenSubject::*act)()) {
  const fact::SubjectFacts* kind = FindKind(subjects, resource::CollectionOf(name));
  if (kind == nullptr) return Internal("a judgement is awaited about another service's subject");
  return Own(call, [&](storage::Transaction& tx) -> absl::Status {
    auto open = fact::OpenSubject::Lock(tx, call, *kind, name);
    if (Reason(open.status()) == "RECORD_WITHDRAWN") return DeleteAwaited(tx, name);
    COMITY_RETURN_IF_ERROR(open.status());
    COMITY_RETURN_IF_ERROR(((*open).*act)());
    return open->Close();
  });
}

// By whose revision and rules a pass is to be made by now; no revision: not yet.
SettlementPass WantedAt(const Runtime& runtime, absl::Time now) {
  SettlementPass wanted;
  wanted.revision = runtime.charters->At(now).revision();
  wanted.rule_version = charter::kRuleVersion;
  const bool is_settled_in = runtime.charters->At(now - kCallsEnd).revision() == wanted.revision;
  return is_settled_in ? wanted : SettlementPass();
}

bool IsFor(const SettlementPass& pass, const SettlementPass& wanted) {
  return pass.revision == wanted.revision && pass.rule_version == wanted.rule_version;
}

// A replica of an older release, or of an older revision, undoes no newer one's pass.
bool IsBehind(const SettlementPass& wanted, const SettlementPass& pass) {
  return wanted.revision < pass.revision || wanted.rule_version < pass.rule_version;
}

// The next subjects of the pass. Returns how far it has come.
absl::StatusOr<SettlementPass> Step(Call& call, const Subjects& subjects,
                                    const std::string& collection, const SettlementPass& wanted) {
  SettlementPass before;
  SettlementPass pass;
  std::vector<std::string> outdated;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(before, ReadPass(reader, collection));
    if (IsBehind(wanted, before)) return ConcurrentChange("a newer pass is under way");
    pass = IsFor(before, wanted) ? before : wanted;
    COMITY_ASSIGN_OR_RETURN(const auto names,
                            ReadSubjectsAfter(reader, collection, pass.last_id, kSubjectsAtOnce));
    COMITY_ASSIGN_OR_RETURN(outdated, FindOutdated(reader, call, names));
    pass.done = names.size() < kSubjectsAtOnce;
    if (names.empty()) return absl::OkStatus();
    COMITY_ASSIGN_OR_RETURN(pass.last_id, resource::IdOf(names.back(), collection));
    return absl::OkStatus();
  }));
  for (const std::string& name : outdated) {
    COMITY_RETURN_IF_ERROR(ActOn(call, subjects, name, &fact::OpenSubject::SettleAll));
  }
  COMITY_RETURN_IF_ERROR(
      Own(call, [&](storage::Transaction& tx) { return PutPass(tx, collection, before, pass); }));
  return pass;
}

server::DueTimerOptions TermOptions(Subjects subjects) {
  server::DueTimerOptions options;
  options.name = "SilenceTerms";
  options.poll = kTermPoll;
  options.due = ReadEndedTerms;
  options.look = [subjects = std::move(subjects)](Call& call, const std::string& name) {
    return ActOn(call, subjects, name, &fact::OpenSubject::EndTerms);
  };
  return options;
}

server::DueTimerOptions PassOptions(const Runtime* runtime, Subjects subjects) {
  server::DueTimerOptions options;
  options.name = "SettlementPasses";
  options.poll = kPassPoll;
  options.due = [runtime, subjects](storage::Reader& reader, absl::Time now,
                                    int) -> absl::StatusOr<std::vector<std::string>> {
    std::vector<std::string> due;
    const SettlementPass wanted = WantedAt(*runtime, now);
    if (wanted.revision == 0) return due;
    for (const fact::SubjectFacts& subject : subjects) {
      const std::string& collection = subject.resource->collection;
      COMITY_ASSIGN_OR_RETURN(const SettlementPass pass, ReadPass(reader, collection));
      if (IsBehind(wanted, pass)) continue;
      if (!IsFor(pass, wanted) || !pass.done) due.push_back(collection);
    }
    return due;
  };
  options.look = [runtime, subjects](Call& call, const std::string& collection) -> absl::Status {
    const SettlementPass wanted = WantedAt(*runtime, call.now);
    while (wanted.revision != 0 && absl::Now() + kTimeToStore < call.deadline) {
      COMITY_ASSIGN_OR_RETURN(const SettlementPass pass, Step(call, subjects, collection, wanted));
      if (pass.done) break;
    }
    return absl::OkStatus();
  };
  return options;
}

}  // namespace

SilenceTerms::SilenceTerms(const Runtime* runtime, Subjects subjects)
    : DueTimer(runtime, TermOptions(std::move(subjects))) {}

SettlementPasses::SettlementPasses(const Runtime* runtime, Subjects subjects)
    : DueTimer(runtime, PassOptions(runtime, std::move(subjects))) {}

std::function<std::vector<std::unique_ptr<server::Background>>(const server::Parts&)>
SettlementTimers(Subjects subjects) {
  return [subjects = std::move(subjects)](const server::Parts& parts) {
    std::vector<std::unique_ptr<server::Background>> timers;
    timers.push_back(std::make_unique<SilenceTerms>(parts.runtime, subjects));
    timers.push_back(std::make_unique<SettlementPasses>(parts.runtime, subjects));
    return timers;
  };
}

}  // namespace comity::judgement
