// The lens of a read, and the answers through it.
#ifndef COMITY_RUNTIME_RESOURCE_LENS_READ_H_
#define COMITY_RUNTIME_RESOURCE_LENS_READ_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/runtime/resource/resource.h"
#include "services/runtime/server/call.h"
#include "services/runtime/storage/transact.h"

namespace comity::resource {

// The request's lens; the acting department where it names none, `settled` where nobody acts. Empty
// where the request's type has no lens. INVALID_ARGUMENT reason UNKNOWN_LENS.
absl::StatusOr<std::string> LensOf(const Call& call, const google::protobuf::Message& request);

// Reads a record, with lens_answers where it is judged, and open_disputes where it is disputed.
// NOT_FOUND.
absl::Status GetThroughLens(storage::Reader& reader, const Call& call, const Resource& resource,
                            const std::string& lens, const std::string& name,
                            google::protobuf::Message* record);

// Fills lens_answers of the records (of one collection), where it is judged.
absl::Status SetLensAnswers(storage::Reader& reader, const Call& call, const Resource& resource,
                            const std::string& lens,
                            const std::vector<google::protobuf::Message*>& records);

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_LENS_READ_H_
