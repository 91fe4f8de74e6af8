// When a record was waiting for the customer.
#ifndef COMITY_RUNTIME_WORKFLOW_WAITS_H_
#define COMITY_RUNTIME_WORKFLOW_WAITS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "services/runtime/storage/transact.h"

namespace comity::workflow {

// The waits that a record's facts tell of, in the order in which they were recorded; void and
// superseded ones are among them. Pure.
std::vector<v1::CustomerWait> WaitsOf(const std::vector<fact::v1::Fact>& facts);

// Of a record, by what is stored. Where it never waited, that costs one look at an index.
absl::StatusOr<std::vector<v1::CustomerWait>> ReadWaits(storage::Reader& reader,
                                                        const std::string& record);

}  // namespace comity::workflow

#endif  // COMITY_RUNTIME_WORKFLOW_WAITS_H_
