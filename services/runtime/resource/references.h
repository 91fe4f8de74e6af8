// Whether the records that a record names are there. Only those of the same service can be asked.
#ifndef COMITY_RUNTIME_RESOURCE_REFERENCES_H_
#define COMITY_RUNTIME_RESOURCE_REFERENCES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/runtime/storage/transact.h"

namespace comity::resource {

// Whether `name` is a record of the collection that it names, which this service must own.
absl::StatusOr<bool> Exists(storage::Reader& reader, const std::string& name);
// INVALID_ARGUMENT with `field`, reason REFERENCE_NOT_FOUND, where `name` is neither empty nor a
// record of this service.
absl::Status CheckReference(storage::Reader& reader, absl::string_view field,
                            const std::string& name);

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_REFERENCES_H_
