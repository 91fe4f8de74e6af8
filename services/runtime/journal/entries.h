// From stored bytes to messages.
#ifndef COMITY_RUNTIME_JOURNAL_ENTRIES_H_
#define COMITY_RUNTIME_JOURNAL_ENTRIES_H_

#include <vector>

#include "absl/status/status.h"
#include "comity/journal/v1/journal.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/runtime/journal/journal_store.h"

namespace comity::journal {

// Appends `stored` to `entries`. INTERNAL where bytes are no entry.
absl::Status AddEntries(const std::vector<StoredEntry>& stored,
                        google::protobuf::RepeatedPtrField<v1::PositionedEntry>* entries);

}  // namespace comity::journal

#endif  // COMITY_RUNTIME_JOURNAL_ENTRIES_H_
