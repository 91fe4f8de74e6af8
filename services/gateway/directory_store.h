// The directory's records, and the SQL that the standard methods do not have.
#ifndef COMITY_GATEWAY_DIRECTORY_STORE_H_
#define COMITY_GATEWAY_DIRECTORY_STORE_H_

#include <string>

#include "absl/status/statusor.h"
#include "comity/gateway/v1/directory.pb.h"
#include "services/runtime/resource/resource.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

const resource::Resource& DepartmentResource();
const resource::Resource& TeamResource();
const resource::Resource& PersonResource();

// Stewards of `department` beside `person`. Exact while the caller holds the department's row.
absl::StatusOr<int64_t> CountOtherStewards(storage::Reader& reader, const std::string& department,
                                           const std::string& person);
// Whether `person` counts among the stewards of `department` from now on.
absl::Status SetSteward(storage::Transaction& tx, const std::string& department,
                        const std::string& person, bool steward);
// Whether the directory has no department and no person.
absl::StatusOr<bool> IsEmpty(storage::Reader& reader);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DIRECTORY_STORE_H_
