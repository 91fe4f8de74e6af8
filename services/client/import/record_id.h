// What an id must be before a service is asked for the record.
#ifndef COMITY_CLIENT_IMPORT_RECORD_ID_H_
#define COMITY_CLIENT_IMPORT_RECORD_ID_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/client/api/schema.h"

namespace comity::client {

// Services take no control characters but newline and tab. `text` is valid UTF-8.
bool HasControlCharacter(absl::string_view text);

// Whether a record of `collection` can have it: an external id, a chosen id, or a name
// (`leads/…`), as exports have them. INVALID_ARGUMENT reason IDENTITY_INVALID.
absl::Status CheckRecordId(const Collection& collection, const std::string& id);

// Whether records can come from a source of this name. INVALID_ARGUMENT reason SOURCE_INVALID.
absl::Status CheckSource(absl::string_view source);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_RECORD_ID_H_
