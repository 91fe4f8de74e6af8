// Records of a collection with what stands beside them, some read side by side.
#ifndef COMITY_CLIENT_IMPORT_HELD_READER_H_
#define COMITY_CLIENT_IMPORT_HELD_READER_H_

#include <functional>
#include <string>

#include "services/client/import/held.h"

namespace comity::client {

// As ForEach: `read` (thread-safe) adds to each record, some at a time, what `take` gets of one
// after the other, in their order. The first error ends it.
absl::Status ForEachHeld(Caller& caller, const Identity& as, const Collection& collection,
                         const std::string& filter, const std::string& lens,
                         const std::function<absl::Status(Held*)>& read,
                         const std::function<absl::Status(const Held&)>& take);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_HELD_READER_H_
