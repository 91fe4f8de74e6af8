// Which records are in dispute: their field `open_disputes`.
#ifndef COMITY_RUNTIME_RESOURCE_DISPUTE_FLAGS_H_
#define COMITY_RUNTIME_RESOURCE_DISPUTE_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/runtime/resource/plan.h"
#include "services/runtime/server/call.h"
#include "services/runtime/storage/transact.h"

namespace comity::resource {

// Whether whoever calls is told of disputes: a person whose department may read them.
bool SeesDisputes(const Call& call);
// Of one record, by names as SQL joins them; empty: it is in none.
void SetOpenDisputes(const Plan& plan, const Call& call, const std::string& names,
                     google::protobuf::Message* record);
// Of the records of a page (of one collection), where these can be disputed.
absl::Status SetOpenDisputes(storage::Reader& reader, const Call& call, const Plan& plan,
                             const std::vector<google::protobuf::Message*>& records);

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_DISPUTE_FLAGS_H_
