// What promises are read from: facts of opportunities.
#ifndef COMITY_LEAD_PROMISE_STORE_H_
#define COMITY_LEAD_PROMISE_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/fact/v1/fact.pb.h"
#include "services/runtime/storage/transact.h"

namespace comity::lead {

// At most `limit` facts by which something was promised, kept or broken, superseded ones too: of an
// opportunity (NOT_FOUND), or of all opportunities of an account that were not withdrawn; the
// opportunities that were made first before the others, of each the marks before the promises.
absl::StatusOr<std::vector<fact::v1::Fact>> ListPromiseFacts(storage::Reader& reader,
                                                             const std::string& name, int limit);

}  // namespace comity::lead

#endif  // COMITY_LEAD_PROMISE_STORE_H_
