// Which subjects are settled otherwise than the charter in force and the rules say.
#ifndef COMITY_RUNTIME_JUDGEMENT_OUTDATED_H_
#define COMITY_RUNTIME_JUDGEMENT_OUTDATED_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/runtime/server/call.h"
#include "services/runtime/storage/transact.h"

namespace comity::judgement {

// Of `subjects`, which are of one collection and at most 500, those of which a settlement that was
// journaled, or the end of its next term, is another one by now: of a question that has changed, or
// that was judged before settlements were journaled.
absl::StatusOr<std::vector<std::string>> FindOutdated(storage::Reader& reader, const Call& call,
                                                      const std::vector<std::string>& subjects);

}  // namespace comity::judgement

#endif  // COMITY_RUNTIME_JUDGEMENT_OUTDATED_H_
