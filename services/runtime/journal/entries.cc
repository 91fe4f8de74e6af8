#include "services/runtime/journal/entries.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/status/errors.h"

namespace comity::journal {

absl::Status AddEntries(const std::vector<StoredEntry>& stored,
                        google::protobuf::RepeatedPtrField<v1::PositionedEntry>* entries) {
  for (const StoredEntry& from : stored) {
    v1::PositionedEntry* entry = entries->Add();
    entry->set_position(from.position);
    if (!entry->mutable_entry()->ParseFromString(from.body)) {
      return Internal(absl::StrCat("unreadable journal entry at position ", from.position));
    }
  }
  return absl::OkStatus();
}

}  // namespace comity::journal
