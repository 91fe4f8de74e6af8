// What is known of subjects, as far as answers depend on it.
#ifndef COMITY_RUNTIME_JUDGEMENT_KNOWN_H_
#define COMITY_RUNTIME_JUDGEMENT_KNOWN_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "services/runtime/charter/charter.h"
#include "services/runtime/judgement/judgement_store.h"
#include "services/runtime/storage/transact.h"

namespace comity::judgement {

struct Known {
  std::vector<StandingRow> rows;
  charter::StandingFacts facts;
};
using KnownById = absl::flat_hash_map<std::string, Known>;  // of those of which something is known

// Adds the facts of these subjects of one collection, where one can decide anything there.
absl::Status ReadKnownFacts(storage::Reader& reader, const charter::Charter& charter,
                            const std::string& collection, const std::vector<std::string>& ids,
                            KnownById* known);
// At most 500 ids.
absl::StatusOr<KnownById> ReadKnown(storage::Reader& reader, const charter::Charter& charter,
                                    const std::string& collection,
                                    const std::vector<std::string>& ids);
// The ids of these names, all of that collection. INVALID_ARGUMENT reason INVALID_NAME.
absl::StatusOr<std::vector<std::string>> IdsOf(const std::vector<std::string>& subjects,
                                               const std::string& collection);

}  // namespace comity::judgement

#endif  // COMITY_RUNTIME_JUDGEMENT_KNOWN_H_
