// Rules that hold for every kind of record. Pure.
#ifndef COMITY_RUNTIME_RESOURCE_RECORD_RULES_H_
#define COMITY_RUNTIME_RESOURCE_RECORD_RULES_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "comity/type/v1/resource.pb.h"
#include "google/protobuf/message.h"
#include "services/runtime/directory/directory.h"
#include "services/runtime/resource/resource.h"
#include "services/runtime/server/call.h"

namespace comity::resource {

// Makes what a caller sent a new record: clears what the service sets, and completes it: the
// responsible department is the caller's own. PERMISSION_DENIED reason RESPONSIBILITY_NOT_OWN for
// another one.
absl::Status BeginRecord(const Principal& principal, google::protobuf::Message* record);

// Brings a new or changed (`before` ≠ null) record into the form in which it is stored, and checks
// it: required fields, names of other records, external id, attributes, owner and team, the time
// when it came into being, and the resource's own rules. INVALID_ARGUMENT reasons: FIELD_REQUIRED,
// INVALID_NAME, those of CheckExternalIdText, ATTRIBUTES_INVALID, UNKNOWN_PERSON, UNKNOWN_TEAM,
// OCCURS_IN_FUTURE, and those of `resource.check`.
absl::Status CheckRecord(const Resource& resource, const directory::Snapshot& directory,
                         absl::Time now, const google::protobuf::Message* before,
                         google::protobuf::Message* record);

// An external id that is not empty. INVALID_ARGUMENT reasons EXTERNAL_ID_INCOMPLETE,
// EXTERNAL_ID_INVALID (blanks around a part).
absl::Status CheckExternalIdText(const type::v1::ExternalId& id, const std::string& path);

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_RECORD_RULES_H_
