#include "services/lead/promise_store.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/runtime/fact/fact_store.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::lead {
namespace {

// What was kept or broken before what was promised: where there is no room for all, no promise
// stands without its mark.
constexpr char kOfOpportunity[] =
    "SELECT f.body, f.superseded_by FROM opportunities o LEFT JOIN facts f FORCE INDEX (standing) "
    "ON f.subject_id = o.id AND f.kind BETWEEN ? AND ? WHERE o.id = ? "
    "ORDER BY f.kind DESC, f.version LIMIT ?";
constexpr char kOfAccount[] =
    "SELECT STRAIGHT_JOIN f.body, f.superseded_by FROM opportunities o FORCE INDEX (by_account) "
    "JOIN facts f FORCE INDEX (standing) ON f.subject_id = o.id AND f.kind BETWEEN ? AND ? "
    "WHERE o.account = ? AND o.withdraw_time IS NULL ORDER BY o.id, f.kind DESC, f.version LIMIT ?";

}  // namespace

absl::StatusOr<std::vector<fact::v1::Fact>> ListPromiseFacts(storage::Reader& reader,
                                                             const std::string& name, int limit) {
  const std::string collection = resource::CollectionOf(name);
  const bool is_account = collection == "accounts";
  COMITY_ASSIGN_OR_RETURN(const std::string id, resource::IdOf(name, collection));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(is_account ? kOfAccount : kOfOpportunity,
                   {int64_t{fact::v1::FACT_KIND_PROMISED},
                    int64_t{fact::v1::FACT_KIND_PROMISE_BROKEN}, id, int64_t{limit}}));
  std::vector<fact::v1::Fact> facts;
  bool is_known = is_account;
  while (rows->Next()) {
    is_known = true;
    if (rows->IsNull(0)) continue;  // an opportunity without any
    COMITY_ASSIGN_OR_RETURN(fact::v1::Fact fact, fact::FactOf(*rows, 0));
    facts.push_back(std::move(fact));
  }
  if (!is_known) return NotFound(name);
  return facts;
}

}  // namespace comity::lead
