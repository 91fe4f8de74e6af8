// Keeps working lists in step with a subject's judgements and deciding facts.
#ifndef COMITY_RUNTIME_JUDGEMENT_WORKING_LIST_H_
#define COMITY_RUNTIME_JUDGEMENT_WORKING_LIST_H_

#include <string>

#include "absl/status/status.h"
#include "services/runtime/resource/record_store.h"

namespace comity::judgement {

// After a fact of `kind` (as in the charter) was recorded, corrected or voided: puts the subject on
// the list of each department that has one, or takes it off, as its own judgements and the standing
// facts say. Nothing to do, and nothing read, where that kind decides no answer about the
// collection.
absl::Status RefreshWorkingLists(storage::Transaction& tx, const Call& call,
                                 const resource::Resource& resource, const std::string& subject,
                                 const std::string& kind);

// After a judgement of `department`: the same for its list alone.
absl::Status RefreshWorkingList(storage::Transaction& tx, const Call& call,
                                const resource::Resource& resource, const std::string& subject,
                                const std::string& department);

}  // namespace comity::judgement

#endif  // COMITY_RUNTIME_JUDGEMENT_WORKING_LIST_H_
