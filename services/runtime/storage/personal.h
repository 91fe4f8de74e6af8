// Keeps personal data out of the journal.
#ifndef COMITY_RUNTIME_STORAGE_PERSONAL_H_
#define COMITY_RUNTIME_STORAGE_PERSONAL_H_

#include "absl/status/status.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/message.h"

namespace comity::storage {

// Clears every field marked (comity.type.v1.field).personal, at any depth, and fields that this
// build does not know. INTERNAL where an Any holds a type that this build does not know.
absl::Status ClearPersonal(google::protobuf::Message* message);
// The same inside `any`, which is packed anew, deterministically.
absl::Status ClearPersonalIn(google::protobuf::Any* any);

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_PERSONAL_H_
