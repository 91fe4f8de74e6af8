// Answers through a lens for a page of subjects, by the charter and the time of the call: computed
// from what stands, so that they wait for no timer and no pass over settlements.
#ifndef COMITY_RUNTIME_JUDGEMENT_LENS_H_
#define COMITY_RUNTIME_JUDGEMENT_LENS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/type/v1/resource.pb.h"
#include "services/runtime/judgement/judgement_store.h"
#include "services/runtime/storage/transact.h"

namespace comity::judgement {

// One answer per question about `subject`, of which `standing` was read with it.
absl::StatusOr<std::vector<type::v1::LensAnswer>> LensAnswersOf(storage::Reader& reader,
                                                                const Call& call,
                                                                const std::string& lens,
                                                                const std::string& subject,
                                                                std::vector<StandingRow> standing);
// For each subject name (all of one collection, at most 500), one answer per question about it.
absl::StatusOr<std::vector<std::vector<type::v1::LensAnswer>>> LensAnswers(
    storage::Reader& reader, const Call& call, const std::string& lens,
    const std::vector<std::string>& subjects);

}  // namespace comity::judgement

#endif  // COMITY_RUNTIME_JUDGEMENT_LENS_H_
