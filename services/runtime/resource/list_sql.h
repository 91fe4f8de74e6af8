// The statements of one page: a keyset range through one named index each.
#ifndef COMITY_RUNTIME_RESOURCE_LIST_SQL_H_
#define COMITY_RUNTIME_RESOURCE_LIST_SQL_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/runtime/resource/list_query.h"

namespace comity::resource {

// Its last parameter, the LIMIT, is not in `params`.
struct ListStatement {
  std::string sql;
  std::vector<storage::Value> params;
};

// Whether an index serves each alternative in this order. INVALID_ARGUMENT reasons
// ORDER_NOT_SUPPORTED (none for a filter together with it), FILTER_INVALID (an empty external id).
absl::Status CheckServed(const Resource& resource, const ListQuery& query);

// One or more alternatives of a filter, read at once.
struct Gathered {
  Conjunction conjunction;       // of the first
  std::vector<std::string> ids;  // `external_id.id` of all; empty: it is not restricted
};
// Alternatives that differ in their external id alone are gathered: it names a few rows at most, so
// one statement reads them all. Pure.
std::vector<Gathered> Gather(const std::vector<Conjunction>& alternatives);

// The statements whose rows, one after the other, are the records of `gathered` behind `after`.
// More than one where an order by a column goes on: first what has the same key and a later id,
// then what has a later key; each is one range of the index, whatever the optimizer makes of an OR.
// Pure.
absl::StatusOr<std::vector<ListStatement>> MakeStatements(const Plan& plan, const ListQuery& query,
                                                          const Gathered& gathered,
                                                          const std::optional<Place>& after);

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_LIST_SQL_H_
