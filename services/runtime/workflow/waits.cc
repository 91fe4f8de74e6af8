#include "services/runtime/workflow/waits.h"

#include <optional>
#include <utility>

#include "services/runtime/fact/fact_store.h"
#include "services/runtime/status/macros.h"

namespace comity::workflow {
namespace {

constexpr int kFactsPage = 500;

// Whether such a fact shows that the customer was heard of, or that the work goes on.
bool EndsWait(fact::v1::FactKind kind) {
  switch (kind) {
    case fact::v1::FACT_KIND_CALL:
    case fact::v1::FACT_KIND_MEETING:
    case fact::v1::FACT_KIND_MAIL:
    case fact::v1::FACT_KIND_TOUCH:
    case fact::v1::FACT_KIND_ENGAGED:
    case fact::v1::FACT_KIND_SIGNED:
    case fact::v1::FACT_KIND_DECLINED:
    case fact::v1::FACT_KIND_HANDED_TO_TEAM:
    case fact::v1::FACT_KIND_RESOLVED:
    case fact::v1::FACT_KIND_REOPENED:
    case fact::v1::FACT_KIND_CLOSED:
      return true;
    default:
      return false;
  }
}

// A beginning or an end. A correction keeps the moment of what it corrects.
struct Turn {
  std::string fact;
  google::protobuf::Timestamp time;
  bool begins = false;
  bool is_void = false;
};

void TakeTurn(const fact::v1::Fact& fact, std::vector<Turn>* turns) {
  for (Turn& turn : *turns) {
    if (turn.fact == fact.voids()) turn.is_void = true;
    if (turn.fact == fact.corrects()) turn.fact = fact.name();
  }
  const bool begins = fact.kind() == fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER;
  if (!fact.corrects().empty() || !(begins || EndsWait(fact.kind()))) return;
  turns->push_back({fact.name(), fact.record_time(), begins});
}

}  // namespace

std::vector<v1::CustomerWait> WaitsOf(const std::vector<fact::v1::Fact>& facts) {
  std::vector<Turn> turns;
  for (const fact::v1::Fact& fact : facts) TakeTurn(fact, &turns);
  std::vector<v1::CustomerWait> waits;
  bool waiting = false;
  for (const Turn& turn : turns) {
    if (turn.is_void || turn.begins == waiting) continue;
    waiting = turn.begins;
    if (waiting) {
      *waits.emplace_back().mutable_start_time() = turn.time;
    } else {
      *waits.back().mutable_end_time() = turn.time;
    }
  }
  return waits;
}

absl::StatusOr<std::vector<v1::CustomerWait>> ReadWaits(storage::Reader& reader,
                                                        const std::string& record) {
  COMITY_ASSIGN_OR_RETURN(
      const std::optional<int64_t> first,
      fact::FirstOfKind(reader, record, fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER));
  std::vector<fact::v1::Fact> facts;
  if (!first.has_value()) return WaitsOf(facts);
  for (int64_t after = *first - 1;;) {
    COMITY_ASSIGN_OR_RETURN(auto page, fact::ListFacts(reader, record, after, kFactsPage));
    for (fact::StoredFact& stored : page) {
      after = stored.version;
      facts.push_back(std::move(stored.fact));
    }
    if (page.size() < kFactsPage) return WaitsOf(facts);
  }
}

}  // namespace comity::workflow
