#include "services/support/case_rules.h"

#include "services/runtime/fact/fact_component.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"

namespace comity::support {
namespace {

using fact::v1::Fact;

// The state after one more fact.
v1::CaseState After(v1::CaseState state, const Fact& fact) {
  switch (fact.kind()) {
    case fact::v1::FACT_KIND_OPENED:
    case fact::v1::FACT_KIND_REOPENED:
      return v1::CASE_STATE_OPEN;
    case fact::v1::FACT_KIND_RESOLVED:
      return v1::CASE_STATE_RESOLVED;
    case fact::v1::FACT_KIND_CLOSED:
      return v1::CASE_STATE_CLOSED;
    default:
      return state;
  }
}

// When `fact` happened, by the facts that stand: a history may be recorded late. It begins open,
// whatever the opening's date.
v1::CaseState StateAt(const std::vector<Fact>& before, const Fact& fact) {
  v1::CaseState state = v1::CASE_STATE_OPEN;
  for (const Fact& earlier : fact::Standing(before)) {
    if (resource::ToMicros(earlier.occur_time()) > resource::ToMicros(fact.occur_time())) break;
    if (earlier.kind() != fact::v1::FACT_KIND_OPENED) state = After(state, earlier);
  }
  return state;
}

bool MovesCase(fact::v1::FactKind kind) {
  return kind == fact::v1::FACT_KIND_HANDED_TO_TEAM ||
         kind == fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER || kind == fact::v1::FACT_KIND_RESOLVED ||
         kind == fact::v1::FACT_KIND_CLOSED;
}

void Apply(const Fact& fact, v1::Case* record) {
  // A closing that was recorded late: what followed it without a reopening moves nothing.
  if (record->state() == v1::CASE_STATE_CLOSED && MovesCase(fact.kind())) return;
  if (!fact.team().empty()) record->set_team(fact.team());
  if (!fact.owner().empty()) record->set_owner(fact.owner());
  record->set_state(After(record->state(), fact));
  switch (fact.kind()) {
    case fact::v1::FACT_KIND_OPENED:
      *record->mutable_open_time() = fact.occur_time();
      break;
    case fact::v1::FACT_KIND_RESOLVED:
      *record->mutable_resolve_time() = fact.occur_time();
      break;
    case fact::v1::FACT_KIND_CLOSED:
      *record->mutable_close_time() = fact.occur_time();
      break;
    case fact::v1::FACT_KIND_REOPENED:
      record->clear_resolve_time();
      record->clear_close_time();
      break;
    default:
      break;
  }
  if (MovesCase(fact.kind()) || fact.kind() == fact::v1::FACT_KIND_REOPENED) {
    record->set_waiting_for_customer(fact.kind() == fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER);
  }
}

}  // namespace

Fact OpenedFact(const v1::Case& record) {
  Fact fact;
  fact.set_kind(fact::v1::FACT_KIND_OPENED);
  if (record.has_open_time()) *fact.mutable_occur_time() = record.open_time();
  fact.set_team(record.team());
  fact.set_owner(record.owner());
  return fact;
}

absl::Status CheckCaseFact(const google::protobuf::Message& record, const std::vector<Fact>& before,
                           const Fact& fact) {
  if (!fact.corrects().empty()) return absl::OkStatus();
  const std::string& name = static_cast<const v1::Case&>(record).name();
  const v1::CaseState state = StateAt(before, fact);
  if (state == v1::CASE_STATE_CLOSED && MovesCase(fact.kind())) {
    return PreconditionFailed("CASE_CLOSED", name, "the case is closed: record `reopened` first");
  }
  if (state == v1::CASE_STATE_OPEN && fact.kind() == fact::v1::FACT_KIND_REOPENED) {
    return PreconditionFailed("CASE_OPEN", name, "only a resolved or closed case is reopened");
  }
  return absl::OkStatus();
}

absl::Status DeriveCase(const std::vector<Fact>& standing, google::protobuf::Message* record) {
  auto* derived = static_cast<v1::Case*>(record);
  derived->clear_team();
  derived->clear_owner();
  derived->clear_resolve_time();
  derived->clear_close_time();
  derived->clear_waiting_for_customer();
  derived->set_state(v1::CASE_STATE_OPEN);
  // The beginning comes first, also where an event is dated before it.
  for (const bool beginning : {true, false}) {
    for (const Fact& fact : standing) {
      if ((fact.kind() == fact::v1::FACT_KIND_OPENED) == beginning) Apply(fact, derived);
    }
  }
  return absl::OkStatus();
}

}  // namespace comity::support
