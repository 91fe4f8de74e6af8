// Update masks (AIP-134): which fields of a patch go into a record. Pure.
#ifndef COMITY_RUNTIME_RESOURCE_UPDATE_MASK_H_
#define COMITY_RUNTIME_RESOURCE_UPDATE_MASK_H_

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"

namespace comity::resource {

// Writes into `record`, as it is stored, what `patch` says. `mask`: paths such as `source`,
// `external_id.id`, `attributes.region`; `*` replaces every updatable field; null or empty: every
// updatable field that is set in the patch. Without paths, what is OUTPUT_ONLY is ignored, and what
// is IMMUTABLE must be unset or as it is. INVALID_ARGUMENT reasons: UNKNOWN_FIELD_PATH;
// FIELD_NOT_UPDATABLE, whose text says which fact to record instead, if one changes the field;
// HANDOVER_REQUIRED for the responsible department.
absl::Status ApplyUpdate(const std::string& singular, const google::protobuf::Message& patch,
                         const google::protobuf::FieldMask* mask,
                         google::protobuf::Message* record);

// Whether a caller's value of the field is ignored: OUTPUT_ONLY, `name` or `etag`.
bool IsOutputOnly(const google::protobuf::FieldDescriptor* field);

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_UPDATE_MASK_H_
